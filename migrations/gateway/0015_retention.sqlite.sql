-- What is old enough is deleted.

-- The last sequence of aggregates that may have more to tell although their events are gone: numbering goes on behind it.
CREATE TABLE event_sequences (
  aggregate_id BLOB PRIMARY KEY,
  last         INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

CREATE INDEX link_sessions_by_expiry ON link_sessions (expires_at);
