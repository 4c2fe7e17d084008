-- name: keep(id, sealed, began_on)$
INSERT INTO facilitating (id, sealed, began_on) VALUES (:id, :sealed, :began_on)
ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, began_on = excluded.began_on
RETURNING id;

-- name: end_evening(id)$
DELETE FROM facilitating WHERE id = :id RETURNING id;

-- name: every_evening()
SELECT sealed FROM facilitating;

-- name: forget_before(day)
DELETE FROM facilitating WHERE began_on < :day RETURNING id;
