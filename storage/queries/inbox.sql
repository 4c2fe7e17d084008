-- name: day_of(parity)$
SELECT day FROM seen_days WHERE parity = :parity;

-- name: begin_day(parity, day)$
INSERT INTO seen_days (parity, day) VALUES (:parity, :day)
ON CONFLICT (parity) DO UPDATE SET day = excluded.day
RETURNING parity;

-- name: end_day(parity)!
DELETE FROM seen_days WHERE parity = :parity;

-- name: forget_even()!
DELETE FROM seen_even;

-- name: forget_odd()!
DELETE FROM seen_odd;

-- name: first_to_see_even(seen)$
INSERT INTO seen_even (seen)
SELECT :seen WHERE NOT EXISTS (SELECT 1 FROM seen_odd WHERE seen = :seen)
ON CONFLICT DO NOTHING
RETURNING seen;

-- name: first_to_see_odd(seen)$
INSERT INTO seen_odd (seen)
SELECT :seen WHERE NOT EXISTS (SELECT 1 FROM seen_even WHERE seen = :seen)
ON CONFLICT DO NOTHING
RETURNING seen;
