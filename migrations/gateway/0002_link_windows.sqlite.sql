-- The hosted flow in several windows, and one unfinished session per connection.

-- How often a session was opened: the window that opened it last may act.
ALTER TABLE link_sessions ADD COLUMN window_number INTEGER NOT NULL DEFAULT 1;
-- The bank that the shop's page asked for. The payer may have chosen another since.
ALTER TABLE link_sessions ADD COLUMN wanted_bank_identifier TEXT;

-- Of several unfinished sessions for the same connection the newest stays.
UPDATE link_sessions SET step_kind = 'END', step = '{"reason":"left"}', step_number = step_number + 1
WHERE method <> 'PAY' AND step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END')
  AND EXISTS (SELECT 1 FROM link_sessions AS newer
              WHERE newer.customer_id = link_sessions.customer_id AND newer.method = link_sessions.method
                AND newer.destination_id = link_sessions.destination_id
                AND COALESCE(newer.payment_source_id, x'') = COALESCE(link_sessions.payment_source_id, x'')
                AND newer.step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END')
                AND newer.id > link_sessions.id);

-- A customer connects once at a time: opening again finds the session, in whatever order two windows come.
CREATE UNIQUE INDEX link_sessions_unfinished
  ON link_sessions (customer_id, method, destination_id, COALESCE(payment_source_id, x''))
  WHERE method <> 'PAY' AND step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END');
