-- name: freeze(round, part, content, sha256)$
INSERT INTO releases (round, part, content, sha256) VALUES (:round, :part, :content, :sha256)
ON CONFLICT (round, part) DO NOTHING
RETURNING sha256;

-- name: sha256_of(round, part)$
SELECT sha256 FROM releases WHERE round = :round AND part = :part;

-- name: read_part(round, part)^
SELECT content, sha256 FROM releases WHERE round = :round AND part = :part;

-- name: parts_of(round)
SELECT part, sha256 FROM releases WHERE round = :round ORDER BY rowid;

-- name: every_part()
SELECT round, part, sha256 FROM releases ORDER BY round, rowid;
