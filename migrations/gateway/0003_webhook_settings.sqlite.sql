-- Webhook endpoints that applications look after themselves, and events that are looked up.

ALTER TABLE webhook_endpoints ADD COLUMN description TEXT;
-- Since when no attempt succeeded, and when the latest one failed. After five days the endpoint is disabled.
ALTER TABLE webhook_endpoints ADD COLUMN failing_since INTEGER;
ALTER TABLE webhook_endpoints ADD COLUMN failed_at INTEGER;
ALTER TABLE webhook_endpoints ADD COLUMN disabled_reason TEXT CHECK (disabled_reason IN ('GONE', 'FAILING'));
-- Whom the owner has deleted is DISABLED and never shown; the rows of its deliveries stay.
ALTER TABLE webhook_endpoints ADD COLUMN deleted_at INTEGER;

-- The types of events that an endpoint is told of; without any row, all.
CREATE TABLE webhook_endpoint_types (
  endpoint_id BLOB NOT NULL REFERENCES webhook_endpoints (id),
  type        TEXT NOT NULL,
  PRIMARY KEY (endpoint_id, type)
) STRICT, WITHOUT ROWID;

-- 1 for what is sent again by hand: it waits in a line of its own, so that it delays nothing that is told for the first time.
ALTER TABLE webhook_deliveries ADD COLUMN again INTEGER NOT NULL DEFAULT 0;
DROP INDEX webhook_deliveries_line;
CREATE INDEX webhook_deliveries_line ON webhook_deliveries (endpoint_id, aggregate_id, again, event_seq)
  WHERE status = 'PENDING';
CREATE INDEX webhook_deliveries_dead ON webhook_deliveries (endpoint_id, event_seq) WHERE status = 'DEAD';

CREATE UNIQUE INDEX events_by_id ON events (id);
CREATE INDEX events_by_application ON events (application_id, seq) WHERE sequence IS NOT NULL;
