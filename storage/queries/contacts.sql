-- name: opt_in(id, sealed, used_on)$
INSERT INTO contacts (id, sealed, used_on) VALUES (:id, :sealed, :used_on)
ON CONFLICT (id) DO UPDATE SET sealed = excluded.sealed, used_on = excluded.used_on
RETURNING id;

-- name: opt_out(id)$
DELETE FROM contacts WHERE id = :id RETURNING id;

-- name: is_contact(id)$
SELECT count(*) FROM contacts WHERE id = :id;

-- name: every_contact()
SELECT sealed FROM contacts;

-- name: unused(before)
SELECT sealed FROM contacts WHERE used_on < :before;

-- name: forget_unused(before)
DELETE FROM contacts WHERE used_on < :before RETURNING id;
