-- name: add(id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages, draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key, number, schedule, note, without_answer, conduct)$
INSERT INTO rounds (
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key,
    number, schedule, note, without_answer, conduct
) VALUES (
    :id, :name, :city, :series, :purpose, :benchmark, :state, :opens_at, :closes_at, :timezone, :languages,
    :draft_languages, :k, :demonstration, :plan, :definitions, :opened_at, :closed_at, :released_at, :staff_key,
    :number, :schedule, :note, :without_answer, :conduct
)
ON CONFLICT DO NOTHING
RETURNING id;

-- name: by_id(id)^
SELECT
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key,
    number, schedule, note, without_answer, conduct
FROM rounds WHERE id = :id;

-- name: newest_first()
SELECT
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key,
    number, schedule, note, without_answer, conduct
FROM rounds ORDER BY opens_at DESC, id;

-- name: advance(id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages, draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key, number, schedule, note, without_answer, conduct, before, note_before, without_before)$
-- One winner per transition: whoever comes second finds another state or note, and gets nothing back.
UPDATE rounds SET
    name = :name, city = :city, series = :series, purpose = :purpose, benchmark = :benchmark, state = :state,
    opens_at = :opens_at, closes_at = :closes_at, timezone = :timezone, languages = :languages,
    draft_languages = :draft_languages, k = :k, demonstration = :demonstration, plan = :plan,
    definitions = :definitions, opened_at = :opened_at, closed_at = :closed_at, released_at = :released_at,
    staff_key = :staff_key, number = :number, schedule = :schedule, note = :note,
    without_answer = :without_answer, conduct = :conduct
WHERE id = :id AND state = :before AND note = :note_before AND without_answer = :without_before
RETURNING id;

-- name: record(round, change, at, made_by, reason)!
INSERT INTO audit (round, place, change, at, made_by, reason)
SELECT :round, COALESCE(MAX(place), 0) + 1, :change, :at, :made_by, :reason FROM audit WHERE round = :round;

-- name: history(round)
SELECT change, at, made_by, reason FROM audit WHERE round = :round ORDER BY place;

-- name: keep_definition(fingerprint, document)$
INSERT INTO definitions (fingerprint, document) VALUES (:fingerprint, :document)
ON CONFLICT (fingerprint) DO NOTHING
RETURNING fingerprint;

-- name: definition(fingerprint)$
SELECT document FROM definitions WHERE fingerprint = :fingerprint;
