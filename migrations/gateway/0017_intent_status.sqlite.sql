-- The same states, checked one by one: of a list of more than two, SQLite makes a table for each row that is inserted.

DROP INDEX payment_intents_due;
ALTER TABLE payment_intents RENAME COLUMN status TO former_status;
ALTER TABLE payment_intents ADD COLUMN status TEXT NOT NULL DEFAULT 'INTENT_CREATED'
  CHECK (status = 'INTENT_CREATED' OR status = 'INTENT_USED' OR status = 'INTENT_EXPIRED' OR status = 'INTENT_CANCELLED');
UPDATE payment_intents SET status = former_status WHERE former_status <> 'INTENT_CREATED';
ALTER TABLE payment_intents DROP COLUMN former_status;
CREATE INDEX payment_intents_due ON payment_intents (expires_at) WHERE status = 'INTENT_CREATED';
