-- What opens the API, besides an application's token. Instants of this file are of the real clock: no credential lives by the
-- sandbox's time.

-- Two are valid at once while the older one's rotation lasts.
CREATE TABLE application_secrets (
  application_id BLOB NOT NULL REFERENCES applications (id),
  secret_hash    BLOB NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER,
  PRIMARY KEY (application_id, secret_hash)
) STRICT, WITHOUT ROWID;
INSERT INTO application_secrets (application_id, secret_hash, created_at, expires_at)
  SELECT id, client_secret_hash, created_at, NULL FROM applications;
ALTER TABLE applications DROP COLUMN client_secret_hash;

-- `fingerprint`: lower-case hex SHA-256 of the certificate (DER).
CREATE TABLE application_certificates (
  application_id BLOB NOT NULL REFERENCES applications (id),
  fingerprint    TEXT NOT NULL,
  subject        TEXT NOT NULL,
  expires_at     INTEGER NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (application_id, fingerprint)
) STRICT, WITHOUT ROWID;

-- `hint`: the beginning of the key, by which people know it again. `scopes`: their words, separated by blanks.
CREATE TABLE secret_keys (
  id             BLOB PRIMARY KEY,
  application_id BLOB NOT NULL REFERENCES applications (id),
  name           TEXT NOT NULL,
  hint           TEXT NOT NULL,
  key_hash       BLOB NOT NULL UNIQUE,
  scopes         TEXT NOT NULL,
  created_at     INTEGER NOT NULL,
  expires_at     INTEGER,
  last_used_at   INTEGER
) STRICT, WITHOUT ROWID;

-- What access tokens are signed with. The newest signs; older ones are kept until what they have signed has ended.
CREATE TABLE signing_keys (
  id                 TEXT PRIMARY KEY,
  private_key_sealed BLOB NOT NULL,
  created_at         INTEGER NOT NULL,
  retired_at         INTEGER
) STRICT, WITHOUT ROWID;
