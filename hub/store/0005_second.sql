-- An SMS may go by the hub's own SIM beside the provider.
ALTER TABLE deliveries ADD COLUMN path TEXT NOT NULL DEFAULT '';  -- '' is the channel's own
