// Fills the database of a gateway that is not running, as years of service would, in SQL that makes its own rows.
//   node fill.mjs <database> '{"intents": 1000000, "payments": 0, "deliveries": 0, "events": 0, "ids": "<file for ids of intents>"}'
// Intents and payments come with the events that told of them. `deliveries` are due, shared among the endpoints there are;
// of `events` no endpoint has been told yet.
// The file may have been written by any version: rows are made with the columns that have no default.
import {writeFileSync} from 'node:fs';

import Database from 'better-sqlite3';

const [file, wanted] = process.argv.slice(2);
const {intents = 0, payments = 0, deliveries = 0, events = 0, ids} = JSON.parse(wanted);
const database = new Database(file);
database.pragma('journal_mode = OFF'); // Whoever dies here begins anew.
database.pragma('synchronous = OFF');
database.pragma('foreign_keys = OFF');
database.pragma('cache_size = -1000000');

const application = database.prepare('SELECT id FROM applications LIMIT 1').pluck().get();
const destination = database.prepare('SELECT id FROM destinations LIMIT 1').pluck().get();
database.exec('CREATE TEMP TABLE payer (n INTEGER PRIMARY KEY, id BLOB)');
database.exec('INSERT INTO payer SELECT ROW_NUMBER() OVER (ORDER BY id) - 1, id FROM customers');
const payers = database.prepare('SELECT COUNT(*) FROM payer').pluck().get();

const micros = Date.now() * 1000;
// A hundred intents a second until a week ago. Ids are UUIDs in the order of time; `kind` tells tables apart.
const bornAt = (n, total) => `(${micros - 7 * 86_400_000_000} - (${total} - ${n}) * 10000)`;
const idOf = (n, total, kind) =>
  `unhex(printf('%012x7%03x8%03x%012x', ${bornAt(n, total)} / 1000, ${n} & 4095, ${kind}, ${n}))`;
const numbers = (total) => `WITH RECURSIVE number (n) AS (SELECT 0 UNION ALL SELECT n + 1 FROM number WHERE n + 1 < ${total})`;
const textId = (blob) => `lower(hex(${blob}))`;

function run(sql, parameters = {}) {
  database.prepare(sql).run(parameters);
}

function addIntents(total, status) {
  const id = idOf('n', total, 1);
  run(
    `${numbers(total)} INSERT INTO payment_intents (id, application_id, customer_id, destination_id, amount, currency, description,
       created_at, expires_at, status, updated_at)
     SELECT ${id}, $application, (SELECT id FROM payer WHERE payer.n = number.n % ${payers}), $destination, 100000, 'AED', 'Order ' || n,
       ${bornAt('n', total)}, ${bornAt('n', total)} + 86400000000, '${status}', ${bornAt('n', total)} FROM number`,
    {application, destination},
  );
  addEvents(total, 2, id, 'payment_intent.created', 1);
}

function addEvents(total, kind, aggregate, type, sequence) {
  const event = idOf('n', total, kind);
  run(
    `${numbers(total)} INSERT INTO events (id, application_id, aggregate_id, type, sequence, body, created_at)
     SELECT ${event}, $application, ${aggregate}, '${type}', ${sequence},
       '{"type":"${type}","message":"A payment intent was created","event_id":"' || ${textId(event)} || '","timestamp":"2026-01-01T00:00:00.000000Z",' ||
       '"sequence":${sequence},"payload":{"intent_id":"' || ${textId(aggregate)} || '","customer_id":"' || ${textId(aggregate)} || '",' ||
       '"amount":1000.00,"currency":"AED","status":"INTENT_CREATED","reason":null,"metadata":null}}',
       ${bornAt('n', total)} FROM number`,
    {application},
  );
}

function addPayments(total) {
  addIntents(total, 'INTENT_USED');
  const intent = idOf('n', total, 1);
  run(
    `${numbers(total)} INSERT INTO payments (id, application_id, customer_id, intent_id, payment_source_id, account_id, bank_identifier, amount,
       currency, description, reference_sent, end_to_end_id, request_key, status, bank_transaction_reference, parties_sealed, created_at,
       initiated_at)
     SELECT ${idOf('n', total, 3)}, $application, (SELECT id FROM payer WHERE payer.n = number.n % ${payers}), ${intent}, ${idOf('n % 1000', 1000, 4)},
       ${idOf('n % 1000', 1000, 5)}, 'MARSA', 100000, 'AED', 'Order ' || n, 'Order ' || n, 'E' || n, 'K' || n, 'ACCEPTED_BY_BANK', 'B' || n,
       zeroblob(300), ${bornAt('n', total)}, ${bornAt('n', total)} FROM number`,
    {application},
  );
  addEvents(total, 6, idOf('n', total, 3), 'payment.created', 1);
}

function addDeliveries(total) {
  const endpoints = database.prepare('SELECT id FROM webhook_endpoints ORDER BY id').pluck().all();
  const each = Math.ceil(total / endpoints.length);
  const before = database.prepare('SELECT COALESCE(MAX(seq), 0) FROM events').pluck().get();
  addEvents(each, 7, idOf('n', each, 8), 'payment_intent.created', 1);
  for (const endpoint of endpoints) {
    run(
      `INSERT INTO webhook_deliveries (endpoint_id, event_seq, aggregate_id, status, next_attempt_at)
       SELECT $endpoint, seq, aggregate_id, 'PENDING', ${micros} FROM events WHERE seq > ${before}`,
      {endpoint},
    );
  }
}

database.exec('BEGIN');
if (intents > 0) addIntents(intents, 'INTENT_EXPIRED');
if (payments > 0) addPayments(payments);
if (deliveries > 0) addDeliveries(deliveries);
run(`INSERT INTO settings (name, value) SELECT 'fanned_out', COALESCE(MAX(seq), 0) FROM events WHERE TRUE
     ON CONFLICT (name) DO UPDATE SET value = excluded.value`);
if (events > 0) addEvents(events, 9, idOf('n', events, 10), 'payment_intent.created', 1);
database.exec('COMMIT');

if (ids !== undefined) {
  const sample = Math.min(intents, 100_000);
  const rows = database.prepare(
    `${numbers(sample)} SELECT ${textId(idOf(`(n * ${Math.floor(intents / sample)})`, intents, 1))} AS id FROM number`).pluck().all();
  const dashed = (hex) => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
  writeFileSync(ids, rows.map((hex) => `${dashed(hex)}\n`).join(''));
}
database.close();
