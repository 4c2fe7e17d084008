CREATE TABLE migrations (
    version INTEGER PRIMARY KEY,
    name TEXT NOT NULL
) STRICT;

-- Named by a keyed hash of the address, so that opting in twice is opting in once.
CREATE TABLE contacts (
    id BLOB PRIMARY KEY CHECK (length(id) = 32),
    sealed BLOB NOT NULL CHECK (length(sealed) % 256 = 40),
    used_on TEXT NOT NULL CHECK (length(used_on) = 10)
) STRICT, WITHOUT ROWID;
