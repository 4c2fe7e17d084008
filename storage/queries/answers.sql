-- name: boxes_of(round)
SELECT id, round, sealed, withdrawal FROM boxes WHERE round = :round;

-- name: sealed_boxes_of(round)
SELECT sealed FROM boxes WHERE round = :round;

-- name: text_boxes_of(round)
SELECT id, round, sealed, withdrawal, reviewed FROM text_boxes WHERE round = :round;

-- name: took_part_of(round)
SELECT key, round FROM took_part WHERE round = :round;

-- name: count_boxes(round)$
SELECT count(*) FROM boxes WHERE round = :round;

-- name: empty_boxes(round)!
DELETE FROM boxes WHERE round = :round;

-- name: forget_codes(round)!
UPDATE boxes SET withdrawal = NULL WHERE round = :round AND withdrawal IS NOT NULL;

-- name: empty_text_boxes(round)!
DELETE FROM text_boxes WHERE round = :round;

-- name: empty_took_part(round)!
DELETE FROM took_part WHERE round = :round;

-- name: forget_took_part(key)!
DELETE FROM took_part WHERE key = :key;

-- name: fill_boxes(id, round, sealed, withdrawal)*!
INSERT INTO boxes (id, round, sealed, withdrawal) VALUES (:id, :round, :sealed, :withdrawal);

-- name: fill_text_boxes(id, round, sealed, withdrawal, reviewed)*!
INSERT INTO text_boxes (id, round, sealed, withdrawal, reviewed)
VALUES (:id, :round, :sealed, :withdrawal, :reviewed);

-- name: fill_took_part(key, round)*!
INSERT INTO took_part (key, round) VALUES (:key, :round) ON CONFLICT DO NOTHING;

-- name: withdraw_box(round, withdrawal)
DELETE FROM boxes WHERE round = :round AND withdrawal = :withdrawal RETURNING id;

-- name: withdraw_texts(round, withdrawal)
DELETE FROM text_boxes WHERE round = :round AND withdrawal = :withdrawal RETURNING id;
