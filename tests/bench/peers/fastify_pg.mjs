// Fastify with pg: one statement does it all, prepared once on each connection of a pool, a durable commit for each request.
//   node fastify_pg.mjs <connection string> <app token> <file of customer ids> <connections>
import {readFileSync} from 'node:fs';

import pg from 'pg';

import {serve} from './intent.mjs';

const [connectionString, token, customers, connections] = process.argv.slice(2);
const pool = new pg.Pool({connectionString, max: Number(connections)});
await pool.query(`
  DROP TABLE IF EXISTS outbox, payment_intents, customers;
  CREATE TABLE customers (id uuid PRIMARY KEY, application_id uuid NOT NULL);
  CREATE TABLE payment_intents (
    id uuid PRIMARY KEY, application_id uuid NOT NULL, customer_id uuid NOT NULL REFERENCES customers (id),
    destination_id uuid NOT NULL, amount bigint NOT NULL, currency text NOT NULL, description text NOT NULL,
    status text NOT NULL, idempotency_key text, created_at bigint NOT NULL, expires_at bigint NOT NULL);
  CREATE INDEX payment_intents_by_application ON payment_intents (application_id, created_at);
  CREATE UNIQUE INDEX payment_intents_by_key ON payment_intents (application_id, idempotency_key);
  CREATE TABLE outbox (seq bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY, intent_id uuid NOT NULL, body text NOT NULL);
`);
const ids = readFileSync(customers, 'utf8').split('\n').filter((id) => id !== '');
await pool.query('INSERT INTO customers SELECT unnest($1::uuid[]), $2', [ids, token]);

const createAndTell = `
  WITH intent AS (
    INSERT INTO payment_intents
    SELECT $1::uuid, $2::uuid, c.id, $4::uuid, $5::bigint, $6, $7, $8, $9, $10::bigint, $11::bigint
    FROM customers c WHERE c.id = $3::uuid AND c.application_id = $2::uuid
    RETURNING id)
  INSERT INTO outbox (intent_id, body) SELECT id, $12 FROM intent RETURNING seq`;

await serve(token, {
  create: async (row, event) => {
    const {rowCount} = await pool.query({name: 'create', text: createAndTell, values: [...Object.values(row), event]});
    return rowCount === 1;
  },
  find: async (application, id) => {
    const select = 'SELECT * FROM payment_intents WHERE id = $1 AND application_id = $2';
    const {rows} = await pool.query({name: 'find', text: select, values: [id, application]});
    return rows[0];
  },
});
