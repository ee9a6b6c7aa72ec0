// Who asks for another application's things is answered as if they did not exist: every route, every id in its path, its query
// and its body, with a foreign id, a random one and one that is none. The routes are those of the binary, so a new one is probed by
// itself; a new name of an id stops the test until somebody says what it means.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, test} from 'node:test';

import {type Gateway, run, startGateway} from '../support/gateway.js';
import {type Answer, api} from '../support/http.js';
import {LinkSession, type Wanted} from '../support/payer.js';
import {Receiver} from '../support/receiver.js';

interface Route {
  method: string;
  path: string;
}
/** What an application has, by the name that ids have in paths, queries and bodies. */
type Furniture = Record<string, string>;

interface Client {
  app_token: string;
  client_id: string;
  client_secret: string;
}

async function tokenFor(url: string, {client_id, client_secret}: Client, scope: string): Promise<string> {
  const body = new URLSearchParams({grant_type: 'client_credentials', scope, client_id, client_secret}).toString();
  const answer = await api(url)('POST', '/oauth2/token', {body, headers: {'content-type': 'application/x-www-form-urlencoded'}});
  assert.equal(answer.status, 200, answer.text);
  return answer.body.access_token;
}

/** How many random ids stand beside each foreign one. */
const kRandom = 40;
const kMalformed = ['0', 'null', '%20', 'x'.repeat(200), '01a1fe52-cd08-7cac-95eb', '01a1fe52-cd08-7cac-95eb-807f1868221g', '..%2F..%2Fhealthz', '%27%20OR%201=1', '%7Bid%7D', '%D9%A0'];

let receiver: Receiver;
let gateway: Gateway;
let own: Furniture;
let foreign: Furniture;
let call: (method: string, path: string, body?: unknown) => Promise<Answer>;
let routes: Route[];

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  const other = await gateway.json<{app_token: string; webhook_secret?: string}>('app', 'create', '--name', 'Other', '--webhook-url', 'http://127.0.0.1:9/');
  own = await furnish(gateway.info.app_token);
  foreign = await furnish(other.app_token);
  const checked = api(gateway.url, gateway.info.app_token);
  call = (method, path, body) => checked(method, path, body === undefined ? {} : {body});
  const {out} = await run(['routes', '--json']);
  routes = (JSON.parse(out) as Route[]).filter(({path}) => !/^\/(link|sa|docs|oauth2|\.well-known)\b/.test(path));
});
after(async () => {
  await gateway?.dispose();
  await receiver?.close();
});

/** One of everything. */
async function furnish(token: string): Promise<Furniture> {
  const to = api(gateway.url, token);
  const made = async (path: string, body: unknown) => (await to('POST', path, {body})).body;
  const walk = async (wanted: Wanted) => {
    const step = await (await LinkSession.open(gateway.url, token, wanted)).walk({user: 'payer-otp'});
    assert.equal(step.result?.status, 'SUCCESS');
  };
  const {customer_id} = await made('/customers/v1', {app_user_id: 'payer'});
  const {id: payment_destination_id} = await made('/payments/v1/destinations', {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'});
  await walk({method: 'CONNECT', customer_id, bank_identifier: 'LEANMB1'});
  await gateway.json('clock', 'advance', '24h');
  const sources = `/customers/v1/${customer_id}/payment-sources`;
  while ((await to('GET', sources)).body[0].beneficiaries[0].status !== 'ACTIVE') await new Promise((resolve) => setTimeout(resolve, 20));
  const {payment_intent_id} = await made('/payments/v1/intents', {customer_id, amount: 100, currency: 'AED'});
  await walk({method: 'PAY', payment_intent_id});
  const {body: [source]} = await to('GET', sources);
  const {body: intent} = await to('GET', `/payments/v1/intents/${payment_intent_id}`);
  const {body: events} = await to('GET', '/events/v1?size=1');
  const {body: endpoints} = await to('GET', '/webhooks/v1/endpoints');
  return {
    customer_id, payment_destination_id, payment_intent_id, payment_source_id: source.id, payment_id: intent.payments[0].id,
    event_id: events.data[0].event_id, webhook_endpoint_id: endpoints.data[0].id, app_user_id: 'payer of another',
  };
}

/** What an answer says, but for when and under which id it was asked. */
function masked({status, headers, text}: Answer): unknown {
  const kept = [...headers].filter(([name]) => name !== 'lean-correlation-id' && name !== 'date');
  return {status, headers: kept, text: text.replace(/"(timestamp|request_id)":"[^"]+"/g, '"$1":"…"')};
}

/** A body that is right, where a route wants one. */
function bodyOf({method, path}: Route, ids: Furniture): unknown {
  if (method === 'GET' || method === 'DELETE') return undefined;
  if (path.endsWith('/intents')) return {customer_id: ids['customer_id'], payment_destination_id: ids['payment_destination_id'], amount: 100, currency: 'AED'};
  if (path.endsWith('/destinations')) return {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001', customer_id: ids['customer_id']};
  if (path.endsWith('/replay')) return {since: '2026-01-01T00:00:00Z', after: ids['event_id']};
  if (method === 'PUT' && path.startsWith('/customers')) return {government_identifiers: []};
  if (method === 'PATCH') return {description: 'mine now'};
  return undefined;
}

const slotsOf = ({path}: Route) => [...path.matchAll(/\{(\w+)\}/g)].map(([, name]) => name!).filter((name) => name !== 'file');
const filled = (path: string, ids: Furniture) => path.replace(/\{(\w+)\}/g, (_, name: string) => ids[name] ?? name);

test('every id in every path: another application’s is one that does not exist', {timeout: 60_000}, async () => {
  let probes = 0;
  const everything = await snapshot();
  for (const route of routes) {
    const slots = slotsOf(route);
    for (const slot of slots) {
      assert.ok(slot in own, `${route.method} ${route.path}: what is ${slot}? Put one of each application into furnish()`);
      // The other ids are right: only this one is not.
      const body = bodyOf(route, own);
      const ask = async (id: string) => masked(await call(route.method, filled(route.path, {...own, [slot]: id}), body));
      const nobody = await ask(randomUUID());
      assert.equal((nobody as {status: number}).status, 404, `${route.method} ${route.path}: ${slot}`);
      const others = [...Object.values(foreign), ...Array.from({length: kRandom}, () => randomUUID())].map(encodeURIComponent);
      await Promise.all([...others, ...kMalformed].map(async (id) => {
        assert.deepEqual(await ask(id), nobody, `${route.method} ${route.path}: ${slot} is ${id}`);
        ++probes;
      }));
      // All ids are theirs.
      const askAll = async (ids: Furniture) => masked(await call(route.method, filled(route.path, ids), body));
      assert.deepEqual(await askAll(foreign), await askAll(Object.fromEntries(slots.map((name) => [name, randomUUID()]))));
      ++probes;
    }
  }
  assert.deepEqual(await snapshot(), everything);
  assert.ok(probes >= 1500, `${probes} probes`);
});

test('every id in every body and query: another application’s is one that does not exist', {timeout: 60_000}, async () => {
  let probes = 0;
  const places: [route: Route, slot: string][] = [
    [{method: 'POST', path: '/payments/v1/intents'}, 'customer_id'],
    [{method: 'POST', path: '/payments/v1/intents'}, 'payment_destination_id'],
    [{method: 'POST', path: '/payments/v1/destinations'}, 'customer_id'],
    [{method: 'POST', path: '/webhooks/v1/endpoints/{webhook_endpoint_id}/replay'}, 'event_id'],
  ];
  for (const [route, slot] of places) {
    const ask = async (id: string) => masked(await call(route.method, filled(route.path, own), bodyOf(route, {...own, [slot]: id})));
    const [nobody, malformed] = [await ask(randomUUID()), await ask('0')];
    for (const id of [foreign[slot]!, ...Array.from({length: kRandom}, () => randomUUID())]) {
      assert.deepEqual(await ask(id), nobody, `${route.path}: ${slot} is ${id}`);
      ++probes;
    }
    for (const id of ['', 'null', '0'.repeat(36), `${foreign[slot]} `]) {
      assert.deepEqual(await ask(id), malformed, `${route.path}: ${slot} is ${id}`);
      ++probes;
    }
  }
  const lists = ['/payments/v1/intents?customer_id', '/payments/v1?customer_id', '/events/v1?object_id', '/customers/v1?after'];
  for (const list of lists.slice(0, 3)) {
    const nothing = masked(await call('GET', `${list}=${randomUUID()}`));
    for (const id of [...Object.values(foreign).slice(0, 7), ...Array.from({length: kRandom}, () => randomUUID())]) {
      assert.deepEqual(masked(await call('GET', `${list}=${id}`)), nothing, `${list}=${id}`);
      ++probes;
    }
  }
  // A list never shows what is another's, wherever its cursor begins.
  const theirs = new RegExp(Object.values(foreign).slice(0, 7).join('|'));
  for (const list of routes.filter(({method, path}) => method === 'GET' && slotsOf({method, path}).length === 0)) {
    for (const query of ['', '?size=100', '?after=', '?after=00000000-0000-0000-0000-000000000000']) {
      assert.doesNotMatch((await call('GET', list.path + query)).text, theirs, list.path + query);
      ++probes;
    }
  }
  assert.ok(probes >= 250, `${probes} probes`);
});

test('every route without a credential, or with one that is nobody’s, says nothing of what exists', {timeout: 60_000}, async () => {
  const open = new Set(['/healthz', '/readyz', '/openapi.json', '/banks/v1/logos/{file}']);
  let probes = 0;
  for (const route of routes) {
    if (open.has(route.path)) continue;
    for (const ids of [own, foreign, Object.fromEntries(Object.keys(own).map((name) => [name, randomUUID()]))]) {
      for (const token of [undefined, randomUUID(), 'x', own['customer_id']]) {
        const answer = await api(gateway.url, token)(route.method, filled(route.path, ids));
        assert.equal(answer.status, 401, `${route.method} ${route.path}`);
        ++probes;
      }
    }
  }
  assert.ok(probes >= 250, `${probes} probes`);
});

test('bearers of a foreign application, and of its customers, find nothing of ours', {timeout: 120_000}, async () => {
  const other = await gateway.json<Client>('app', 'create', '--name', 'Third');
  const {secret_key: key} = await gateway.json<{secret_key: string}>('app', 'key', 'create', '--name', 'k', '--app-token', other.client_id);
  const {customer_id} = (await api(gateway.url, other.app_token)('POST', '/customers/v1', {body: {app_user_id: 'third'}})).body;
  const bearers = [key, await tokenFor(gateway.url, other, 'api'), await tokenFor(gateway.url, other, `customer.${customer_id}`)];
  const everything = await snapshot();
  let probes = 0;
  for (const [index, bearer] of bearers.entries()) {
    const as = api(gateway.url);
    for (const route of routes) {
      for (const slot of slotsOf(route)) {
        const mine = {...own, customer_id: slot === 'customer_id' ? own['customer_id']! : customer_id};
        const ask = async (id: string) =>
          masked(await as(route.method, filled(route.path, {...mine, [slot]: id}), {body: bodyOf(route, {...mine, [slot]: id}), headers: {authorization: `Bearer ${bearer}`}}));
        const nobody = await ask(randomUUID());
        const {status} = nobody as {status: number};
        assert.ok(status === 404 || (index === 2 && status === 403), `${route.method} ${route.path}: ${status}`);
        for (const id of [...Object.values(own), ...Object.values(foreign)].map(encodeURIComponent)) {
          assert.deepEqual(await ask(id), nobody, `${route.method} ${route.path}: ${slot} is ${id}`);
          ++probes;
        }
      }
    }
  }
  assert.deepEqual(await snapshot(), everything);
  assert.ok(probes >= 1500, `${probes} probes`);
});

test('what was deleted is what never was', async () => {
  const to = api(gateway.url, gateway.info.app_token);
  const made = await to('POST', '/webhooks/v1/endpoints', {body: {url: 'http://127.0.0.1:9/gone'}});
  assert.equal(made.status, 201);
  const endpoint = made.body.id;
  assert.ok([200, 204].includes((await to('DELETE', `/webhooks/v1/endpoints/${endpoint}`)).status));
  for (const route of routes.filter(({path}) => path.includes('{webhook_endpoint_id}'))) {
    const ask = async (id: string) => masked(await to(route.method, filled(route.path, {...own, webhook_endpoint_id: id}), {body: bodyOf(route, own)}));
    assert.deepEqual(await ask(endpoint), await ask(randomUUID()), `${route.method} ${route.path}`);
  }
});

test('sandbox and live do not know each other', {timeout: 120_000}, async () => {
  const one = await startGateway();
  try {
    const make = async (mode: string) => {
      const client = await one.json<Client>('app', 'create', '--name', mode, '--mode', mode);
      const bearer = await tokenFor(one.url, client, 'api');
      const call = (method: string, path: string, body?: unknown) => api(one.url)(method, path, {body, headers: {authorization: `Bearer ${bearer}`}});
      const post = async (path: string, body: unknown) => (await call('POST', path, body)).body;
      const {customer_id} = await post('/customers/v1', {app_user_id: mode});
      const {id: payment_destination_id} = await post('/payments/v1/destinations', {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'});
      const {payment_intent_id} = await post('/payments/v1/intents', {customer_id, amount: 100, currency: 'AED'});
      const {id: webhook_endpoint_id} = await post('/webhooks/v1/endpoints', {url: 'https://8.8.8.8/hooks'});
      assert.ok(webhook_endpoint_id);
      const nothing = Object.fromEntries(Object.keys(own).map((name) => [name, randomUUID()]));
      return {call, furniture: {...nothing, customer_id, payment_destination_id, payment_intent_id, webhook_endpoint_id, app_user_id: mode}};
    };
    const [sandbox, live] = [await make('sandbox'), await make('live')];
    let probes = 0;
    for (const [asker, owner] of [[sandbox, live], [live, sandbox]] as const) {
      for (const route of routes) {
        for (const slot of slotsOf(route)) {
          const ask = async (id: string) =>
            masked(await asker.call(route.method, filled(route.path, {...asker.furniture, [slot]: id}), bodyOf(route, {...asker.furniture, [slot]: id})));
          const nobody = await ask(randomUUID());
          for (const id of Object.values(owner.furniture)) {
            assert.deepEqual(await ask(encodeURIComponent(id)), nobody, `${route.method} ${route.path}: ${slot} is ${id}`);
            ++probes;
          }
        }
      }
    }
    assert.ok(probes >= 500, `${probes} probes`);
  } finally {
    await one.dispose();
  }
});

/** Everything of both that an API shows. */
async function snapshot(): Promise<unknown> {
  const paths = ['/customers/v1', '/payments/v1/destinations', '/payments/v1/intents', '/payments/v1', '/webhooks/v1/endpoints'];
  return Promise.all(paths.map(async (path) => (await call('GET', path)).text));
}
