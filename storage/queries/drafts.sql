-- name: by_key(key)^
SELECT draft_key_id, sealed FROM open_sessions WHERE key = :key;

-- name: of_round(round, state, unsaid)
-- Without `unsaid`, sessions whose turn still waits to be said stay out; so too in the two below.
SELECT key, draft_key_id, sealed FROM open_sessions WHERE round = :round AND state = :state
  AND (:unsaid OR NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = open_sessions.key));

-- name: count_of_round(round, state, unsaid)$
SELECT count(*) FROM open_sessions WHERE round = :round AND state = :state
  AND (:unsaid OR NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = open_sessions.key));

-- name: save(key, round, turn, state, draft_key_id, sealed, touched_on)$
-- Only a later turn replaces an earlier one: who comes second gets nothing back.
INSERT INTO open_sessions (key, round, turn, state, draft_key_id, sealed, touched_on)
VALUES (:key, :round, :turn, :state, :draft_key_id, :sealed, :touched_on)
ON CONFLICT (key) DO UPDATE SET
    turn = excluded.turn, state = excluded.state, draft_key_id = excluded.draft_key_id,
    sealed = excluded.sealed, touched_on = excluded.touched_on
WHERE open_sessions.turn < excluded.turn
RETURNING turn;

-- name: seal_again(key, draft_key_id, sealed)$
-- The same turn with another address or note.
UPDATE open_sessions SET draft_key_id = :draft_key_id, sealed = :sealed WHERE key = :key RETURNING turn;

-- name: erase(key)$
DELETE FROM open_sessions WHERE key = :key RETURNING draft_key_id;

-- name: erase_idle(before)
DELETE FROM open_sessions WHERE state = 'waiting' AND touched_on < :before RETURNING draft_key_id;

-- name: erase_round(round, state, unsaid)
DELETE FROM open_sessions WHERE round = :round AND state = :state
  AND (:unsaid OR NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = open_sessions.key))
RETURNING draft_key_id;

-- name: silent_since(since)
-- Waiting sessions touched on that day or later that have nothing left to say.
SELECT draft_key_id, sealed FROM open_sessions WHERE state = 'waiting' AND touched_on >= :since
  AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = open_sessions.key);

-- name: key_ids()
SELECT draft_key_id FROM open_sessions;
