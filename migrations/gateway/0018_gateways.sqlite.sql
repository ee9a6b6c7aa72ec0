-- The gateways that share this database, while they live. One process that has it to itself is not here.

CREATE TABLE gateways (
  id         BLOB PRIMARY KEY,
  beats      INTEGER NOT NULL,
  version    TEXT NOT NULL,
  started_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- Which of them makes the call to a bank that `lease_until` is for. The clocks of two machines are not compared: to all others
-- a lease lasts until its holder gives it back, or is known to be gone.

ALTER TABLE payments ADD COLUMN lease_holder BLOB;
CREATE INDEX payments_leased ON payments (lease_holder) WHERE lease_holder IS NOT NULL;

ALTER TABLE link_sessions ADD COLUMN lease_holder BLOB;
CREATE INDEX link_sessions_leased ON link_sessions (lease_holder) WHERE lease_holder IS NOT NULL;
