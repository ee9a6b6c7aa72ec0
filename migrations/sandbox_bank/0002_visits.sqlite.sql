-- An authorisation on the bank's own pages begins before anybody has signed in, so its user may be unknown. `visitor` is the
-- secret of the browser that signed in; the two addresses are where it goes on.
CREATE TABLE authorisations_anew (
  id          BLOB PRIMARY KEY,
  subject     TEXT NOT NULL,
  subject_id  BLOB NOT NULL,
  username    TEXT REFERENCES users (username),
  status      TEXT NOT NULL,
  method      TEXT,
  wrong_codes INTEGER NOT NULL DEFAULT 0,
  started_at  INTEGER NOT NULL,
  due_at      INTEGER,
  due_event   TEXT,
  visitor     TEXT,
  asked_by    TEXT,
  done_url    TEXT,
  refused_url TEXT
) STRICT, WITHOUT ROWID;
INSERT INTO authorisations_anew (id, subject, subject_id, username, status, method, wrong_codes, started_at, due_at, due_event)
  SELECT id, subject, subject_id, username, status, method, wrong_codes, started_at, due_at, due_event FROM authorisations;
DROP TABLE authorisations;
ALTER TABLE authorisations_anew RENAME TO authorisations;
CREATE INDEX authorisations_by_subject ON authorisations (subject_id);
CREATE INDEX authorisations_by_due_at ON authorisations (due_at) WHERE due_at IS NOT NULL;
