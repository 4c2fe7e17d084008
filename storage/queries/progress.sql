-- name: steps_of(round)
SELECT side, step, people, counted_on FROM progress WHERE round = :round ORDER BY side;

-- name: keep(round, side, step, people, counted_on)*!
INSERT INTO progress (round, side, step, people, counted_on)
VALUES (:round, :side, :step, :people, :counted_on)
ON CONFLICT (round, side) DO UPDATE SET step = excluded.step, people = excluded.people,
    counted_on = excluded.counted_on;

-- name: forget(round)!
DELETE FROM progress WHERE round = :round;
