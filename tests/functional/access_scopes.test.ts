// Each route × each credential, against what api/openapi.yaml says that the route wants; and what a customer's token sees.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, test} from 'node:test';

import {type Gateway, run, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {document} from '../support/openapi.js';

interface Route {
  method: string;
  path: string;
}

let gateway: Gateway;
let app: {client_id: string; client_secret: string};
let routes: Route[];

before(async () => {
  gateway = await startGateway();
  app = await gateway.json('app', 'create', '--name', 'Shop');
  const {out} = await run(['routes', '--json']);
  routes = JSON.parse(out) as Route[];
});
after(() => gateway?.dispose());

const kOfApi = [
  'customer.read', 'customer.write', 'destination.read', 'destination.write', 'bank.read', 'webhook.read', 'webhook.write', 'payment.read', 'intent.write',
  'payout.read', 'payout.write', 'deposit.read', 'data.read', 'reconciliation.read', 'refunds.read', 'refunds.write', 'file.read',
];
const kOfCustomer = ['customer.read', 'destination.read', 'bank.read', 'payment.read'];

/** The scope that the description wants; nothing where nobody is asked. */
function wanted({method, path}: Route): string | undefined {
  const security = document.paths[path][method.toLowerCase()].security as Record<string, string[]>[];
  const scopes = new Set(security.flatMap((way) => [...(way['oauth2'] ?? []), ...(way['secret_key'] ?? [])]));
  if (security.length === 0 || security.some((way) => 'link_session_token' in way)) return undefined;
  assert.equal(scopes.size, 1, `${method} ${path} wants one scope, of a token as of a key`);
  return [...scopes][0];
}

async function makeKey(...flags: string[]): Promise<string> {
  const {secret_key: key} = await gateway.json<{secret_key: string}>('app', 'key', 'create', '--name', 'k', '--app-token', app.client_id, ...flags);
  return key;
}

async function tokenFor(scope: string): Promise<string> {
  const body = new URLSearchParams({grant_type: 'client_credentials', scope, ...app}).toString();
  const answer = await api(gateway.url)('POST', '/oauth2/token', {body, headers: {'content-type': 'application/x-www-form-urlencoded'}});
  assert.equal(answer.status, 200, answer.text);
  return answer.body.access_token;
}

const as = (credential: string) => {
  const call = api(gateway.url);
  return (method: string, path: string, body?: unknown) => call(method, path, {body, headers: {authorization: `Bearer ${credential}`}});
};
const filled = (path: string) => path.replace(/\{\w+\}/g, () => randomUUID());

test('each route opens to its scope and to no other', {timeout: 120_000}, async () => {
  const customer = (await as(await tokenFor('api'))('POST', '/customers/v1', {app_user_id: 'scopes'})).body.customer_id;
  const credentials: {name: string; text: string; scopes: string[]}[] = [
    {name: 'api', text: await tokenFor('api'), scopes: kOfApi},
    {name: 'customer', text: await tokenFor(`customer.${customer}`), scopes: kOfCustomer},
    {name: 'read', text: await makeKey('--scope', 'read'), scopes: kOfApi.filter((scope) => scope.endsWith('.read'))},
    {name: 'write', text: await makeKey('--scope', 'write'), scopes: kOfApi.filter((scope) => scope.endsWith('.write'))},
    {name: 'everything', text: await makeKey(), scopes: kOfApi},
  ];
  for (const scope of kOfApi) credentials.push({name: scope, text: await makeKey('--scope', scope), scopes: [scope]});
  let probes = 0;
  const seen = new Set<string>();
  for (const route of routes) {
    const scope = wanted(route);
    if (scope === undefined) continue;
    seen.add(scope);
    await Promise.all(credentials.map(async ({name, text, scopes}) => {
      const {status, body} = await as(text)(route.method, filled(route.path));
      const what = `${route.method} ${route.path} with ${name}`;
      if (scopes.includes(scope)) {
        assert.ok(status !== 401 && status !== 403 && status !== 429, `${what}: ${status}`);
      } else {
        assert.equal(status, 403, what);
        assert.equal(body.status, 'INSUFFICIENT_ACCESS_LEVEL', what);
        assert.ok(body.message.endsWith(scope), body.message);
      }
      ++probes;
    }));
  }
  assert.ok(probes >= 800, `${probes} probes`);
  assert.deepEqual([...seen].sort(), ['bank.read', 'customer.read', 'customer.write', 'destination.read', 'destination.write', 'intent.write', 'payment.read', 'webhook.read', 'webhook.write']);
});

test('a customer’s token shows this customer, and other customers as unknown', async () => {
  const all = as(await tokenFor('api'));
  const made = async (path: string, body: unknown) => (await all('POST', path, body)).body;
  const [own, other] = [await made('/customers/v1', {app_user_id: 'own'}), await made('/customers/v1', {app_user_id: 'other'})];
  const destination = {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'};
  const shops = await made('/payments/v1/destinations', destination);
  const [ownAccount, othersAccount] = [
    await made('/payments/v1/destinations', {...destination, customer_id: own.customer_id}),
    await made('/payments/v1/destinations', {...destination, customer_id: other.customer_id}),
  ];
  const intentOf = (customer_id: string) => made('/payments/v1/intents', {customer_id, amount: 100, currency: 'AED'});
  const [ownIntent, othersIntent] = [await intentOf(own.customer_id), await intentOf(other.customer_id)];

  const own_ = as(await tokenFor(`customer.${own.customer_id}`));
  const look = async (path: string) => {
    const {status, text} = await own_('GET', path);
    return {status, text: text.replace(/"(timestamp|request_id)":"[^"]+"/g, '')};
  };
  const visible = [
    `/customers/v1/${own.customer_id}`, '/customers/v1/app-user-id/own', `/customers/v1/${own.customer_id}/payment-sources`,
    `/payments/v1/destinations/${shops.id}`, `/payments/v1/destinations/${ownAccount.id}`, `/payments/v1/intents/${ownIntent.payment_intent_id}`, '/banks/v1',
  ];
  for (const path of visible) assert.equal((await look(path)).status, 200, path);
  const hidden: [path: (id: string) => string, id: string][] = [
    [(id) => `/customers/v1/${id}`, other.customer_id],
    [(id) => `/customers/v1/app-user-id/${id}`, 'other'],
    [(id) => `/customers/v1/${id}/payment-sources`, other.customer_id],
    [(id) => `/customers/v1/${id}/payment_sources`, other.customer_id],
    [(id) => `/customers/v1/${id}/destinations`, other.customer_id],
    [(id) => `/payments/v1/destinations/${id}`, othersAccount.id],
    [(id) => `/payments/v1/intents/${id}`, othersIntent.payment_intent_id],
    [(id) => `/payments/v1/${id}`, othersIntent.payment_intent_id],
  ];
  for (const [path, id] of hidden) {
    const unknown = await look(path(randomUUID()));
    assert.equal(unknown.status, 404);
    assert.deepEqual(await look(path(id)), unknown, path(id));
  }
  const ids = async (path: string, name: string) => ((await own_('GET', path)).body.data as any[]).map((one) => one[name]);
  for (const query of ['', '?size=1', '?after=', '?page_number=0&page_size=5']) {
    assert.deepEqual(await ids(`/customers/v1${query}`, 'customer_id'), [own.customer_id], query);
    assert.deepEqual(await ids(`/payments/v1/intents${query}`, 'payment_intent_id'), [ownIntent.payment_intent_id], query);
  }
  assert.deepEqual(await ids('/customers/v1?page=1', 'customer_id'), []);
  assert.deepEqual(await ids(`/customers/v1?after=${own.customer_id}`, 'customer_id'), []);
  assert.equal((await own_('GET', '/customers/v1')).body.page.total_elements, 1);
  for (const list of ['/payments/v1/intents', '/payments/v1']) {
    assert.deepEqual(await ids(`${list}?customer_id=${other.customer_id}`, 'customer_id'), [], list);
  }
  const destinations = ((await own_('GET', '/payments/v1/destinations')).body as any[]).map((one) => one.id);
  assert.deepEqual(destinations, [shops.id, ownAccount.id]);
});

test('a secret key opens until it ends or is revoked, from the next request on', async () => {
  const {id, secret_key: key} = await gateway.json<{id: string; secret_key: string}>('app', 'key', 'create', '--name', 'till', '--expires', '90d', '--app-token', app.client_id);
  assert.match(key, /^qk_test_[0-9a-f]{48}$/);
  const look = async () => (await as(key)('GET', '/banks/v1')).status;
  assert.equal(await look(), 200);
  const {out} = await gateway.cli('app', 'key', 'list', '--app-token', app.client_id);
  assert.ok(out.includes(id) && out.includes(key.slice(0, 14)) && !out.includes(key.slice(0, 20)), out);
  assert.match(out, /used +\d{4}-\d\d-\d\dT\d\d:00/);
  const elsewhere = await gateway.cli('app', 'key', 'revoke', id, '--app-token', gateway.info.app_token);
  assert.equal(elsewhere.code, 1, 'another application’s');
  assert.equal(await look(), 200);
  assert.equal((await gateway.cli('app', 'key', 'revoke', id, '--app-token', app.client_id)).code, 0);
  assert.equal(await look(), 401);
  for (const flags of [['--scope', 'nonsense'], ['--scope', 'connect.write'], ['--expires', '1s'], ['--name', '']]) {
    const {code} = await gateway.cli('app', 'key', 'create', '--name', 'k', '--app-token', app.client_id, ...flags);
    assert.notEqual(code, 0, flags.join(' '));
  }
});
