-- name: put_turn(id, key, turn, day)$
-- A newer turn stands for all older ones of its session.
INSERT INTO outbox (id, key, turn, sealed, day) VALUES (:id, :key, :turn, NULL, :day)
ON CONFLICT (key) DO UPDATE SET id = excluded.id, turn = excluded.turn, day = excluded.day
RETURNING id;

-- name: put_notice(id, sealed, day)$
INSERT INTO outbox (id, key, turn, sealed, day) VALUES (:id, NULL, NULL, :sealed, :day) RETURNING id;

-- name: waiting()
SELECT id, key, turn, sealed FROM outbox ORDER BY id;

-- name: strike_out(id)$
DELETE FROM outbox WHERE id = :id RETURNING day;

-- name: drop_old(before)
DELETE FROM outbox WHERE day < :before RETURNING id;
