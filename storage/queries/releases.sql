-- name: freeze(round, content, sha256)$
INSERT INTO releases (round, content, sha256) VALUES (:round, :content, :sha256)
ON CONFLICT (round) DO NOTHING
RETURNING sha256;

-- name: sha256_of(round)$
SELECT sha256 FROM releases WHERE round = :round;

-- name: by_round(round)^
SELECT content, sha256 FROM releases WHERE round = :round;

-- name: every_release()
SELECT round, sha256 FROM releases ORDER BY round;
