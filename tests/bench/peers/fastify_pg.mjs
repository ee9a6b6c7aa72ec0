// Fastify with pg: one statement does it all, prepared once on each connection of a pool, a durable commit for each request.
//   node fastify_pg.mjs <connection string> <app token> <file of customer ids> <connections>
import {readFileSync} from 'node:fs';

import pg from 'pg';

import {serve} from './intent.mjs';

const [connectionString, token, customers, connections] = process.argv.slice(2);
const pool = new pg.Pool({connectionString, max: Number(connections)});
const sql = (name) => readFileSync(new URL(name, import.meta.url), 'utf8');
await pool.query(sql('pg_tables.sql'));
const ids = readFileSync(customers, 'utf8').split('\n').filter((id) => id !== '');
await pool.query('INSERT INTO customers SELECT unnest($1::uuid[]), $2', [ids, token]);

const createAndTell = sql('pg_create.sql');
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
