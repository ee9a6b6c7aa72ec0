// Fastify with better-sqlite3: a durable commit for each request (WAL, synchronous FULL), statements prepared once.
//   node fastify_sqlite.mjs <folder> <app token> <file of customer ids>
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import Database from 'better-sqlite3';

import {serve} from './intent.mjs';

const [folder, token, customers] = process.argv.slice(2);
const database = new Database(join(folder, 'fastify.db'));
database.pragma('journal_mode = WAL');
database.pragma('synchronous = FULL');
database.exec(`
  CREATE TABLE customers (id TEXT PRIMARY KEY, application_id TEXT NOT NULL) WITHOUT ROWID;
  CREATE TABLE payment_intents (
    id TEXT PRIMARY KEY, application_id TEXT NOT NULL, customer_id TEXT NOT NULL REFERENCES customers (id),
    destination_id TEXT NOT NULL, amount INTEGER NOT NULL, currency TEXT NOT NULL, description TEXT NOT NULL,
    status TEXT NOT NULL, idempotency_key TEXT, created_at INTEGER NOT NULL, expires_at INTEGER NOT NULL) WITHOUT ROWID;
  CREATE INDEX payment_intents_by_application ON payment_intents (application_id, created_at);
  CREATE UNIQUE INDEX payment_intents_by_key ON payment_intents (application_id, idempotency_key);
  CREATE TABLE outbox (seq INTEGER PRIMARY KEY, intent_id TEXT NOT NULL, body TEXT NOT NULL);
`);
const addCustomer = database.prepare('INSERT INTO customers VALUES (?, ?)');
database.transaction(() => {
  for (const id of readFileSync(customers, 'utf8').split('\n')) if (id !== '') addCustomer.run(id, token);
})();

const findCustomer = database.prepare('SELECT 1 FROM customers WHERE id = ? AND application_id = ?');
const insert = database.prepare(`
  INSERT INTO payment_intents VALUES (@id, @application_id, @customer_id, @destination_id, @amount, @currency, @description,
    @status, @idempotency_key, @created_at, @expires_at)`);
const tell = database.prepare('INSERT INTO outbox (intent_id, body) VALUES (?, ?)');
const select = database.prepare('SELECT * FROM payment_intents WHERE id = ? AND application_id = ?');

const createInOneTransaction = database.transaction((row, event) => {
  if (findCustomer.get(row.customer_id, row.application_id) === undefined) return false;
  insert.run(row);
  tell.run(row.id, event);
  return true;
});

await serve(token, {
  create: async (row, event) => createInOneTransaction.immediate(row, event),
  find: async (application, id) => select.get(id, application),
});
