// What all peers serve: the request and the answer of a payment intent, as Qantara has them, checked and written the way
// Fastify does it best: schemas on both sides. Usage of every server here: node <peer>.mjs <folder or database> <app token>
import {randomBytes} from 'node:crypto';

import Fastify from 'fastify';

const text = {type: 'string'};
const maybe = {type: ['string', 'null']};

const destination = {
  id: text, bank_identifier: maybe, name: text, iban: maybe, display_name: text, account_number: maybe, swift_code: maybe,
  status: text, address: maybe, country: maybe, city: maybe, default: {type: 'boolean'}, customer_id: maybe, owner_type: text,
};

const answer = {
  type: 'object',
  properties: {
    payment_intent_id: text, customer_id: text, amount: {type: 'number'}, currency: text, description: text, status: text,
    created_at: text, updated_at: text, expires_at: text, payments: {type: 'array', items: {}},
    payment_destination: {type: 'object', properties: destination},
  },
};

const request = {
  type: 'object',
  required: ['customer_id', 'amount', 'currency'],
  additionalProperties: false,
  properties: {
    customer_id: {type: 'string', pattern: '^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$'},
    amount: {type: 'number', minimum: 10, maximum: 100000}, currency: {type: 'string', enum: ['AED', 'USD', 'BHD']},
    payment_destination_id: text, description: {type: 'string', maxLength: 32},
  },
};

export const theDestination = {
  id: '019a0000-0000-7000-8000-000000000001', bank_identifier: 'EXAMPLE', name: 'Marsa Wallet LLC', iban: 'AE070331234567890123456',
  display_name: 'Marsa Wallet', account_number: '1234567', swift_code: 'EBILAEAD', status: 'CONFIRMED', address: '1 Harbour Street',
  country: 'ARE', city: 'Dubai', default: true, customer_id: null, owner_type: 'APPLICATION',
};

/** A UUID ordered by time (version 7), so that no peer pays for random primary keys. */
export function makeId() {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(Date.now(), 0, 6);
  bytes[6] = (bytes[6] & 0x0f) | 0x70;
  bytes[8] = (bytes[8] & 0x3f) | 0x80;
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

/** A new intent as its row has it. */
export function newIntent(body, application, idempotencyKey) {
  const now = Date.now();
  const id = makeId();
  return {
    id, application_id: application, customer_id: body.customer_id, destination_id: theDestination.id,
    amount: Math.round(body.amount * 100), currency: body.currency, description: body.description ?? id.replaceAll('-', ''),
    status: 'INTENT_CREATED', idempotency_key: idempotencyKey ?? null, created_at: now, expires_at: now + 86_400_000,
  };
}

export function shown(row) {
  const created = new Date(Number(row.created_at)).toISOString();
  return {
    payment_intent_id: row.id, customer_id: row.customer_id, amount: Number(row.amount) / 100, currency: row.currency,
    description: row.description, status: row.status, created_at: created, updated_at: created,
    expires_at: new Date(Number(row.expires_at)).toISOString(), payments: [], payment_destination: theDestination,
  };
}

/** The event that tells of it: what a webhook would bring. */
export function eventOf(row) {
  return JSON.stringify({
    type: 'payment_intent.created', event_id: makeId(), timestamp: new Date(row.created_at).toISOString(), sequence: 1,
    payload: {intent_id: row.id, customer_id: row.customer_id, amount: row.amount / 100, currency: row.currency, status: row.status},
  });
}

/**
 * Serves `create(row, event)` (false: there is no such customer) and `find(application, id)` for the application `token`, and
 * prints where, as one line of JSON.
 */
export async function serve(token, {create, find}) {
  const applications = new Map([[token, token]]);
  const server = Fastify({logger: false});
  server.addHook('onRequest', async (asked, reply) => {
    asked.application = applications.get(asked.headers['lean-app-token']);
    if (asked.application === undefined) return reply.code(401).send({status: 'UNAUTHORIZED'});
  });
  server.post('/payments/v1/intents', {schema: {body: request, response: {200: answer}}}, async (asked, reply) => {
    const row = newIntent(asked.body, asked.application, asked.headers['idempotency-key']);
    if (!(await create(row, eventOf(row)))) return reply.code(404).send({status: 'UNKNOWN_CUSTOMER'});
    return shown(row);
  });
  server.get('/payments/v1/intents/:id', {schema: {response: {200: answer}}}, async (asked, reply) => {
    const row = await find(asked.application, asked.params.id);
    return row === undefined ? reply.code(404).send({status: 'UNKNOWN_PAYMENT_INTENT'}) : shown(row);
  });
  const url = await server.listen({host: '127.0.0.1', port: 0});
  console.log(JSON.stringify({url}));
  process.once('SIGTERM', () => process.exit(0));
}
