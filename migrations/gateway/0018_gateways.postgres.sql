-- The gateways that share this database, while they live.

CREATE TABLE gateways (
  id         BYTEA PRIMARY KEY,
  beats      BIGINT NOT NULL,
  version    TEXT COLLATE "C" NOT NULL,
  started_at BIGINT NOT NULL
);

-- Which of them makes the call to a bank that `lease_until` is for. The clocks of two machines are not compared: to all others
-- a lease lasts until its holder gives it back, or is known to be gone.

ALTER TABLE payments ADD COLUMN lease_holder BYTEA;
CREATE INDEX payments_leased ON payments (lease_holder) WHERE lease_holder IS NOT NULL;

ALTER TABLE link_sessions ADD COLUMN lease_holder BYTEA;
CREATE INDEX link_sessions_leased ON link_sessions (lease_holder) WHERE lease_holder IS NOT NULL;
