-- Rounds that come back: their place in a schedule, what changed since last time, how they are conducted.
ALTER TABLE rounds ADD COLUMN number INTEGER NOT NULL DEFAULT 0 CHECK (number >= 0);
ALTER TABLE rounds ADD COLUMN schedule TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN note TEXT NOT NULL DEFAULT '{}';
ALTER TABLE rounds ADD COLUMN without_answer TEXT NOT NULL DEFAULT '';
ALTER TABLE rounds ADD COLUMN conduct TEXT NOT NULL DEFAULT '{}';

CREATE UNIQUE INDEX rounds_by_schedule ON rounds (schedule, number) WHERE schedule <> '';

-- What a series of rounds is planned from.
CREATE TABLE schedules (
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    document TEXT NOT NULL,
    ended INTEGER NOT NULL DEFAULT 0 CHECK (ended IN (0, 1))
) STRICT;

-- The life of each round, change by change: never anything about a person.
CREATE TABLE audit (
    round TEXT NOT NULL,
    place INTEGER NOT NULL CHECK (place >= 1),
    change TEXT NOT NULL,
    at TEXT NOT NULL,
    made_by TEXT NOT NULL CHECK (made_by IN ('clock', 'staff')),
    reason TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (round, place)
) STRICT, WITHOUT ROWID;

-- To whom a letter was handed, or who needed none: keyed hashes of cause and address, alike for all contacts.
CREATE TABLE told (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    cause TEXT NOT NULL,
    told_on TEXT NOT NULL CHECK (length(told_on) = 10)
) STRICT, WITHOUT ROWID;

-- What the city answered to what was said in a round.
CREATE TABLE city_answers (
    round TEXT PRIMARY KEY,
    document TEXT NOT NULL,
    written_on TEXT NOT NULL CHECK (length(written_on) = 10)
) STRICT, WITHOUT ROWID;

-- Who carries rounds to people: never who came, never when.
CREATE TABLE relays (
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 40),
    number INTEGER NOT NULL UNIQUE CHECK (number >= 1),
    name TEXT NOT NULL UNIQUE COLLATE NOCASE,
    kind TEXT NOT NULL CHECK (kind IN ('association', 'library', 'school', 'street', 'online')),
    city TEXT NOT NULL,
    series TEXT NOT NULL,
    languages TEXT NOT NULL,
    ends_on TEXT NOT NULL CHECK (length(ends_on) = 10),
    generation INTEGER NOT NULL DEFAULT 1 CHECK (generation BETWEEN 1 AND 255),
    revoked INTEGER NOT NULL DEFAULT 0 CHECK (revoked IN (0, 1)),
    page BLOB CHECK (length(page) = 32),
    facilitator BLOB CHECK (length(facilitator) = 32)
) STRICT, WITHOUT ROWID;

-- A chat in which a facilitator helps one person after another, for this day.
CREATE TABLE facilitating (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    sealed BLOB NOT NULL,
    began_on TEXT NOT NULL CHECK (length(began_on) = 10)
) STRICT, WITHOUT ROWID;

-- One-use codes that nobody has used; a used one is gone.
CREATE TABLE codes (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    series TEXT NOT NULL,
    relay TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- How many receipts were given in a round: counted by the flush; which ones, nobody keeps.
CREATE TABLE receipts (
    round TEXT PRIMARY KEY,
    given INTEGER NOT NULL CHECK (given >= 1)
) STRICT, WITHOUT ROWID;

-- Receipts that were taken in: where, and in which week, such as 2027-W05.
CREATE TABLE redeemed (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    relay TEXT NOT NULL,
    week TEXT NOT NULL CHECK (length(week) = 8)
) STRICT, WITHOUT ROWID;
