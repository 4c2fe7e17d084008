-- A release has parts, each frozen as its own bytes; what was frozen before is the first one, the tables.
ALTER TABLE releases RENAME TO whole_releases;

CREATE TABLE releases (
    round TEXT NOT NULL,
    part TEXT NOT NULL CHECK (length(part) BETWEEN 1 AND 64),
    content BLOB NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (round, part)
) STRICT;

INSERT INTO releases (round, part, content, sha256)
SELECT round, 'tables', content, sha256 FROM whole_releases ORDER BY round;

DROP TABLE whole_releases;

-- Whether a person has looked at a text; one that was refused or shown is deleted.
ALTER TABLE text_boxes ADD COLUMN reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1));

-- Coarse steps of an open round, counted once a week; `people` is rounded up to ten, so no exact count lies here.
CREATE TABLE progress (
    round TEXT NOT NULL,
    side TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step >= 0),
    people INTEGER NOT NULL CHECK (people >= 0),
    counted_on TEXT NOT NULL CHECK (length(counted_on) = 10),
    PRIMARY KEY (round, side)
) STRICT, WITHOUT ROWID;
