-- name: count_waiting(round)$
SELECT count(*) FROM text_boxes WHERE round = :round AND reviewed = 0;

-- name: sealed_texts(round)
SELECT id, sealed, reviewed FROM text_boxes WHERE round = :round;

-- name: take_out(round, id)
DELETE FROM text_boxes WHERE round = :round AND id = :id RETURNING withdrawal;

-- name: put_back(id, round, sealed, withdrawal)!
INSERT INTO text_boxes (id, round, sealed, withdrawal, reviewed) VALUES (:id, :round, :sealed, :withdrawal, 1);
