-- name: took_part(key)$
SELECT round FROM took_part WHERE key = :key;
