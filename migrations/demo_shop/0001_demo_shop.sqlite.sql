-- The demo shop's books. Instants are microseconds since 1970 (UTC) of the machine's clock, amounts minor units of AED. What the
-- gateway has named goes by the gateway's ids, as its API writes them.

-- Who tops up. The page shows the last one; starting over adds another.
CREATE TABLE customers (
  number         INTEGER PRIMARY KEY,
  app_token      TEXT NOT NULL,
  customer_id    TEXT UNIQUE,
  destination_id TEXT,
  created_at     INTEGER NOT NULL
) STRICT;

-- Banks that a customer has connected. `sequence` is that of the last event that was applied; at `looked_up` the API was last
-- asked for what events do not tell: when the cool-off ends, which account it is.
CREATE TABLE sources (
  id               TEXT PRIMARY KEY,
  customer_number  INTEGER NOT NULL REFERENCES customers (number),
  bank_identifier  TEXT NOT NULL,
  bank_name        TEXT NOT NULL,
  bank_arabic_name TEXT NOT NULL DEFAULT '',
  status           TEXT NOT NULL DEFAULT '',
  cool_off_until   INTEGER,
  account_ending   TEXT NOT NULL DEFAULT '',
  sequence         INTEGER NOT NULL DEFAULT 0,
  looked_up        INTEGER NOT NULL DEFAULT 0
) STRICT, WITHOUT ROWID;
CREATE INDEX sources_by_customer ON sources (customer_number);

-- The balance is the sum of those whose status is ACCEPTED: nothing else is kept of it, so nothing can be counted twice.
CREATE TABLE top_ups (
  number          INTEGER PRIMARY KEY,
  customer_number INTEGER NOT NULL REFERENCES customers (number),
  amount          INTEGER NOT NULL CHECK (amount > 0),
  intent_id       TEXT UNIQUE,
  status          TEXT NOT NULL,
  reason          TEXT NOT NULL DEFAULT '',
  bank_reference  TEXT NOT NULL DEFAULT '',
  sequence        INTEGER NOT NULL DEFAULT 0,
  created_at      INTEGER NOT NULL
) STRICT;
CREATE INDEX top_ups_by_customer ON top_ups (customer_number);

-- Every event that was believed, so that none is believed twice.
CREATE TABLE events (
  event_id TEXT PRIMARY KEY
) STRICT, WITHOUT ROWID;

-- What the page shows of the work behind it. The newest thousand are kept.
CREATE TABLE journal (
  seq         INTEGER PRIMARY KEY AUTOINCREMENT,
  at          INTEGER NOT NULL,
  kind        TEXT NOT NULL,
  title       TEXT NOT NULL,
  http_status INTEGER NOT NULL,
  verdict     TEXT NOT NULL DEFAULT '',
  note        TEXT NOT NULL DEFAULT '',
  sequence    INTEGER,
  event_id    TEXT NOT NULL DEFAULT '',
  sent        TEXT NOT NULL DEFAULT '',
  received    TEXT NOT NULL DEFAULT ''
) STRICT;
