-- Who answers: one row for each key of a call and each SMS, so that none counts twice; and who is in charge.
ALTER TABLE incidents ADD COLUMN code TEXT NOT NULL DEFAULT '';  -- four digits, or none
ALTER TABLE incidents ADD COLUMN rounds INTEGER NOT NULL DEFAULT 1;  -- of calls
ALTER TABLE incidents ADD COLUMN told_at TEXT;  -- everybody, last
ALTER TABLE incidents ADD COLUMN called_at TEXT;
ALTER TABLE incidents ADD COLUMN taken_by TEXT NOT NULL DEFAULT '';  -- a contact
ALTER TABLE incidents ADD COLUMN taken_at TEXT;
ALTER TABLE incidents ADD COLUMN checked_at TEXT;
ALTER TABLE deliveries ADD COLUMN machine TEXT NOT NULL DEFAULT '';  -- what a call says to an answering machine
ALTER TABLE deliveries ADD COLUMN brief TEXT NOT NULL DEFAULT '';  -- what a call says after a key
CREATE TABLE answers (
    source TEXT NOT NULL, key TEXT NOT NULL,
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    contact TEXT NOT NULL, at TEXT NOT NULL, way TEXT NOT NULL, seconds REAL NOT NULL, drill INTEGER NOT NULL,
    PRIMARY KEY (source, key)
) STRICT;
CREATE TABLE provider (flow TEXT PRIMARY KEY, digest TEXT NOT NULL) STRICT;  -- the telephone menu, and the hash of its text
CREATE INDEX answers_incident ON answers (incident);
