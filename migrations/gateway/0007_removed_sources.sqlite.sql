-- Payment sources that are removed: the row stays for its payments, and until the bank has forgotten the payer's consent.

ALTER TABLE payment_sources ADD COLUMN removed_at INTEGER;
ALTER TABLE payment_sources ADD COLUMN removal_reason TEXT CHECK (removal_reason IN ('USER_REQUESTED', 'TPP_REQUESTED'));
ALTER TABLE payment_sources ADD COLUMN consent_due_at INTEGER;
CREATE INDEX payment_sources_consent_due ON payment_sources (consent_due_at) WHERE consent_due_at IS NOT NULL;
