// Receivers use libraries that others wrote: these two verify what the gateway sends, and refuse what somebody else sent.
import assert from 'node:assert/strict';
import {createHmac} from 'node:crypto';
import {after, before, test} from 'node:test';

import {Webhook as StandardWebhook} from 'standardwebhooks';
import {Webhook as SvixWebhook} from 'svix';

import {Hooks} from '../support/hooks.js';
import {type Delivery} from '../support/receiver.js';

let hooks: Hooks;
before(async () => (hooks = await Hooks.open()));
after(async () => hooks?.close());

type Library = new (secret: string) => {verify(body: string, headers: Record<string, string>): unknown};
const libraries: [name: string, library: Library][] = [['standardwebhooks', StandardWebhook], ['svix', SvixWebhook]];

function headersOf({headers}: Delivery): Record<string, string> {
  const names = ['webhook-id', 'webhook-timestamp', 'webhook-signature'] as const;
  return Object.fromEntries(names.map((name) => [name, String(headers[name])]));
}

for (const [name, Library] of libraries) {
  test(`${name} verifies deliveries, and refuses what was changed, is old, or was signed by others`, async () => {
    const {receiver, secret} = await hooks.listen();
    await hooks.publish();
    const {event_id} = await receiver.event('payment_intent.created');
    const delivery = receiver.deliveries[0]!;
    const headers = headersOf(delivery);
    const webhook = new Library(secret);
    assert.deepEqual(webhook.verify(delivery.body, headers), JSON.parse(delivery.body));
    assert.equal(headers['webhook-id'], event_id);

    const stranger = new Library(`whsec_${Buffer.alloc(32, 7).toString('base64')}`);
    assert.throws(() => stranger.verify(delivery.body, headers), 'another secret');
    assert.throws(() => webhook.verify(delivery.body.replace('100.00', '100.01'), headers), 'a changed body');
    assert.throws(() => webhook.verify(`${delivery.body} `, headers), 'a longer body');
    assert.throws(() => webhook.verify(delivery.body, {...headers, 'webhook-id': `${event_id}0`}), 'another id');
    for (const offset of [-3600, 3600]) {
      const at = String(Number(headers['webhook-timestamp']) + offset);
      assert.throws(() => webhook.verify(delivery.body, {...headers, 'webhook-timestamp': at}), 'another time');
      // Genuine in everything, and an hour off.
      const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
      const signature = createHmac('sha256', key).update(`${event_id}.${at}.${delivery.body}`).digest('base64');
      const old = {...headers, 'webhook-timestamp': at, 'webhook-signature': `v1,${signature}`};
      assert.throws(() => webhook.verify(delivery.body, old), /timestamp/i);
    }
  });

  test(`${name} verifies with both secrets while a rotation runs, and with the new one afterwards`, async () => {
    const own = await Hooks.open();  // Its clock moves.
    try {
      const {receiver, path, secret: older} = await own.listen();
      const {secret: newer} = await own.ok('POST', `${path}/rotate-secret`, {overlap: '2h'});
      await own.publish();
      await receiver.event('payment_intent.created');  // lean-signature is still the older one's: the receiver checks.
      const during = receiver.deliveries[0]!;
      assert.equal(headersOf(during)['webhook-signature']!.split(' ').length, 2);
      for (const secret of [older, newer]) {
        assert.deepEqual(new Library(secret).verify(during.body, headersOf(during)), JSON.parse(during.body));
      }
      await own.advance('3h');
      receiver.secret = newer;
      receiver.deliveries.length = 0;
      const [intent] = await own.publish();
      await receiver.event('payment_intent.created', ({payload}) => payload['intent_id'] === intent);
      const afterwards = receiver.deliveries[0]!;
      assert.ok(new Library(newer).verify(afterwards.body, headersOf(afterwards)));
      assert.throws(() => new Library(older).verify(afterwards.body, headersOf(afterwards)));
    } finally {
      await own.close();
    }
  });
}

test('a rotation without overlap ends the old secret at once', async () => {
  const {receiver, path, secret: older} = await hooks.listen();
  const {secret: newer} = await hooks.ok('POST', `${path}/rotate-secret`, {overlap: '0'});
  receiver.secret = newer;
  await hooks.publish();
  await receiver.event('payment_intent.created');
  const delivery = receiver.deliveries[0]!;
  assert.throws(() => new StandardWebhook(older).verify(delivery.body, headersOf(delivery)));
});
