// The header Idempotency-Key: a request that is sent again, at the same time or weeks later, has one effect and
// one answer, whatever happens to the gateway meanwhile.
import assert from 'node:assert/strict';
import {Agent, request as httpRequest} from 'node:http';
import {after, before, test} from 'node:test';
import {setTimeout as sleep} from 'node:timers/promises';

import {Gateway, run, startGateway} from '../support/gateway.js';
import {type Answer, api, raw} from '../support/http.js';
import {assertRefused, invalid, missing, refused, writesNothing} from '../support/refusals.js';

const kReused = refused(422, 'IDEMPOTENCY_KEY_REUSED', 'Idempotency-Key');

let gateway: Gateway;
let call: ReturnType<typeof api>;
let customer_id: string;

before(async () => {
  gateway = await startGateway();
  call = api(gateway.url, gateway.info.app_token);
  customer_id = (await call('POST', '/customers/v1', {body: {app_user_id: 'payer'}})).body.customer_id;
  await call('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}});
});
after(async () => gateway.dispose());

const post = (key: string, path: string, body: unknown, as = call): Promise<Answer> => as('POST', path, {body, headers: {'idempotency-key': key}});
const intent = (amount = 100) => ({customer_id, amount, currency: 'AED'});
const isReplay = ({headers}: Answer) => headers.get('idempotency-replayed') === 'true';

test('a repetition gets the first answer to the byte and leaves nothing behind', async () => {
  const requests: [path: string, body: unknown][] = [
    ['/customers/v1', {app_user_id: 'once'}],
    ['/payments/v1/customer', {app_user_id: 'once more'}],
    ['/payments/v1/destinations', {name: 'Acme Savings', display_name: 'Savings', iban: 'AE760260001015000000601'}],
    ['/payments/v1/intents', intent()],
  ];
  for (const [index, [path, body]] of requests.entries()) {
    const first = await post(`repeat-${index}`, path, body);
    assert.equal(first.status, 200, first.text);
    assert.ok(!isReplay(first));
    await writesNothing(gateway, async () => {
      const again = await post(`repeat-${index}`, `${path}/`, body);
      assert.deepEqual([again.status, again.text], [first.status, first.text]);
      assert.ok(isReplay(again));
      assert.notEqual(again.headers.get('lean-correlation-id'), first.headers.get('lean-correlation-id'));
    });
  }
});

test('a secret is shown again, and lies in the database in no readable form', async () => {
  const wanted = {url: 'http://127.0.0.1:9/hook'};
  const first = await post('endpoint', '/webhooks/v1/endpoints', wanted);
  assert.equal(first.status, 201, first.text);
  const again = await post('endpoint', '/webhooks/v1/endpoints', wanted);
  assert.equal(again.text, first.text);
  const urls = (await call('GET', '/webhooks/v1/endpoints')).body.data.map(({url}: {url: string}) => url);
  assert.equal(urls.filter((url: string) => url === wanted.url).length, 1);
  const rotate = `/webhooks/v1/endpoints/${first.body.id}/rotate-secret`;
  const rotated = await call('POST', rotate, {headers: {'idempotency-key': 'rotation'}});
  assert.equal((await call('POST', rotate, {headers: {'idempotency-key': 'rotation'}})).text, rotated.text);
  assert.notEqual(rotated.body.secret, first.body.secret);
  const bytes = await gateway.databaseContents();
  assert.ok(bytes.includes(wanted.url));
  for (const secret of [first.body.secret, rotated.body.secret]) assert.ok(!bytes.includes(secret));
});

test('another request with the key of one that was answered is refused', async () => {
  const first = await post('mine', '/payments/v1/intents', intent(100));
  assertRefused(await post('mine', '/payments/v1/intents', intent(101)), kReused, 'another amount');
  assertRefused(await post('mine', '/payments/v1/intents', {currency: 'AED', amount: 100, customer_id}), kReused, 'another order of members');
  assertRefused(await post('mine', '/payments/v1/intents', '{'), kReused, 'no JSON');
  assertRefused(await post('mine', '/customers/v1', intent(100)), kReused, 'another path');
  assert.equal((await post('mine', '/payments/v1/intents', intent(100))).text, first.text);
});

test('a key belongs to its application', async () => {
  const other = await gateway.json<{app_token: string}>('app', 'create', '--name', 'Other');
  const body = {app_user_id: 'of two applications'};
  const mine = await post('shared', '/customers/v1', body);
  const theirs = await post('shared', '/customers/v1', body, api(gateway.url, other.app_token));
  assert.equal(theirs.status, 200, theirs.text);
  assert.notEqual(theirs.body.customer_id, mine.body.customer_id);
});

test('a refused request may be put right and sent with its key', async () => {
  assertRefused(await post('refused', '/customers/v1', {}), missing('app_user_id'), 'nothing');
  assertRefused(await post('refused', '/customers/v1', {app_user_id: 'payer'}), refused(409, 'CUSTOMER_ALREADY_EXISTS', 'app_user_id'), 'taken');
  assert.equal((await post('refused', '/customers/v1', {app_user_id: 'free'})).status, 200);
});

test('a key that is none is refused, before the body is looked at', async () => {
  for (const key of ['', ' ', 'two words', 'x'.repeat(256), 'caf\u00e9']) {
    assertRefused(await post(key, '/customers/v1', '{'), invalid('Idempotency-Key'), JSON.stringify(key));
  }
  const head = `POST /customers/v1 HTTP/1.1\r\nHost: x\r\nlean-app-token: ${gateway.info.app_token}\r\nContent-Type: application/json\r\n`;
  const twice = await raw(gateway.info.url, `${head}Idempotency-Key: a\r\nidempotency-key: a\r\nContent-Length: 2\r\n\r\n{}`);
  assert.match(twice.text, /^HTTP\/1\.1 400 .*"field":"Idempotency-Key"/s);
  assert.equal((await post('x'.repeat(255), '/customers/v1', {app_user_id: 'long key'})).status, 200);
});

test('an operator may have answers kept longer, and no shorter than callers are promised', async () => {
  const bank = await startGateway({verb: 'sandbox-bank'});
  const serving = new Gateway({verb: 'serve', flags: ['--sandbox-bank-url', bank.bankUrl, '--retain-idempotency', '60d']});
  try {
    await serving.start();
    const {app_token} = await serving.json<{app_token: string}>('app', 'create', '--name', 'Shop', '--mode', 'sandbox');
    const create = async () => post('long', '/customers/v1', {app_user_id: 'payer'}, api(serving.url, app_token));
    const first = await create();
    await serving.json('clock', 'advance', '1439h');
    const again = await create();
    assert.deepEqual([again.text, isReplay(again)], [first.text, true]);
    await serving.json('clock', 'advance', '2h');
    assert.ok(!isReplay(await create()), 'after 60 days the key is free');
  } finally {
    await serving.dispose();
    await bank.dispose();
  }
  for (const shorter of ['29d', '719h', '0d', '3651d', 'long']) {
    const {code, err} = await run(['serve', '--retain-idempotency', shorter]);
    assert.equal(code, 2, err);
    assert.match(err, /--retain-idempotency: '\w+' is no length of time from 30d to 3650d/);
  }
});

test('an answer is kept for 30 days', async () => {
  const first = await post('old', '/payments/v1/intents', intent());
  await gateway.json('clock', 'advance', '719h');
  assert.equal((await post('old', '/payments/v1/intents', intent())).text, first.text);
  await gateway.json('clock', 'advance', '2h');
  const later = await post('old', '/payments/v1/intents', intent());
  assert.ok(!isReplay(later));
  assert.notEqual(later.body.payment_intent_id, first.body.payment_intent_id);
});

// --- A storm ----------------------------------------------------------------------------------------------------------

const kKeys = process.env['CI'] === 'true' ? 1000 : 100;
const kTwins = 20;
const kKeysAtOnce = 8;
const kKills = 3;

test(`${kKeys} keys with ${kTwins} twins each, on a gateway that is killed: one effect and one answer for each`, async () => {
  const address = new URL(gateway.info.url).host;
  const created = async () => (await call('GET', '/events/v1?type=payment_intent.created&size=1')).body.page.total_elements as number;
  const before = await created();
  const token = gateway.info.app_token;
  const agent = new Agent({keepAlive: true, maxSockets: kTwins * kKeysAtOnce});
  const seen = {conflicts: 0, lost: 0};

  // The gateway dies each time when another part of the answers is there.
  let answered = 0;
  let restart = Promise.resolve();
  let killed = 0;
  const count = () => {
    if (++answered < ((killed + 1) * kKeys * kTwins) / (kKills + 1) || killed === kKills) return;
    ++killed;
    restart = restart.then(async () => {
      await gateway.kill();
      await gateway.start(address);
    });
  };

  const answer = async (key: string): Promise<string> => {
    for (;;) {
      const got = await exchange(agent, address, token, key, JSON.stringify(intent())).catch(() => undefined);
      if (got?.status === 200) {
        count();
        return got.text;
      }
      assert.ok(got === undefined || got.status === 409 || got.status === 503, got?.text);
      if (got?.status === 409) {
        assert.equal(got.retryAfter, '1');
        ++seen.conflicts;
      } else {
        ++seen.lost;
      }
      await sleep(got ? 5 : 30);  // (A client waits as long as Retry-After says.)
    }
  };
  const left = Array.from({length: kKeys}, (_, index) => `storm-${index}`);
  const answers = new Map<string, Set<string>>();
  const worker = async () => {
    for (let key = left.pop(); key !== undefined; key = left.pop()) {
      answers.set(key, new Set(await Promise.all(Array.from({length: kTwins}, () => answer(key!)))));
    }
  };
  await Promise.all(Array.from({length: kKeysAtOnce}, worker));
  await restart;
  agent.destroy();

  for (const [key, texts] of answers) assert.equal(texts.size, 1, `${key}: ${[...texts].join('\n')}`);
  const ids = new Set([...answers.values()].map(([text]) => JSON.parse(text!).payment_intent_id as string));
  assert.equal(ids.size, kKeys);
  assert.ok(seen.conflicts > 0 && seen.lost > 0, JSON.stringify(seen));
  call = api(gateway.url, gateway.info.app_token);
  assert.equal((await created()) - before, kKeys);
});

/** A POST as fast as it goes. */
async function exchange(agent: Agent, address: string, token: string, key: string, body: string): Promise<{status: number; retryAfter: string | undefined; text: string}> {
  return new Promise((resolve, reject) => {
    const [hostname, port] = address.split(':');
    const headers = {
      'content-type': 'application/json', 'content-length': Buffer.byteLength(body),
      'lean-app-token': token, 'idempotency-key': key,
    };
    const request = httpRequest({agent, hostname, port, method: 'POST', path: '/payments/v1/intents', headers}, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).on('error', reject);
      response.on('close', () => (response.complete ? resolve({status: response.statusCode ?? 0, retryAfter: response.headers['retry-after'], text}) : reject(new Error('cut off'))));
    });
    request.on('error', reject).end(body);
  });
}
