-- The sandbox bank's books. Instants are microseconds since 1970 (UTC) of the bank's own clock. Amounts are minor units.

-- How far the bank's clock runs ahead of the real one.
CREATE TABLE clock (
  only_row      INTEGER PRIMARY KEY CHECK (only_row = 1),
  offset_micros INTEGER NOT NULL CHECK (offset_micros >= 0)
) STRICT;
INSERT INTO clock (only_row, offset_micros) VALUES (1, 0);

-- What changes about a test user; what does not is a table in sandbox_bank/users.cpp.
CREATE TABLE users (
  username        TEXT PRIMARY KEY,
  wrong_passwords INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;

-- The ledger. An account's number is its IBAN, or "CLEARING-AED" for the bank's own side of each currency, which alone
-- may be negative. A transfer has two entries that sum to zero, and a payment has at most one transfer.

CREATE TABLE accounts (
  number   TEXT PRIMARY KEY,
  username TEXT REFERENCES users (username),
  currency TEXT NOT NULL,
  name     TEXT NOT NULL,
  balance  INTEGER NOT NULL DEFAULT 0,
  CHECK (username IS NULL OR balance >= 0)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_username ON accounts (username);

CREATE TABLE transfers (
  seq        INTEGER PRIMARY KEY,
  payment_id BLOB UNIQUE REFERENCES payments (id),
  currency   TEXT NOT NULL,
  amount     INTEGER NOT NULL CHECK (amount > 0),
  reference  TEXT NOT NULL,
  booked_at  INTEGER NOT NULL
) STRICT;

CREATE TABLE entries (
  transfer_seq   INTEGER NOT NULL REFERENCES transfers (seq),
  account_number TEXT NOT NULL REFERENCES accounts (number),
  amount         INTEGER NOT NULL,
  PRIMARY KEY (transfer_seq, account_number)
) STRICT, WITHOUT ROWID;

-- What a payer agreed to, and the session at the bank that comes with it.
CREATE TABLE consents (
  id                BLOB PRIMARY KEY,
  username          TEXT NOT NULL,
  status            TEXT NOT NULL,
  recurring         INTEGER NOT NULL,
  frequency_per_day INTEGER NOT NULL,
  valid_until       TEXT NOT NULL,
  session_until     INTEGER NOT NULL,
  created_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX consents_by_username ON consents (username);

-- The payer's act: of a consent, a beneficiary or a payment. `due_event` happens by itself at `due_at`.
CREATE TABLE authorisations (
  id          BLOB PRIMARY KEY,
  subject     TEXT NOT NULL,
  subject_id  BLOB NOT NULL,
  username    TEXT NOT NULL REFERENCES users (username),
  status      TEXT NOT NULL,
  method      TEXT,
  wrong_codes INTEGER NOT NULL DEFAULT 0,
  started_at  INTEGER NOT NULL,
  due_at      INTEGER,
  due_event   TEXT
) STRICT, WITHOUT ROWID;
CREATE INDEX authorisations_by_subject ON authorisations (subject_id);
CREATE INDEX authorisations_by_due_at ON authorisations (due_at) WHERE due_at IS NOT NULL;

CREATE TABLE beneficiaries (
  id               BLOB PRIMARY KEY,
  username         TEXT NOT NULL REFERENCES users (username),
  creditor_name    TEXT NOT NULL,
  creditor_account TEXT NOT NULL,
  status           TEXT NOT NULL,
  cool_off_until   INTEGER,
  created_at       INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX beneficiaries_by_account ON beneficiaries (username, creditor_account)
  WHERE status IN ('pendingAuthorisation', 'listed');

CREATE TABLE payments (
  id                BLOB PRIMARY KEY,
  username          TEXT NOT NULL REFERENCES users (username),
  consent_id        BLOB,
  product           TEXT NOT NULL,
  end_to_end_id     TEXT NOT NULL,
  currency          TEXT NOT NULL,
  amount            INTEGER NOT NULL CHECK (amount > 0),
  debtor_account    TEXT NOT NULL REFERENCES accounts (number),
  creditor_name     TEXT NOT NULL,
  creditor_account  TEXT NOT NULL,
  remittance        TEXT NOT NULL,
  asked_by          TEXT NOT NULL,
  status            TEXT NOT NULL,
  reason_code       TEXT,
  reason_text       TEXT,
  bank_reference    TEXT,
  reference_from    INTEGER,
  due_at            INTEGER,
  due_event         TEXT,
  created_at        INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX payments_by_due_at ON payments (due_at) WHERE due_at IS NOT NULL;

-- Trouble on order.
CREATE TABLE scenarios (
  seq      INTEGER PRIMARY KEY,
  call     TEXT NOT NULL,
  username TEXT,
  effect   TEXT NOT NULL,
  moment   TEXT NOT NULL,
  reason   TEXT,
  duration INTEGER,
  percent  INTEGER NOT NULL,
  times    INTEGER NOT NULL,
  used     INTEGER NOT NULL DEFAULT 0
) STRICT;
