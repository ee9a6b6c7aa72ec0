-- Lists of customers, intents and payments; intents that end; what governments call a customer.

ALTER TABLE customers ADD COLUMN government_identifiers_sealed BLOB;
CREATE INDEX customers_by_application ON customers (application_id, id);

ALTER TABLE payment_intents ADD COLUMN status TEXT NOT NULL DEFAULT 'INTENT_CREATED'
  CHECK (status IN ('INTENT_CREATED', 'INTENT_USED', 'INTENT_EXPIRED', 'INTENT_CANCELLED'));
ALTER TABLE payment_intents ADD COLUMN updated_at INTEGER NOT NULL DEFAULT 0;
UPDATE payment_intents SET updated_at = created_at;
UPDATE payment_intents SET status = 'INTENT_USED', updated_at = p.created_at
FROM payments AS p WHERE p.intent_id = payment_intents.id;
CREATE INDEX payment_intents_by_application ON payment_intents (application_id, id);
CREATE INDEX payment_intents_by_customer ON payment_intents (customer_id, id);
CREATE INDEX payment_intents_due ON payment_intents (expires_at) WHERE status = 'INTENT_CREATED';

CREATE INDEX payments_by_application ON payments (application_id, id);
