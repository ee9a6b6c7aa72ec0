// Webhook endpoints as an application looks after them: made, changed, paused, ended, and nobody else's business.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Endpoint, Hooks} from '../support/hooks.js';

const kUnknown = '01890000-0000-7000-8000-000000000000';
const kShop = 'https://203.0.112.1/hooks';  // A public address: nothing is ever sent there by these tests.

let hooks: Hooks;
before(async () => (hooks = await Hooks.open()));
after(async () => hooks?.close());

test('an endpoint is made, found, changed, paused, resumed and deleted', async () => {
  const wanted = {url: kShop, description: 'orders', types: ['payment.updated', 'payment.created']};
  const made = await hooks.call('POST', '/webhooks/v1/endpoints', wanted);
  assert.equal(made.status, 201, made.text);
  const {secret, ...endpoint} = made.body as Endpoint & {secret: string};
  assert.match(secret, /^whsec_[A-Za-z0-9+/]{43}=$/);
  assert.match(endpoint.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/);
  const {id, created_at} = endpoint;
  const expected = {
    id, url: kShop, description: 'orders', types: ['payment.created', 'payment.updated'], status: 'ACTIVE', disabled_reason: null,
    failing_since: null, created_at,
  };
  assert.deepEqual(endpoint, expected);
  const path = `/webhooks/v1/endpoints/${id}`;
  assert.deepEqual(await hooks.ok('GET', path), expected, 'the secret is shown once');
  const {data} = await hooks.ok<{data: Endpoint[]}>('GET', '/webhooks/v1/endpoints/');
  assert.deepEqual(data.find((one) => one.id === id), expected);

  const changed = {...expected, url: `${kShop}/2`, description: null};
  assert.deepEqual(await hooks.ok('PATCH', path, {url: changed.url, description: null}), changed);
  assert.deepEqual(await hooks.ok('PATCH', path, {types: null}), {...changed, types: null});
  assert.deepEqual(await hooks.ok('PATCH', path, {}), {...changed, types: null});
  assert.equal((await hooks.ok('POST', `${path}/pause`)).status, 'PAUSED');
  assert.equal((await hooks.ok('POST', `${path}/pause`)).status, 'PAUSED');
  assert.equal((await hooks.ok('GET', path)).status, 'PAUSED');
  assert.equal((await hooks.ok('POST', `${path}/resume`)).status, 'ACTIVE');

  const rotated = await hooks.ok('POST', `${path}/rotate-secret`, {overlap: '1h'});
  assert.match(rotated.secret, /^whsec_/);
  assert.notEqual(rotated.secret, secret);
  assert.match(rotated.previous_expires_at, /Z$/);

  const gone = await hooks.call('DELETE', path);
  assert.equal(gone.status, 204);
  assert.equal(gone.text, '');
  assert.equal((await hooks.call('GET', path)).body.status, 'UNKNOWN_WEBHOOK_ENDPOINT');
  assert.equal((await hooks.call('DELETE', path)).status, 404);
  const left = await hooks.ok<{data: Endpoint[]}>('GET', '/webhooks/v1/endpoints');
  assert.ok(left.data.every((one) => one.id !== id));
});

test('what is wrong with a request is told by the member', async () => {
  const {id} = await hooks.ok('POST', '/webhooks/v1/endpoints', {url: kShop});
  const path = `/webhooks/v1/endpoints/${id}`;
  const create = ['POST', '/webhooks/v1/endpoints'] as const;
  const update = ['PATCH', path] as const;
  const rotate = ['POST', `${path}/rotate-secret`] as const;
  const replay = ['POST', `${path}/replay`] as const;
  const rows: [call: readonly [string, string], body: unknown, status: string, field: string][] = [
    [create, {}, 'MISSING_PARAMETERS', 'url'],
    [create, {url: 1}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: kShop, types: 'payment.created'}, 'INVALID_PARAMETERS', 'types'],
    [create, {url: kShop, types: ['payment.created', 1]}, 'INVALID_PARAMETERS', 'types'],
    [create, {url: kShop, secret: 'whsec_mine'}, 'INVALID_PARAMETERS', 'secret'],
    [create, {url: 'shop.example'}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: 'ftp://shop.example/'}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: 'http://10.0.0.1/'}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: 'http://169.254.169.254/latest/meta-data/'}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: 'http://[fd00:ec2::254]/'}, 'INVALID_PARAMETERS', 'url'],
    [create, {url: kShop, types: []}, 'INVALID_PARAMETERS', 'types'],
    [create, {url: kShop, types: ['payment.*']}, 'INVALID_PARAMETERS', 'types'],
    [create, {url: kShop, types: ['payment.changed']}, 'INVALID_PARAMETERS', 'types'],
    [create, {url: kShop, description: 'x'.repeat(501)}, 'INVALID_PARAMETERS', 'description'],
    [update, {url: 'http://10.0.0.1/'}, 'INVALID_PARAMETERS', 'url'],
    [update, {types: ['nonsense']}, 'INVALID_PARAMETERS', 'types'],
    [update, {status: 'PAUSED'}, 'INVALID_PARAMETERS', 'status'],
    [rotate, {overlap: 24}, 'INVALID_PARAMETERS', 'overlap'],
    [rotate, {overlap: 'a while'}, 'INVALID_PARAMETERS', 'overlap'],
    [rotate, {overlap: '8d'}, 'INVALID_PARAMETERS', 'overlap'],
    [replay, {}, 'MISSING_PARAMETERS', 'since'],
    [replay, {since: 'yesterday'}, 'INVALID_PARAMETERS', 'since'],
    [replay, {after: 'x'}, 'INVALID_PARAMETERS', 'after'],
    [replay, {after: kUnknown}, 'INVALID_PARAMETERS', 'after'],
    [replay, {status: 'DELIVERED'}, 'INVALID_PARAMETERS', 'status'],
    [['GET', `${path}/deliveries?status=LOST`], undefined, 'INVALID_PARAMETERS', 'status'],
    [['GET', `${path}/deliveries?size=0`], undefined, 'INVALID_PARAMETERS', 'size'],
    [['GET', `${path}/deliveries?after=${kUnknown}`], undefined, 'INVALID_PARAMETERS', 'after'],
  ];
  for (const [[method, where], body, status, field] of rows) {
    const answer = await hooks.call(method, where, body);
    const what = `${method} ${where} ${JSON.stringify(body)}: ${answer.text}`;
    assert.equal(answer.status, 400, what);
    assert.equal(answer.body.status, status, what);
    assert.equal(answer.body.metadata.errors[0].field, field, what);
  }
  assert.deepEqual((await hooks.ok('GET', path)).types, null, 'nothing was changed');
});

test('an endpoint of another application is like one that does not exist', async () => {
  const {receiver, path} = await hooks.listen();
  await hooks.publish();
  const {event_id} = await receiver.event('payment_intent.created');
  const stranger = await hooks.stranger();
  const own = await stranger.ok('POST', '/webhooks/v1/endpoints', {url: kShop});
  const deleted = await hooks.ok('POST', '/webhooks/v1/endpoints', {url: kShop});
  await hooks.ok('DELETE', `/webhooks/v1/endpoints/${deleted.id}`);

  const probes: [method: string, rest: string, body?: unknown][] = [
    ['GET', ''], ['PATCH', '', {description: 'mine'}], ['DELETE', ''], ['POST', '/pause'], ['POST', '/resume'],
    ['POST', '/rotate-secret'], ['POST', '/test'], ['POST', '/replay', {since: '2026-01-01T00:00:00Z'}], ['GET', '/deliveries'],
    ['GET', `/deliveries/${event_id}`], ['GET', `/deliveries/${event_id}/attempts`], ['POST', `/deliveries/${event_id}/resend`],
  ];
  const plain = (text: string) => text.replace(/"(request_id|timestamp)":"[^"]*"/g, '');
  for (const [method, rest, body] of probes) {
    const random = await stranger.call(method, `/webhooks/v1/endpoints/${kUnknown}${rest}`, body);
    assert.equal(random.status, 404);
    assert.equal(random.body.status, 'UNKNOWN_WEBHOOK_ENDPOINT');
    for (const id of [path.split('/').at(-1), deleted.id, 'nonsense']) {
      const answer = await stranger.call(method, `/webhooks/v1/endpoints/${id}${rest}`, body);
      assert.equal(answer.status, 404, `${method} ${id}${rest}`);
      assert.equal(plain(answer.text), plain(random.text), `${method} ${id}${rest}`);
    }
  }
  const ownPath = `/webhooks/v1/endpoints/${own.id}`;
  for (const [method, rest] of [['GET', ''], ['GET', '/attempts'], ['POST', '/resend']] as const) {
    const random = await stranger.call(method, `${ownPath}/deliveries/${kUnknown}${rest}`);
    assert.equal(random.body.status, 'UNKNOWN_EVENT');
    for (const id of [event_id, 'nonsense']) {
      assert.equal(plain((await stranger.call(method, `${ownPath}/deliveries/${id}${rest}`)).text), plain(random.text));
    }
  }
  const untouched = await hooks.ok('GET', path);
  assert.equal(untouched.status, 'ACTIVE');
  assert.equal(untouched.description, null);
});

test('without a credential nothing is told', async () => {
  for (const where of ['/webhooks/v1/endpoints', '/events/v1', `/webhooks/v1/endpoints/${kUnknown}/deliveries`]) {
    const answer = await fetch(hooks.gateway.url + where);
    assert.equal(answer.status, 401, where);
  }
});
