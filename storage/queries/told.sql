-- name: told_on(id)$
SELECT told_on FROM told WHERE id = :id;

-- name: tell(id, cause, told_on)$
-- Who comes second gets nothing back.
INSERT INTO told (id, cause, told_on) VALUES (:id, :cause, :told_on) ON CONFLICT DO NOTHING RETURNING id;

-- name: tell_again(id, cause, told_on)!
-- The cap: one row for each address, with the day of its last letter.
INSERT INTO told (id, cause, told_on) VALUES (:id, :cause, :told_on)
ON CONFLICT (id) DO UPDATE SET told_on = excluded.told_on;

-- name: count_told(cause)$
SELECT count(*) FROM told WHERE cause = :cause;

-- name: causes()
SELECT DISTINCT cause FROM told;

-- name: forget(id)!
DELETE FROM told WHERE id = :id;

-- name: forget_cause(cause)!
DELETE FROM told WHERE cause = :cause;

-- name: forget_old(cause, before)!
DELETE FROM told WHERE cause = :cause AND told_on < :before;

-- name: count_old(cause, before)$
SELECT count(*) FROM told WHERE cause = :cause AND told_on < :before;

-- name: count_notices()$
SELECT count(*) FROM outbox WHERE key IS NULL;
