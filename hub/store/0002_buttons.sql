-- What a button needs to be trusted: its own timing and response, what was learned of it, the presses it has sealed.
ALTER TABLE buttons ADD COLUMN period REAL;  -- seconds between its signs of life
ALTER TABLE buttons ADD COLUMN hold_after REAL NOT NULL DEFAULT 1.0;  -- seconds
ALTER TABLE buttons ADD COLUMN pause REAL NOT NULL DEFAULT 0.6;  -- seconds
ALTER TABLE buttons ADD COLUMN feedback INTEGER NOT NULL DEFAULT 0;
CREATE TABLE rules (
    button TEXT NOT NULL REFERENCES buttons (id) ON DELETE CASCADE,
    number INTEGER NOT NULL, source TEXT NOT NULL, meaning TEXT NOT NULL, position INTEGER, value BLOB,
    PRIMARY KEY (button, number)
) STRICT;
CREATE TABLE button_responses (
    button TEXT NOT NULL REFERENCES buttons (id) ON DELETE CASCADE,
    gesture TEXT NOT NULL, action TEXT NOT NULL,
    PRIMARY KEY (button, gesture, action)
) STRICT;
CREATE TABLE seals (
    number INTEGER PRIMARY KEY, button TEXT NOT NULL REFERENCES buttons (id) ON DELETE CASCADE, seal BLOB NOT NULL,
    UNIQUE (button, seal)
) STRICT;
