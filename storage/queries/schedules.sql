-- name: add(id, document)$
INSERT INTO schedules (id, document) VALUES (:id, :document)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: every()
SELECT document, ended FROM schedules ORDER BY id;

-- name: end(id)$
UPDATE schedules SET ended = 1 WHERE id = :id AND ended = 0 RETURNING id;
