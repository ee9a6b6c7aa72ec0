WITH intent AS (
  INSERT INTO payment_intents
  SELECT $1::uuid, $2::uuid, c.id, $4::uuid, $5::bigint, $6, $7, $8, $9, $10::bigint, $11::bigint
  FROM customers c WHERE c.id = $3::uuid AND c.application_id = $2::uuid
  RETURNING id)
INSERT INTO outbox (intent_id, body) SELECT id, $12 FROM intent RETURNING seq
