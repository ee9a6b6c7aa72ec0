-- What a payer may ask of a pending payment: when its bank was last asked, and whether it may be asked sooner.

ALTER TABLE payments ADD COLUMN asked_at INTEGER;
-- The bank asked not to be asked before.
ALTER TABLE payments ADD COLUMN quiet_until INTEGER;
