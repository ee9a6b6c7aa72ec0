-- Banks that were added while the gateway runs; those of the configuration file are not here. `settings` is a JSON object
-- (docs/reference/banks.md).

CREATE TABLE banks (
  identifier TEXT PRIMARY KEY,
  settings   TEXT NOT NULL,
  created_at INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- How a bank stands, wherever it is configured. One that is not here is switched on and well.

CREATE TABLE bank_standings (
  identifier  TEXT PRIMARY KEY,
  switched_on INTEGER NOT NULL CHECK (switched_on IN (0, 1)),
  health      TEXT NOT NULL CHECK (health IN ('WELL', 'UNREACHABLE', 'MAINTENANCE')),
  back_at     INTEGER,
  changed_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- The banks that an application does not offer to its payers.

CREATE TABLE switched_off_banks (
  application_id  BLOB NOT NULL REFERENCES applications (id),
  bank_identifier TEXT NOT NULL,
  created_at      INTEGER NOT NULL,
  PRIMARY KEY (application_id, bank_identifier)
) STRICT, WITHOUT ROWID;
