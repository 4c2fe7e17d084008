-- name: add(id, series, relay)*!
INSERT INTO codes (id, series, relay) VALUES (:id, :series, :relay);

-- name: by_id(id)^
SELECT series, relay FROM codes WHERE id = :id;

-- name: spend(id)$
DELETE FROM codes WHERE id = :id RETURNING 1;

-- name: drop_bundle(series, relay)
DELETE FROM codes WHERE series = :series AND relay = :relay RETURNING id;
