-- name: schema_version()$
-- The number of the last migration that ran here.
SELECT max(version) FROM migrations;

-- name: has_migrations()$
-- Whether this program ever wrote here.
SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migrations';

-- name: has_tables()$
-- Whether anybody ever wrote here.
SELECT count(*) FROM sqlite_schema;

-- name: record_migration(version, name)$
INSERT INTO migrations (version, name) VALUES (:version, :name) RETURNING version;

-- name: truncate_log()$
-- Bring everything home and empty the write-ahead log; 1 if a reader stood in the way.
PRAGMA wal_checkpoint(TRUNCATE);
