-- name: forget_seen_even()!
DELETE FROM seen_even;

-- name: forget_seen_odd()!
DELETE FROM seen_odd;

-- name: forget_notices()!
-- Addresses that are written to once, and the words for them: none of it belongs into a backup.
DELETE FROM outbox WHERE sealed IS NOT NULL;

-- name: forget_told()!
-- Who was told what: nothing that was due before a restore is sent after it, so nobody needs to know.
DELETE FROM told;

-- name: forget_evenings()!
-- In which chats somebody helps: whoever does begins again with their code.
DELETE FROM facilitating;

-- name: rounds()
SELECT id, state FROM rounds ORDER BY id;

-- name: fullest(at_least, share)$
-- Of all open rounds: how many more sent sessions wait, with nothing left to be told, than do not call for a flush.
SELECT max(
    (SELECT count(*) FROM open_sessions WHERE open_sessions.round = rounds.id AND state = 'sent'
       AND NOT EXISTS (SELECT 1 FROM outbox WHERE outbox.key = open_sessions.key))
    - max(:at_least, ((SELECT count(*) FROM boxes WHERE boxes.round = rounds.id) + :share - 1) / :share)
) FROM rounds WHERE state = 'open';

-- name: boxes_with_code()
SELECT id, round, withdrawal FROM boxes WHERE withdrawal IS NOT NULL;

-- name: text_boxes_with_code()
SELECT id, round, withdrawal FROM text_boxes WHERE withdrawal IS NOT NULL;

-- name: drop_box(id)!
DELETE FROM boxes WHERE id = :id;

-- name: drop_text_box(id)!
DELETE FROM text_boxes WHERE id = :id;

-- name: draft_keys()
SELECT draft_key_id FROM open_sessions;

-- name: drop_draft(draft_key_id)!
DELETE FROM open_sessions WHERE draft_key_id = :draft_key_id;

-- name: contact_names()
SELECT id FROM contacts;

-- name: drop_contact(id)!
DELETE FROM contacts WHERE id = :id;
