-- Where the hub was: what the contacts of an incident were told, and when.
CREATE TABLE positions (
    incident TEXT NOT NULL REFERENCES incidents (id) ON DELETE CASCADE,
    told_at TEXT NOT NULL, at TEXT NOT NULL,
    latitude REAL NOT NULL, longitude REAL NOT NULL, radius REAL NOT NULL,  -- degrees, metres
    source TEXT NOT NULL,
    PRIMARY KEY (incident, told_at)
) STRICT;
