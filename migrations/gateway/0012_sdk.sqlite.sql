-- What the SDK's later methods need: sources that are reconnected, payees under another name, and an account that is settled.

-- Set while the bank does not honour the payer's consent any more: by it the shop's page lets the payer sign in again.
ALTER TABLE payment_sources ADD COLUMN reconnect_id BLOB;
CREATE UNIQUE INDEX payment_sources_reconnect ON payment_sources (reconnect_id) WHERE reconnect_id IS NOT NULL;

-- The name under which the shop's page wants the payee to be shown, beside the true one.
ALTER TABLE link_sessions ADD COLUMN destination_alias TEXT;
-- Whether the shop's page has settled the account to pay from: the payer may not choose another.
ALTER TABLE link_sessions ADD COLUMN account_settled INTEGER NOT NULL DEFAULT 0;

-- A session that pays is bounded by its intent; one that reconnects has no destination.
DROP INDEX link_sessions_unfinished;
CREATE UNIQUE INDEX link_sessions_unfinished
  ON link_sessions (customer_id, method, COALESCE(destination_id, x''), COALESCE(payment_source_id, x''))
  WHERE intent_id IS NULL AND step_kind NOT IN ('CONNECTED', 'COOL_OFF', 'FAILED', 'END');
