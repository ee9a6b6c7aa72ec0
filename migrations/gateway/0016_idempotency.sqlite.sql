-- Answers to requests with an Idempotency-Key, laid out for many: they lie in the order in which they come, and only their keys,
-- which come in no order, are spread over an index of their own. What is deleted is what came first.

CREATE TABLE idempotency_answers (
  seq            INTEGER PRIMARY KEY,
  application_id BLOB NOT NULL,
  key            TEXT NOT NULL,
  fingerprint    BLOB NOT NULL,
  status         INTEGER NOT NULL,
  body_sealed    BLOB NOT NULL,
  created_at     INTEGER NOT NULL,
  UNIQUE (application_id, key)
) STRICT;
INSERT INTO idempotency_answers (application_id, key, fingerprint, status, body_sealed, created_at)
SELECT application_id, key, fingerprint, status, body_sealed, created_at FROM idempotency_records ORDER BY created_at;
DROP TABLE idempotency_records;
