-- name: given(round)$
SELECT given FROM receipts WHERE round = :round;

-- name: note_given(round, given)!
INSERT INTO receipts (round, given) VALUES (:round, :given)
ON CONFLICT (round) DO UPDATE SET given = given + excluded.given;

-- name: forget(round)!
DELETE FROM receipts WHERE round = :round;

-- name: redeem(id, relay, week)$
INSERT INTO redeemed (id, relay, week) VALUES (:id, :relay, :week)
ON CONFLICT (id) DO NOTHING
RETURNING 1;

-- name: week_of(id)$
SELECT week FROM redeemed WHERE id = :id;

-- name: redeemed()
SELECT week, relay, count(*) FROM redeemed GROUP BY week, relay ORDER BY week DESC, relay;
