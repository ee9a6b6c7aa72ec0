-- The answers to requests with an Idempotency-Key, each written in the transaction of its request's effect.

-- `fingerprint` is a keyed digest of method, path and body: another request with the same key is known as such.
CREATE TABLE idempotency_records (
  application_id BLOB NOT NULL REFERENCES applications (id),
  key            TEXT NOT NULL,
  fingerprint    BLOB NOT NULL,
  status         INTEGER NOT NULL,
  body_sealed    BLOB NOT NULL,
  created_at     INTEGER NOT NULL,
  PRIMARY KEY (application_id, key)
) STRICT, WITHOUT ROWID;
CREATE INDEX idempotency_records_by_age ON idempotency_records (created_at);
