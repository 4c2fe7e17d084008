-- name: add(id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages, draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key)$
INSERT INTO rounds (
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key
) VALUES (
    :id, :name, :city, :series, :purpose, :benchmark, :state, :opens_at, :closes_at, :timezone, :languages,
    :draft_languages, :k, :demonstration, :plan, :definitions, :opened_at, :closed_at, :released_at, :staff_key
)
ON CONFLICT (id) DO NOTHING
RETURNING id;

-- name: by_id(id)^
SELECT
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key
FROM rounds WHERE id = :id;

-- name: newest_first()
SELECT
    id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages,
    draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key
FROM rounds ORDER BY opens_at DESC, id;

-- name: advance(id, name, city, series, purpose, benchmark, state, opens_at, closes_at, timezone, languages, draft_languages, k, demonstration, plan, definitions, opened_at, closed_at, released_at, staff_key, before)$
-- One winner per transition: whoever comes second finds another state, and gets nothing back.
UPDATE rounds SET
    name = :name, city = :city, series = :series, purpose = :purpose, benchmark = :benchmark, state = :state,
    opens_at = :opens_at, closes_at = :closes_at, timezone = :timezone, languages = :languages,
    draft_languages = :draft_languages, k = :k, demonstration = :demonstration, plan = :plan,
    definitions = :definitions, opened_at = :opened_at, closed_at = :closed_at, released_at = :released_at,
    staff_key = :staff_key
WHERE id = :id AND state = :before
RETURNING id;

-- name: keep_definition(fingerprint, document)$
INSERT INTO definitions (fingerprint, document) VALUES (:fingerprint, :document)
ON CONFLICT (fingerprint) DO NOTHING
RETURNING fingerprint;

-- name: definition(fingerprint)$
SELECT document FROM definitions WHERE fingerprint = :fingerprint;
