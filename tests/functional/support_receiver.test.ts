// The tools of the functional tests themselves: a receiver that let everything pass would prove nothing.
import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {createServer} from 'node:net';
import type {AddressInfo} from 'node:net';
import {after, before, test} from 'node:test';

import {api, raw, statuses} from '../support/http.js';
import {Receiver} from '../support/receiver.js';

const secret = `whsec_${Buffer.from('a secret of thirty-two characters').toString('base64')}`;
let receiver: Receiver;

before(async () => {
  receiver = await Receiver.listen();
  receiver.secret = secret;
});
after(async () => receiver.close());

function signed(body: string, id: string, timestamp = Math.floor(Date.now() / 1000)): Record<string, string> {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return {
    'lean-signature': `sha512=${createHmac('sha512', secret).update(body).digest('hex')}`,
    'webhook-id': id,
    'webhook-timestamp': String(timestamp),
    'webhook-signature': `v1,c3RhbGU= v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`,
  };
}

const eventBody = (id: string) => JSON.stringify({type: 'payment.created', event_id: id, sequence: 1, payload: {}});

async function send(body: string, headers: Record<string, string>): Promise<number> {
  return (await api(receiver.url)('POST', '', {body, headers})).status;
}

test('takes an event with both signatures right, and waits for one', async () => {
  const arriving = receiver.event('payment.created', ({event_id}) => event_id === 'e1');
  assert.equal(await send(eventBody('e1'), signed(eventBody('e1'), 'e1')), 200);
  assert.equal((await arriving).sequence, 1);
});

test('answers by its script, then 200', async () => {
  receiver.script.push(503, {status: 429, headers: {'retry-after': '7'}});
  const body = eventBody('e1');
  assert.equal(await send(body, signed(body, 'e1')), 503);
  assert.equal(await send(body, signed(body, 'e1')), 429);
  assert.equal(await send(body, signed(body, 'e1')), 200);
  assert.equal(receiver.events.length, 1, 'three more attempts of one event');
});

test('tells when what was waited for does not come', async () => {
  await assert.rejects(receiver.event('payment.updated', undefined, 20), /no payment\.updated; what came: payment\.created/);
});

test('notices each signature that does not hold', async () => {
  const body = eventBody('e2');
  const good = signed(body, 'e2');
  const cases: [string, Record<string, string>, RegExp][] = [
    ['upper-case hex', {...good, 'lean-signature': good['lean-signature']!.toUpperCase()}, /lean-signature/],
    ['another body', signed(eventBody('e3'), 'e2'), /lean-signature/],
    ['no Standard Webhooks signature', {'lean-signature': good['lean-signature']!}, /missing/],
    ['another id', {...good, 'webhook-id': 'e3'}, /webhook-id/],
    ['an old timestamp', signed(body, 'e2', 1_600_000_000), /webhook-timestamp/],
    ['the wrong key', {...good, 'webhook-signature': 'v1,AAAA'}, /webhook-signature/],
  ];
  for (const [what, headers, words] of cases) {
    await send(body, headers);
    assert.match(receiver.deliveries.pop()?.badSignature ?? '', words, what);
  }
});

test('raw sends bytes as they are and sees the server close', async () => {
  let got = '';
  const server = createServer((socket) => {
    socket.on('data', (bytes) => {
      got += bytes.toString('latin1');
      socket.end('HTTP/1.1 400 Bad Request\r\nContent-Length: 0\r\n\r\n');
    });
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const answer = await raw(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  server.close();
  assert.equal(got, 'GET / HTTP/1.1\r\nHost: a\r\nHost: b\r\n\r\n');
  assert.deepEqual(statuses(answer.text), [400]);
  assert.ok(answer.closed);
});
