-- What the emergency services ask for.
ALTER TABLE home ADD COLUMN floor TEXT NOT NULL DEFAULT '';
ALTER TABLE home ADD COLUMN door_code TEXT NOT NULL DEFAULT '';
ALTER TABLE home ADD COLUMN residents TEXT NOT NULL DEFAULT '';  -- who lives there
ALTER TABLE home ADD COLUMN notes TEXT NOT NULL DEFAULT '';
