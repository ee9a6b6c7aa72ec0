-- What accounts outside the IBAN's reach are found by, and what some banks want to know of their owners.

ALTER TABLE destinations ADD COLUMN branch_address TEXT;
ALTER TABLE destinations ADD COLUMN ifsc TEXT;
ALTER TABLE destinations ADD COLUMN transit_number TEXT;
ALTER TABLE destinations ADD COLUMN sort_code TEXT;
ALTER TABLE destinations ADD COLUMN routing_number TEXT;
ALTER TABLE destinations ADD COLUMN postal_code TEXT;
ALTER TABLE destinations ADD COLUMN currency TEXT;
ALTER TABLE destinations ADD COLUMN bank_type TEXT CHECK (bank_type IN ('RETAIL', 'SME', 'CORPORATE'));
ALTER TABLE destinations ADD COLUMN emirate TEXT;
ALTER TABLE destinations ADD COLUMN government_identifier_sealed BLOB;

-- Why an intent's money moves, as its merchant says.

ALTER TABLE payment_intents ADD COLUMN purpose_code TEXT;
