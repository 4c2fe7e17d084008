CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

CREATE TABLE rounds (
    id TEXT PRIMARY KEY CHECK (length(id) BETWEEN 1 AND 64),
    name TEXT NOT NULL,
    city TEXT NOT NULL,
    series TEXT NOT NULL,
    purpose TEXT NOT NULL CHECK (purpose IN ('monitor', 'draft', 'apply', 'revise')),
    benchmark TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'open', 'closed', 'released', 'cancelled')),
    opens_at TEXT NOT NULL,
    closes_at TEXT NOT NULL,
    timezone TEXT NOT NULL,
    languages TEXT NOT NULL,
    draft_languages TEXT NOT NULL,
    k INTEGER NOT NULL CHECK (k >= 5),
    demonstration INTEGER NOT NULL CHECK (demonstration IN (0, 1)),
    plan TEXT NOT NULL,
    definitions TEXT NOT NULL,
    opened_at TEXT,
    closed_at TEXT,
    released_at TEXT, staff_key INTEGER NOT NULL DEFAULT 0 CHECK (staff_key IN (0, 1)), number INTEGER NOT NULL DEFAULT 0 CHECK (number >= 0), schedule TEXT NOT NULL DEFAULT '', note TEXT NOT NULL DEFAULT '{}', without_answer TEXT NOT NULL DEFAULT '', conduct TEXT NOT NULL DEFAULT '{}',
    CHECK (opens_at < closes_at)
) STRICT;

CREATE TABLE definitions (
    fingerprint TEXT PRIMARY KEY,
    document TEXT NOT NULL
) STRICT;

-- A release has parts, each frozen as its own bytes.
CREATE TABLE releases (
    round TEXT NOT NULL,
    part TEXT NOT NULL CHECK (length(part) BETWEEN 1 AND 64),
    content BLOB NOT NULL,
    sha256 TEXT NOT NULL CHECK (length(sha256) = 64),
    PRIMARY KEY (round, part)
) STRICT;

-- Seen updates: the number alone, in two tables that alternate by day.
CREATE TABLE seen_even (
    seen TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE seen_odd (
    seen TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

CREATE TABLE seen_days (
    parity INTEGER PRIMARY KEY CHECK (parity IN (0, 1)),
    day TEXT NOT NULL
) STRICT;

CREATE TABLE open_sessions (
    key TEXT PRIMARY KEY,
    round TEXT NOT NULL,
    turn INTEGER NOT NULL CHECK (turn >= 1),
    state TEXT NOT NULL CHECK (state IN ('waiting', 'sent')),
    draft_key_id TEXT NOT NULL UNIQUE,
    sealed BLOB NOT NULL CHECK (length(sealed) % 1024 = 40),
    touched_on TEXT NOT NULL CHECK (length(touched_on) = 10)
) STRICT, WITHOUT ROWID;

CREATE INDEX open_sessions_by_round ON open_sessions (round, state);

-- A session waits to be told its latest turn, once; erasing the session strikes that out.
CREATE TABLE outbox (
    id TEXT PRIMARY KEY,
    key TEXT UNIQUE REFERENCES open_sessions (key) ON DELETE CASCADE,
    turn INTEGER,
    sealed BLOB,
    day TEXT NOT NULL CHECK (length(day) = 10),
    CHECK ((key IS NULL) = (turn IS NULL)),
    CHECK ((key IS NULL) <> (sealed IS NULL))
) STRICT, WITHOUT ROWID;

-- All boxes of one size, and small enough that no row spills over in the order in which it came.
CREATE TABLE boxes (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    round TEXT NOT NULL CHECK (length(round) <= 64),
    sealed BLOB NOT NULL CHECK (length(sealed) = 880),
    withdrawal BLOB CHECK (length(withdrawal) = 32)
) STRICT, WITHOUT ROWID;

CREATE TABLE text_boxes (
    id BLOB PRIMARY KEY CHECK (length(id) = 16),
    round TEXT NOT NULL CHECK (length(round) <= 64),
    sealed BLOB NOT NULL CHECK (length(sealed) % 1024 = 48),
    withdrawal BLOB CHECK (length(withdrawal) = 32)
, reviewed INTEGER NOT NULL DEFAULT 0 CHECK (reviewed IN (0, 1))) STRICT, WITHOUT ROWID;

CREATE TABLE took_part (
    key TEXT PRIMARY KEY,
    round TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Coarse steps of an open round, counted once a week; `people` is rounded up to ten, so no exact count lies here.
CREATE TABLE progress (
    round TEXT NOT NULL,
    side TEXT NOT NULL,
    step INTEGER NOT NULL CHECK (step >= 0),
    people INTEGER NOT NULL CHECK (people >= 0),
    counted_on TEXT NOT NULL CHECK (length(counted_on) = 10),
    PRIMARY KEY (round, side)
) STRICT, WITHOUT ROWID;

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
