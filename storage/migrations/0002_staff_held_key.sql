-- Whether a round's answers open only with a passphrase that staff hold.
ALTER TABLE rounds ADD COLUMN staff_key INTEGER NOT NULL DEFAULT 0 CHECK (staff_key IN (0, 1));
