-- A payer's visit to the bank's own pages: its id is in the addresses that lead there and back. Where the shop's page wants the
-- browser to go on from there.
ALTER TABLE link_sessions ADD COLUMN visit BLOB;
ALTER TABLE link_sessions ADD COLUMN came_back TEXT;
ALTER TABLE link_sessions ADD COLUMN came_back_at INTEGER;
ALTER TABLE link_sessions ADD COLUMN success_redirect_url TEXT;
ALTER TABLE link_sessions ADD COLUMN fail_redirect_url TEXT;
CREATE UNIQUE INDEX link_sessions_visit ON link_sessions (visit) WHERE visit IS NOT NULL;
