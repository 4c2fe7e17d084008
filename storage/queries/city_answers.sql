-- name: keep(round, document, written_on)!
-- Written again, it keeps its day: letters about it go out once.
INSERT INTO city_answers (round, document, written_on) VALUES (:round, :document, :written_on)
ON CONFLICT (round) DO UPDATE SET document = excluded.document;

-- name: record(round, change, at)!
INSERT INTO audit (round, place, change, at, made_by)
SELECT :round, COALESCE(MAX(place), 0) + 1, :change, :at, 'staff' FROM audit WHERE round = :round;

-- name: by_round(round)^
SELECT document, written_on FROM city_answers WHERE round = :round;

-- name: rounds()
SELECT round, written_on FROM city_answers ORDER BY round;
