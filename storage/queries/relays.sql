-- name: all_by_name()
SELECT
    id, number, name, kind, city, series, languages, ends_on, generation, revoked, page, facilitator
FROM relays ORDER BY name COLLATE BINARY, id;

-- name: add(id, number, name, kind, city, series, languages, ends_on, generation, revoked, page, facilitator)!
INSERT INTO relays (
    id, number, name, kind, city, series, languages, ends_on, generation, revoked, page, facilitator
) VALUES (
    :id, :number, :name, :kind, :city, :series, :languages, :ends_on, :generation, :revoked, :page, :facilitator
);

-- name: change(id, number, name, kind, city, series, languages, ends_on, generation, revoked, page, facilitator)!
UPDATE relays SET
    number = :number, name = :name, kind = :kind, city = :city, series = :series, languages = :languages,
    ends_on = :ends_on, generation = :generation, revoked = :revoked, page = :page, facilitator = :facilitator
WHERE id = :id;
