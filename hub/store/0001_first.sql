-- Times are UTC, ISO 8601 with Z. Ids are short strings.
CREATE TABLE meta (key TEXT PRIMARY KEY, value TEXT NOT NULL) STRICT;  -- the digest of the configuration
CREATE TABLE home (
    id INTEGER PRIMARY KEY,
    name TEXT NOT NULL, address TEXT NOT NULL, latitude REAL, longitude REAL,
    language TEXT NOT NULL, timezone TEXT NOT NULL
) STRICT;
CREATE TABLE contacts (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL UNIQUE, email TEXT NOT NULL, language TEXT NOT NULL
) STRICT;
CREATE TABLE technicians (
    id TEXT PRIMARY KEY, name TEXT NOT NULL, phone TEXT NOT NULL UNIQUE, email TEXT NOT NULL, language TEXT NOT NULL
) STRICT;
CREATE TABLE buttons (
    id TEXT PRIMARY KEY, address TEXT NOT NULL UNIQUE, name TEXT NOT NULL, protocol TEXT NOT NULL,
    worn INTEGER NOT NULL, key BLOB, counter INTEGER
) STRICT;
CREATE TABLE responses (gesture TEXT NOT NULL, action TEXT NOT NULL, PRIMARY KEY (gesture, action)) STRICT;
CREATE TABLE incidents (
    id TEXT PRIMARY KEY, level INTEGER NOT NULL, state TEXT NOT NULL, kind TEXT,
    opened_at TEXT NOT NULL, pressed_at TEXT NOT NULL, ended_at TEXT, sounded_at TEXT,
    drill INTEGER NOT NULL, after_drill INTEGER NOT NULL, threatened INTEGER NOT NULL, records INTEGER NOT NULL,
    room TEXT NOT NULL
) STRICT;
CREATE TABLE events (
    id INTEGER PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    at TEXT NOT NULL, what TEXT NOT NULL, detail TEXT NOT NULL
) STRICT;
CREATE TABLE deliveries (
    id TEXT PRIMARY KEY, incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    contact TEXT NOT NULL, channel TEXT NOT NULL, purpose TEXT NOT NULL,
    recipient TEXT NOT NULL, language TEXT NOT NULL, subject TEXT NOT NULL, text TEXT NOT NULL,
    begun_at TEXT NOT NULL, outcome TEXT NOT NULL, tries INTEGER NOT NULL, accepted_id TEXT NOT NULL
) STRICT;
CREATE TABLE attempts (
    id INTEGER PRIMARY KEY, delivery TEXT NOT NULL REFERENCES deliveries (id) ON DELETE CASCADE,
    at TEXT NOT NULL, path TEXT NOT NULL, result TEXT NOT NULL, code TEXT NOT NULL
) STRICT;
CREATE TABLE faults (code TEXT PRIMARY KEY, since TEXT NOT NULL, told TEXT, restored TEXT) STRICT;
CREATE TABLE counts (
    month TEXT NOT NULL, level INTEGER NOT NULL, kind TEXT NOT NULL, drill INTEGER NOT NULL, incidents INTEGER NOT NULL,
    PRIMARY KEY (month, level, kind, drill)
) STRICT;
CREATE INDEX events_incident ON events (incident);
CREATE INDEX deliveries_incident ON deliveries (incident);
CREATE INDEX attempts_delivery ON attempts (delivery);
