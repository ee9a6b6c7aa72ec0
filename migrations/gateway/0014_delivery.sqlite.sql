-- When a delivery was given up: what is kept for a time is counted from then.

ALTER TABLE webhook_deliveries ADD COLUMN died_at INTEGER;
UPDATE webhook_deliveries SET died_at = (SELECT created_at FROM events WHERE seq = event_seq) WHERE status = 'DEAD';
CREATE INDEX webhook_deliveries_died ON webhook_deliveries (died_at) WHERE status = 'DEAD';
