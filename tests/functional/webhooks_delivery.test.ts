// What reaches an endpoint, when, how often, and what becomes of what does not.
import assert from 'node:assert/strict';
import {createServer} from 'node:http';
import type {AddressInfo} from 'node:net';
import {after, before, test} from 'node:test';

import {Hooks, statusesOf} from '../support/hooks.js';

let hooks: Hooks;
before(async () => (hooks = await Hooks.open()));
after(async () => hooks?.close());

const kIntent = 'payment_intent.created';

test('an endpoint is told of its types alone', async () => {
  const all = await hooks.listen();
  const some = await hooks.listen({types: ['payment.created']});
  await hooks.publish(2);
  await all.receiver.until(() => all.receiver.events.length === 2, 10_000, 'not told');
  await hooks.ok('PATCH', some.path, {types: [kIntent]});
  await hooks.publish();
  await some.receiver.event(kIntent);
  assert.equal(some.receiver.deliveries.length, 1, 'what came before the change is not for it');
});

test('a test reaches the endpoint that is tested, and no list of events', async () => {
  const {receiver, path} = await hooks.listen({types: ['payment.created']});
  const other = await hooks.listen();
  const sent = await hooks.call('POST', `${path}/test`);
  assert.equal(sent.status, 201, sent.text);
  const event = await receiver.event('webhook_endpoint.tested');
  assert.equal(event.event_id, sent.body.event_id);
  assert.deepEqual(event.payload, {id: path.split('/').at(-1)});
  await hooks.publish();
  await other.receiver.event(kIntent);
  assert.equal(other.receiver.deliveries.length, 1);
  assert.equal((await hooks.call('GET', `/events/v1/${event.event_id}`)).status, 404);
});

test('a delivery is sent again with the same bytes and the same id', async () => {
  const {receiver, path} = await hooks.listen();
  await hooks.publish();
  const {event_id} = await receiver.event(kIntent);
  await hooks.deliveries(path, (found) => statusesOf(found) === 'DELIVERED');
  const again = await hooks.ok('POST', `${path}/deliveries/${event_id}/resend`);
  assert.equal(again.event_id, event_id);
  await receiver.until(() => receiver.deliveries.length === 2, 10_000, 'not sent again');
  const [first, second] = receiver.deliveries;
  assert.equal(second!.body, first!.body);
  assert.equal(second!.headers['webhook-id'], event_id);
  const [delivery] = await hooks.deliveries(path, (found) => found[0]!.attempts === 2);
  assert.deepEqual(await hooks.ok('GET', `${path}/deliveries/${event_id}`), delivery);
  const attempts = await hooks.attempts(path, event_id);
  assert.deepEqual(attempts.map(({number, status, failure}) => ({number, status, failure})), [
    {number: 1, status: 200, failure: null},
    {number: 2, status: 200, failure: null},
  ]);
});

test('events are replayed since a time, or behind an event, also those from before the endpoint', async () => {
  await hooks.publish();
  const {data: [before]} = await hooks.ok('GET', '/events/v1?size=1');
  const {receiver, path} = await hooks.listen();
  await hooks.publish(2);
  await hooks.deliveries(path, (found) => statusesOf(found) === 'DELIVERED DELIVERED');
  const told = receiver.deliveries.map(({event}) => event.event_id);

  const since = await hooks.ok('POST', `${path}/replay`, {since: before.timestamp});
  assert.deepEqual(since, {replayed: 3, cursor: told[1], has_more: false});
  await receiver.until(() => receiver.deliveries.length === 5, 10_000, 'not replayed');
  assert.deepEqual(new Set(receiver.deliveries.slice(2).map(({event}) => event.event_id)), new Set([before.event_id, ...told]));
  await hooks.deliveries(path, (found) => statusesOf(found) === 'DELIVERED DELIVERED DELIVERED');

  const behind = await hooks.ok('POST', `${path}/replay`, {after: told[0]});
  assert.deepEqual(behind, {replayed: 1, cursor: told[1], has_more: false});
  await receiver.until(() => receiver.deliveries.length === 6, 10_000, 'not replayed');
  assert.equal(receiver.deliveries[5]!.event.event_id, told[1]);
  assert.deepEqual(await hooks.ok('POST', `${path}/replay`, {after: told[1]}), {replayed: 0, cursor: told[1], has_more: false});
});

test('deliveries are listed in pieces', async () => {
  const {path} = await hooks.listen();
  await hooks.publish(5);
  const all = await hooks.deliveries(path, (found) => found.length === 5 && found.every(({status}) => status === 'DELIVERED'));
  const found = [];
  let cursor = '';
  for (let more = true; more;) {
    const piece = await hooks.ok('GET', `${path}/deliveries?size=2&after=${cursor}`);
    found.push(...piece.data);
    cursor = piece.cursor;
    more = piece.has_more;
  }
  assert.deepEqual(found, all);
  assert.deepEqual((await hooks.ok('GET', `${path}/deliveries?status=DEAD`)).data, []);
  assert.equal((await hooks.ok('GET', `${path}/deliveries?status=DELIVERED&type=${kIntent}`)).data.length, 5);
  assert.deepEqual((await hooks.ok('GET', `${path}/deliveries?type=payment.created`)).data, []);
});

test('a redirect is a failure like others, of an answer a kilobyte is shown as text, Retry-After is heeded', async () => {
  const elsewhere: string[] = [];
  const trap = createServer((request, response) => {
    elsewhere.push(request.url ?? '');
    response.end();
  });
  await new Promise<void>((resolve) => trap.listen(0, '127.0.0.1', resolve));
  try {
    const {receiver, path} = await hooks.listen();
    const location = `http://127.0.0.1:${(trap.address() as AddressInfo).port}/trap`;
    receiver.script.push({status: 307, headers: {location, 'retry-after': '7200'}, body: `<b>moved</b> \u0000 ${'x'.repeat(100_000)}`});
    await hooks.publish();
    const [delivery] = await hooks.deliveries(path, ([found]) => found?.attempts === 1);
    assert.equal(delivery!.status, 'PENDING');
    const attempts = await hooks.ok('GET', `${path}/deliveries/${delivery!.event_id}/attempts`);
    assert.equal(attempts.data[0].status, 307);
    assert.equal(attempts.data[0].answer, `<b>moved</b> \u0000 ${'x'.repeat(1024 - 15)}`);
    const wait = Date.parse(delivery!.next_attempt_at!) - Date.parse(attempts.data[0].started_at);
    assert.ok(wait >= 7_200_000 && wait < 7_260_000, `${wait} ms`);
    assert.deepEqual(elsewhere, []);
  } finally {
    trap.close();
  }
});

test('one stuck object holds up no other', async () => {
  const {receiver, path} = await hooks.listen();
  receiver.script.push(500);
  const [stuck] = await hooks.publish();
  await hooks.deliveries(path, ([found]) => found?.attempts === 1);
  const others = await hooks.publish(3);
  await hooks.deliveries(path, (found) => statusesOf(found) === 'DELIVERED DELIVERED DELIVERED PENDING');
  const [first, ...rest] = receiver.deliveries.map(({event}) => event.payload['intent_id'] as string);
  assert.equal(first, stuck);
  assert.deepEqual(rest.sort(), [...others].sort());  // Objects do not wait for each other: any may be first.
});

test('a receiver that answers 410 is told no more, until it is resumed', async () => {
  const {receiver, path} = await hooks.listen();
  const other = await hooks.listen({types: ['webhook_endpoint.disabled']});
  receiver.script.push(410);
  await hooks.publish();
  const disabled = await hooks.endpoint(path, 'DISABLED');
  assert.equal(disabled.disabled_reason, 'GONE');
  const told = await other.receiver.event('webhook_endpoint.disabled');
  assert.equal(told.payload['id'], disabled.id);
  assert.equal(told.payload['reason'], 'GONE');
  await hooks.publish();
  for (const [method, rest, body] of [['POST', '/pause'], ['POST', '/test'], ['POST', '/replay', {status: 'DEAD'}]] as const) {
    const answer = await hooks.call(method, path + rest, body);
    assert.equal(answer.status, 409, answer.text);
    assert.equal(answer.body.status, 'ILLEGAL_TRANSITION');
  }
  assert.equal((await hooks.ok('POST', `${path}/resume`)).disabled_reason, null);
  const [last] = await hooks.publish();
  await receiver.event(kIntent, ({payload}) => payload['intent_id'] === last);
  assert.equal(receiver.deliveries.length, 2, 'what happened while it was disabled is not told');
});

test('what is given up is listed and can be sent again; an endpoint that fails for five days is disabled', async () => {
  const own = await Hooks.open();  // Its clock moves.
  try {
    const {receiver, path} = await own.listen({types: [kIntent]});
    const other = await own.listen({types: ['webhook_endpoint.disabled']});
    const failures = (count: number) => receiver.script.push(...Array<number>(count).fill(503));
    failures(2);
    const [lost] = await own.publish();
    await own.deliveries(path, ([found]) => found?.attempts === 1);
    await own.advance('73h');
    const [dead] = await own.deliveries(path, (found) => found.length === 1, '?status=DEAD');
    assert.equal(dead!.attempts, 2);
    assert.equal(dead!.next_attempt_at, null);
    assert.ok((await own.ok('GET', path)).failing_since !== null);

    const replayed = await own.ok('POST', `${path}/replay`, {status: 'DEAD'});
    assert.deepEqual(replayed, {replayed: 1, cursor: dead!.event_id, has_more: false});
    await own.deliveries(path, (found) => statusesOf(found) === 'DELIVERED');
    assert.deepEqual(receiver.deliveries.map(({event}) => event.payload['intent_id']), [lost, lost, lost]);
    assert.deepEqual((await own.ok('GET', `${path}/deliveries?status=DEAD`)).data, []);
    assert.equal((await own.ok('GET', path)).failing_since, null);

    failures(1000);
    await own.publish();
    await own.deliveries(path, ([found]) => found!.attempts === 1);
    const attempts = (found: {attempts: number}[]) => found.reduce((sum, delivery) => sum + delivery.attempts, 0);
    for (let day = 1; day <= 4; ++day) {
      const before = attempts(await own.deliveries(path, () => true));
      await own.advance('24h');
      await own.publish();
      await own.deliveries(path, (found) => attempts(found) > before);  // Recorded, so that no day is without a failure.
      assert.equal((await own.ok('GET', path)).status, 'ACTIVE', `day ${day}`);
    }
    await own.deliveries(path, ([found]) => found!.attempts > 0);
    await own.advance('25h');
    const disabled = await own.endpoint(path, 'DISABLED');
    assert.equal(disabled.disabled_reason, 'FAILING');
    const told = await other.receiver.event('webhook_endpoint.disabled');
    assert.equal(told.payload['reason'], 'FAILING');
    assert.equal(told.payload['failing_since'], disabled.failing_since);
    assert.ok((await own.ok('GET', `${path}/deliveries?status=PENDING`)).data.length === 0);
  } finally {
    await own.close();
  }
});

test('where the operator allows no network, an endpoint on it is not made, and not connected to any more', async () => {
  const flags = ['--allow-webhook-network', '127.0.0.0/8'];
  const own = await Hooks.open({verb: 'serve', flags});
  try {
    const {receiver, path} = await own.listen();
    await own.ok('POST', `${path}/test`);
    await receiver.event('webhook_endpoint.tested');
    await own.deliveries(path, (found) => statusesOf(found) === 'DELIVERED');

    flags.length = 0;
    await own.gateway.stop();
    await own.gateway.start();
    await own.ok('POST', `${path}/test`);
    const [refused] = await own.deliveries(path, ([found]) => found!.attempts === 1 && found!.status === 'PENDING');
    const [attempt] = await own.attempts(path, refused!.event_id);
    assert.equal(attempt!.status, null);
    assert.match(attempt!.failure!, /^FORBIDDEN_ADDRESS: /);
    assert.equal(receiver.deliveries.length, 1);
    for (const host of ['127.0.0.1', 'localhost', '0.0.0.0', '2130706433', '[::ffff:7f00:1]', 'LOCALHOST', 'localhost.']) {
      const answer = await own.call('POST', '/webhooks/v1/endpoints', {url: `http://${host}:${new URL(receiver.url).port}/`});
      assert.equal(answer.status, 400, `${host}: ${answer.text}`);
      assert.equal(answer.body.metadata.errors[0].field, 'url');
    }
  } finally {
    await own.close();
  }
});
