-- name: took_part(key)$
SELECT round FROM took_part WHERE key = :key;

-- name: standing(key)$
SELECT state FROM open_sessions WHERE key = :key
UNION ALL SELECT 'sent' FROM took_part WHERE key = :key LIMIT 1;

-- name: is_over(round)$
-- Whether a round takes no more turns; one that is not stored is not over.
SELECT count(*) FROM rounds WHERE id = :round AND state NOT IN ('planned', 'open');
