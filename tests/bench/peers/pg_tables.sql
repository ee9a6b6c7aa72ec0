DROP TABLE IF EXISTS outbox, payment_intents, customers;
CREATE TABLE customers (id uuid PRIMARY KEY, application_id uuid NOT NULL);
CREATE TABLE payment_intents (
  id uuid PRIMARY KEY, application_id uuid NOT NULL, customer_id uuid NOT NULL REFERENCES customers (id),
  destination_id uuid NOT NULL, amount bigint NOT NULL, currency text NOT NULL, description text NOT NULL,
  status text NOT NULL, idempotency_key text, created_at bigint NOT NULL, expires_at bigint NOT NULL);
CREATE INDEX payment_intents_by_application ON payment_intents (application_id, created_at);
CREATE UNIQUE INDEX payment_intents_by_key ON payment_intents (application_id, idempotency_key);
CREATE TABLE outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, intent_id uuid NOT NULL, body text NOT NULL);
