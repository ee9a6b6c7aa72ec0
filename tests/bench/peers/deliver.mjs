// What a job of every queue here does: POST the signed body to the receiver over kept connections (Standard Webhooks).
import {createHmac, randomBytes} from 'node:crypto';

import {Pool} from 'undici';

export function makeDelivery(url, connections) {
  const {origin, pathname} = new URL(url);
  const pool = new Pool(origin, {connections});
  const secret = randomBytes(32);
  return async function deliver({id, body}) {
    const timestamp = Math.floor(Date.now() / 1000);
    const signature = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`).digest('base64');
    const answer = await pool.request({
      path: pathname,
      method: 'POST',
      headers: {
        'content-type': 'application/json', 'webhook-id': id, 'webhook-timestamp': String(timestamp),
        'webhook-signature': `v1,${signature}`,
      },
      body,
    });
    await answer.body.dump();
    if (answer.statusCode >= 300) throw new Error(`answered ${answer.statusCode}`);
  };
}

/** SQL for the payload of job number `n`: as large as an event of Qantara's. */
export const payloadSql = `json_build_object('id', gen_random_uuid(), 'body', json_build_object(
  'type', 'payment_intent.created', 'event_id', gen_random_uuid(), 'sequence', 1, 'payload', json_build_object(
    'intent_id', gen_random_uuid(), 'customer_id', gen_random_uuid(), 'amount', 1000.00, 'currency', 'AED',
    'status', 'INTENT_CREATED', 'reason', null, 'metadata', null))::text)`;
