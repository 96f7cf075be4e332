-- Who may open the page, what was asked for and waits, and what a contact agreed to.
ALTER TABLE contacts ADD COLUMN consent TEXT;  -- when it was noted
ALTER TABLE contacts ADD COLUMN place INTEGER NOT NULL DEFAULT 9;  -- in the order that was chosen
-- An end that was typed under threat, as whoever typed it goes on seeing it; the incident itself is open.
CREATE TABLE feigned (
    incident TEXT PRIMARY KEY REFERENCES incidents (id) ON DELETE CASCADE,
    level INTEGER NOT NULL, drill INTEGER NOT NULL, kind TEXT NOT NULL, opened_at TEXT NOT NULL, ended_at TEXT NOT NULL,
    taken_by TEXT NOT NULL, taken_at TEXT, rounds INTEGER NOT NULL
) STRICT;
CREATE TABLE codes (holder TEXT PRIMARY KEY, digest BLOB NOT NULL) STRICT;  -- SHA-256 of a key, never a code
CREATE TABLE pending_changes (
    id TEXT PRIMARY KEY, contact TEXT NOT NULL, what TEXT NOT NULL, asked_at TEXT NOT NULL,
    phone TEXT NOT NULL, email TEXT, told INTEGER NOT NULL, name TEXT NOT NULL, language TEXT NOT NULL
) STRICT;
CREATE TABLE throttle (id INTEGER PRIMARY KEY, count INTEGER NOT NULL, last TEXT, here INTEGER NOT NULL, since TEXT) STRICT;
CREATE TABLE visits (
    id INTEGER PRIMARY KEY, at TEXT NOT NULL, what TEXT NOT NULL, who TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
-- A home that is looked after already is set up: its page stays closed.
INSERT OR IGNORE INTO meta (key, value) SELECT 'finished', 'yes' WHERE EXISTS (SELECT 1 FROM contacts);
