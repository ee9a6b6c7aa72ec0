-- Everything that collecting a payment needs. Instants are microseconds since 1970 (UTC). Ids are 16 bytes, ordered by
-- time. Columns named *_sealed hold AEAD-sealed text (base/crypto.h) bound to their table, column and row.

CREATE TABLE settings (
  name  TEXT PRIMARY KEY,
  value TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Tenants.

CREATE TABLE applications (
  id                     BLOB PRIMARY KEY,
  name                   TEXT NOT NULL,
  mode                   TEXT NOT NULL CHECK (mode IN ('sandbox', 'live')),
  client_secret_hash     BLOB NOT NULL,
  default_destination_id BLOB,
  created_at             INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE TABLE application_origins (
  application_id BLOB NOT NULL REFERENCES applications (id),
  origin         TEXT NOT NULL,
  PRIMARY KEY (application_id, origin)
) STRICT, WITHOUT ROWID;

-- Events: the outbox and the story. `seq` is the order of commits. Public events carry a gap-free `sequence` per aggregate
-- and the exact bytes that every delivery sends; internal ones feed `explain`.

CREATE TABLE events (
  seq            INTEGER PRIMARY KEY,
  id             BLOB NOT NULL,
  application_id BLOB NOT NULL,
  aggregate_id   BLOB NOT NULL,
  type           TEXT NOT NULL,
  sequence       INTEGER,
  body           TEXT NOT NULL,
  created_at     INTEGER NOT NULL
) STRICT;
CREATE INDEX events_by_aggregate ON events (aggregate_id, seq);

-- Who pays, and whom.

CREATE TABLE customers (
  id             BLOB PRIMARY KEY,
  application_id BLOB NOT NULL REFERENCES applications (id),
  app_user_id    TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  UNIQUE (application_id, app_user_id)
) STRICT, WITHOUT ROWID;

-- A destination never changes, so an intent's reference to it is its snapshot.
CREATE TABLE destinations (
  id              BLOB PRIMARY KEY,
  application_id  BLOB NOT NULL REFERENCES applications (id),
  customer_id     BLOB REFERENCES customers (id),
  name            TEXT NOT NULL,
  display_name    TEXT NOT NULL,
  bank_identifier TEXT,
  swift_code      TEXT,
  address         TEXT,
  city            TEXT,
  country         TEXT,
  account_sealed  BLOB NOT NULL,
  created_at      INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX destinations_by_application ON destinations (application_id, id);

-- A payer's bank relationship. `bank_user_index` is a keyed digest of the bank's user: connecting again finds the row.

CREATE TABLE payment_sources (
  id                     BLOB PRIMARY KEY,
  application_id         BLOB NOT NULL REFERENCES applications (id),
  customer_id            BLOB NOT NULL REFERENCES customers (id),
  bank_identifier        TEXT NOT NULL,
  bank_user_index        BLOB NOT NULL,
  connector_state_sealed BLOB NOT NULL,
  created_at             INTEGER NOT NULL,
  updated_at             INTEGER NOT NULL,
  UNIQUE (customer_id, bank_identifier, bank_user_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE payment_source_accounts (
  id                BLOB PRIMARY KEY,
  payment_source_id BLOB NOT NULL REFERENCES payment_sources (id),
  account_id        BLOB NOT NULL,
  position          INTEGER NOT NULL,
  account_index     BLOB NOT NULL,
  currency          TEXT NOT NULL,
  details_sealed    BLOB NOT NULL,
  UNIQUE (payment_source_id, account_index)
) STRICT, WITHOUT ROWID;

CREATE TABLE beneficiaries (
  id                     BLOB PRIMARY KEY,
  application_id         BLOB NOT NULL REFERENCES applications (id),
  customer_id            BLOB NOT NULL REFERENCES customers (id),
  payment_source_id      BLOB NOT NULL REFERENCES payment_sources (id),
  payment_destination_id BLOB NOT NULL REFERENCES destinations (id),
  status                 TEXT NOT NULL CHECK (status IN ('AWAITING_BENEFICIARY_COOL_OFF', 'ACTIVE')),
  cool_off_expires_at    INTEGER,
  next_check_at          INTEGER,
  bank_beneficiary_id    TEXT NOT NULL,
  created_at             INTEGER NOT NULL,
  version                INTEGER NOT NULL DEFAULT 1,
  UNIQUE (payment_source_id, payment_destination_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX beneficiaries_due ON beneficiaries (next_check_at) WHERE next_check_at IS NOT NULL;

-- What a merchant asks for, and the one attempt at a bank.

CREATE TABLE payment_intents (
  id             BLOB PRIMARY KEY,
  application_id BLOB NOT NULL REFERENCES applications (id),
  customer_id    BLOB NOT NULL REFERENCES customers (id),
  destination_id BLOB NOT NULL REFERENCES destinations (id),
  amount         INTEGER NOT NULL CHECK (amount > 0),
  currency       TEXT NOT NULL,
  description    TEXT,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- One payment per intent, ever: the database says so.
CREATE TABLE payments (
  id                         BLOB PRIMARY KEY,
  application_id             BLOB NOT NULL REFERENCES applications (id),
  customer_id                BLOB NOT NULL REFERENCES customers (id),
  intent_id                  BLOB NOT NULL UNIQUE REFERENCES payment_intents (id),
  payment_source_id          BLOB NOT NULL REFERENCES payment_sources (id),
  account_id                 BLOB NOT NULL REFERENCES payment_source_accounts (id),
  bank_identifier            TEXT NOT NULL,
  amount                     INTEGER NOT NULL CHECK (amount > 0),
  currency                   TEXT NOT NULL,
  description                TEXT NOT NULL,
  reference_sent             TEXT NOT NULL,
  end_to_end_id              TEXT NOT NULL,
  request_key                TEXT NOT NULL,
  status                     TEXT NOT NULL,
  waiting_status             TEXT,
  status_detail              TEXT,
  failure_text               TEXT,
  bank_status                TEXT,
  bank_reason_code           TEXT,
  bank_transaction_reference TEXT,
  step                       TEXT,
  steps                      INTEGER NOT NULL DEFAULT 0,
  parties_sealed             BLOB NOT NULL,
  connector_state_sealed     BLOB,
  created_at                 INTEGER NOT NULL,
  initiated_at               INTEGER,
  lease_until                INTEGER,
  next_check_at              INTEGER,
  checks                     INTEGER NOT NULL DEFAULT 0,
  code_tries                 INTEGER NOT NULL DEFAULT 0,
  version                    INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_due ON payments (next_check_at) WHERE next_check_at IS NOT NULL;
CREATE INDEX payments_submitting ON payments (id) WHERE status = 'SUBMITTING';

-- The hosted flow. One session per intent, so that two windows are one payer.

CREATE TABLE link_sessions (
  id                     BLOB PRIMARY KEY,
  application_id         BLOB NOT NULL REFERENCES applications (id),
  customer_id            BLOB NOT NULL REFERENCES customers (id),
  method                 TEXT NOT NULL,
  intent_id              BLOB UNIQUE REFERENCES payment_intents (id),
  destination_id         BLOB REFERENCES destinations (id),
  payment_source_id      BLOB REFERENCES payment_sources (id),
  account_id             BLOB,
  bank_identifier        TEXT,
  language               TEXT NOT NULL,
  step_number            INTEGER NOT NULL,
  step_kind              TEXT NOT NULL,
  step                   TEXT NOT NULL,
  connector_state_sealed BLOB,
  link_sealed            BLOB,
  lease_until            INTEGER,
  code_tries             INTEGER NOT NULL DEFAULT 0,
  created_at             INTEGER NOT NULL,
  expires_at             INTEGER NOT NULL,
  version                INTEGER NOT NULL DEFAULT 1
) STRICT, WITHOUT ROWID;

-- Webhooks. `fanned_out` (settings) is the last event that has its deliveries.

CREATE TABLE webhook_endpoints (
  id                         BLOB PRIMARY KEY,
  application_id             BLOB NOT NULL REFERENCES applications (id),
  url                        TEXT NOT NULL,
  secret_sealed              BLOB NOT NULL,
  previous_secret_sealed     BLOB,
  previous_secret_expires_at INTEGER,
  status                     TEXT NOT NULL CHECK (status IN ('ACTIVE', 'PAUSED', 'DISABLED')),
  after_seq                  INTEGER NOT NULL,
  created_at                 INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX webhook_endpoints_by_application ON webhook_endpoints (application_id);

-- Only the first PENDING row of an (endpoint, aggregate) has a next_attempt_at: the others wait in line behind it.
-- `event_seq` names a row of events without a foreign key: pruning old events must not search this table for each.
CREATE TABLE webhook_deliveries (
  id               INTEGER PRIMARY KEY,
  endpoint_id      BLOB NOT NULL REFERENCES webhook_endpoints (id),
  event_seq        INTEGER NOT NULL,
  aggregate_id     BLOB NOT NULL,
  status           TEXT NOT NULL CHECK (status IN ('PENDING', 'DELIVERED', 'DEAD')),
  attempts         INTEGER NOT NULL DEFAULT 0,
  first_attempt_at INTEGER,
  next_attempt_at  INTEGER,
  lease_until      INTEGER,
  UNIQUE (endpoint_id, event_seq)
) STRICT;
CREATE INDEX webhook_deliveries_due ON webhook_deliveries (endpoint_id, next_attempt_at)
  WHERE status = 'PENDING' AND next_attempt_at IS NOT NULL;
CREATE INDEX webhook_deliveries_line ON webhook_deliveries (endpoint_id, aggregate_id, id) WHERE status = 'PENDING';

CREATE TABLE webhook_attempts (
  delivery_id INTEGER NOT NULL REFERENCES webhook_deliveries (id),
  number      INTEGER NOT NULL,
  started_at  INTEGER NOT NULL,
  status      INTEGER,
  failure     TEXT,
  elapsed     INTEGER NOT NULL,
  answer      BLOB NOT NULL,
  PRIMARY KEY (delivery_id, number)
) STRICT, WITHOUT ROWID;
