// OAuth 2.0 as a merchant's backend uses it: tokens that a library of others verifies, secrets and keys that follow one another.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {after, before, test} from 'node:test';

import {createRemoteJWKSet, decodeProtectedHeader, jwtVerify} from 'jose';

import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api} from '../support/http.js';

let gateway: Gateway;
let client: {client_id: string; client_secret: string};
let customer: string;
let foreignCustomer: string;

before(async () => {
  gateway = await startGateway();
  client = await gateway.json('app', 'create', '--name', 'Shop');
  const other = await gateway.json<{app_token: string}>('app', 'create', '--name', 'Other');
  const made = async (token: string) => (await api(gateway.url, token)('POST', '/customers/v1', {body: {app_user_id: 'payer'}})).body.customer_id;
  customer = await made(client.client_id);
  foreignCustomer = await made(other.app_token);
});
after(() => gateway?.dispose());

const kForm = {'content-type': 'application/x-www-form-urlencoded'};

async function askToken(form: Record<string, string> | string, headers: Record<string, string> = {}): Promise<Answer> {
  const body = typeof form === 'string' ? form : new URLSearchParams(form).toString();
  return api(gateway.url)('POST', '/oauth2/token', {body, headers: {...kForm, ...headers}});
}
const usual = (scope = 'api') => ({grant_type: 'client_credentials', scope, ...client});
async function tokenFor(scope = 'api', secret = client.client_secret): Promise<string> {
  const {status, body, text} = await askToken({...usual(scope), client_secret: secret});
  assert.equal(status, 200, text);
  return body.access_token;
}
const basic = (id: string, secret: string) => ({authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString('base64')}`});
const bearing = (token: string, path = '/customers/v1') => api(gateway.url)('GET', path, {headers: {authorization: `Bearer ${token}`}});
async function read<T = any>(path: string): Promise<T> {
  return (await api(gateway.url)('GET', path)).body;
}

test('a token is verified by another’s library, through the discovery document and the key set', async () => {
  const metadata = await read('/.well-known/openid-configuration');
  assert.deepEqual(await read('/.well-known/oauth-authorization-server'), metadata);
  assert.equal(metadata.issuer, gateway.info.url);
  assert.equal(metadata.token_endpoint, `${gateway.info.url}/oauth2/token`);
  const keys = createRemoteJWKSet(new URL(metadata.jwks_uri));

  const {status, body, headers} = await askToken(usual());
  assert.equal(status, 200);
  assert.deepEqual({...body, access_token: ''}, {access_token: '', scope: 'api', token_type: 'Bearer', expires_in: 3599});
  assert.equal(headers.get('cache-control'), 'no-store');
  const {payload, protectedHeader} = await jwtVerify(body.access_token, keys, {issuer: metadata.issuer, audience: gateway.info.url, algorithms: ['RS256']});
  assert.deepEqual(Object.keys(protectedHeader).sort(), ['alg', 'kid', 'typ']);
  assert.equal(payload.sub, client.client_id);
  assert.equal(payload.exp, payload.iat! + 3600);
  assert.equal(payload.nbf, payload.iat);
  assert.ok(Math.abs(payload.iat! * 1000 - Date.now()) < 60_000);
  assert.deepEqual(payload['applications'], [{id: client.client_id}]);
  assert.ok(!('customers' in payload));
  for (const scope of ['customer.read', 'customer.write', 'destination.read', 'payment.read', 'intent.write', 'webhook.read']) {
    assert.ok((payload['scope'] as string[]).includes(scope), scope);
  }

  const ofCustomer = await jwtVerify(await tokenFor(`customer.${customer}`), keys, {issuer: metadata.issuer});
  assert.deepEqual(ofCustomer.payload['customers'], [{id: customer}]);
  assert.deepEqual(ofCustomer.payload['scope'], [
    'customer.read', 'destination.read', 'bank.read', 'payment.read', 'payment.write', 'beneficiary.write', 'connect.read', 'connect.write', 'application.read', 'key.read',
  ]);
  assert.notEqual(ofCustomer.payload.jti, payload.jti);
  await assert.rejects(jwtVerify(body.access_token, keys, {audience: 'https://other.example'}));
});

test('a token opens the API, beside no other credential', async () => {
  const token = await tokenFor();
  const {status, body} = await bearing(token);
  assert.equal(status, 200);
  assert.deepEqual(body.data.map((one: any) => one.customer_id), [customer]);
  const both = await api(gateway.url, client.client_id)('GET', '/customers/v1', {headers: {authorization: `Bearer ${token}`}});
  assert.equal(both.status, 400);
  assert.equal(both.body.status, 'INVALID_PARAMETERS');
});

test('the ways to authenticate at the token endpoint, and its refusals', async () => {
  const {client_id: id, client_secret: secret} = client;
  const without = (name: string) => Object.fromEntries(Object.entries(usual()).filter(([one]) => one !== name));
  const text = new URLSearchParams(usual()).toString();
  const rows: [what: string, form: Record<string, string> | string, headers: Record<string, string>, status: number, error?: string][] = [
    ['by form', usual(), {}, 200],
    ['by header', {grant_type: 'client_credentials', scope: 'api'}, basic(id, secret), 200],
    ['by header, with the same client_id in the form', without('client_secret'), basic(id, secret), 200],
    ['with a charset', text, {'content-type': 'application/x-www-form-urlencoded; charset=UTF-8'}, 200],
    ['with what nobody knows', {...usual(), audience: 'https://x.example'}, {}, 200],
    ['by both', usual(), basic(id, secret), 400, 'invalid_request'],
    ['by two ids', {grant_type: 'client_credentials', scope: 'api', client_id: randomUUID()}, basic(id, secret), 400, 'invalid_request'],
    ['a name twice', `${text}&scope=api`, {}, 400, 'invalid_request'],
    ['more names than anybody needs', {...usual(), ...Object.fromEntries(Array.from({length: 29}, (_, i) => [`x${i}`, 'y']))}, {}, 400, 'invalid_request'],
    ['a broken escape', `${text}&x=%zz`, {}, 400, 'invalid_request'],
    ['JSON', JSON.stringify(usual()), {'content-type': 'application/json'}, 400, 'invalid_request'],
    ['no secret', without('client_secret'), {}, 401, 'invalid_client'],
    ['no id', without('client_id'), {}, 401, 'invalid_client'],
    ['a wrong secret', {...usual(), client_secret: `${secret.slice(0, -1)}x`}, {}, 401, 'invalid_client'],
    ['an unknown id', {...usual(), client_id: randomUUID()}, {}, 401, 'invalid_client'],
    ['another’s secret', {...usual(), client_id: gateway.info.client_id}, {}, 401, 'invalid_client'],
    ['a wrong header', {grant_type: 'client_credentials', scope: 'api'}, basic(id, 'x'), 401, 'invalid_client'],
    ['another scheme', {grant_type: 'client_credentials', scope: 'api'}, {authorization: `Bearer ${secret}`}, 401, 'invalid_client'],
    ['no grant', without('grant_type'), {}, 400, 'invalid_request'],
    ['another grant', {...usual(), grant_type: 'password'}, {}, 400, 'unsupported_grant_type'],
    ['no scope', without('scope'), {}, 400, 'invalid_scope'],
    ['a single scope', usual('payment.read'), {}, 400, 'invalid_scope'],
    ['two scopes', usual(`api customer.${customer}`), {}, 400, 'invalid_scope'],
    ['a customer of nobody', usual(`customer.${randomUUID()}`), {}, 400, 'invalid_scope'],
    ['a customer of another', usual(`customer.${foreignCustomer}`), {}, 400, 'invalid_scope'],
    ['a customer', usual(`customer.${customer}`), {}, 200],
  ];
  for (const [what, form, headers, status, error] of rows) {
    const answer = await askToken(form, headers);
    assert.equal(answer.status, status, `${what}: ${answer.text}`);
    assert.equal(answer.body.error, error, what);
    if (status === 401) assert.match(answer.headers.get('www-authenticate') ?? '', /^Basic /);
  }
  const [nobodys, anothers] = await Promise.all([randomUUID(), foreignCustomer].map(async (one) => (await askToken(usual(`customer.${one}`))).text));
  assert.equal(anothers, nobodys);
});

test('a token that was changed opens nothing, in the words of one that never was', async () => {
  const token = await tokenFor();
  const [header, payload, signature] = token.split('.') as [string, string, string];
  const encoded = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = JSON.parse(Buffer.from(payload, 'base64url').toString());
  const {kid} = decodeProtectedHeader(token);
  const forged = [
    `${header}.${encoded({...claims, exp: claims.exp + 1})}.${signature}`,
    `${header}.${encoded({...claims, sub: gateway.info.client_id, applications: [{id: gateway.info.client_id}]})}.${signature}`,
    `${encoded({alg: 'none'})}.${payload}.`,
    `${encoded({alg: 'HS256', kid})}.${payload}.${signature}`,
    `${header}.${payload}.${signature.slice(0, -2)}`,
    `${header}.${payload}`, `${token}.`, `${token}=`, 'x', `qk_test_${'0'.repeat(48)}`, client.client_secret, client.client_id,
  ];
  const words = new Set<string>();
  for (const one of forged) {
    const {status, body} = await bearing(one);
    assert.equal(status, 401, one);
    words.add(`${body.status} ${body.message}`);
  }
  assert.equal(words.size, 1, [...words].join('\n'));
  assert.equal((await bearing(token)).status, 200);
});

test('client secrets overlap while one follows another, and tokens outlive them', async () => {
  const token = await tokenFor();
  const older = client.client_secret;
  const rotated = await gateway.json<{client_secret: string}>('app', 'secret', 'rotate', '--overlap', '1h', '--app-token', client.client_id);
  await tokenFor('api', older);
  await tokenFor('api', rotated.client_secret);
  const again = await gateway.json<{client_secret: string}>('app', 'secret', 'rotate', '--overlap', '0s', '--app-token', client.client_id);
  for (const dead of [older, rotated.client_secret]) assert.equal((await askToken({...usual(), client_secret: dead})).status, 401);
  client.client_secret = again.client_secret;
  await tokenFor();
  assert.equal((await bearing(token)).status, 200);
});

test('signing keys overlap: an older token stays good, and the key set shows both', async () => {
  const older = await tokenFor();
  await gateway.cli('signing-key', 'rotate');
  const newer = await tokenFor();
  assert.notEqual(decodeProtectedHeader(older).kid, decodeProtectedHeader(newer).kid);
  const {keys} = await read('/oauth2/jwks');
  assert.deepEqual(keys.map((key: any) => key.kid), [newer, older].map((token) => decodeProtectedHeader(token).kid));
  const set = createRemoteJWKSet(new URL(`${gateway.url}/oauth2/jwks`));
  for (const token of [older, newer]) {
    await jwtVerify(token, set);
    assert.equal((await bearing(token)).status, 200);
  }
  const {out} = await gateway.cli('signing-key', 'list');
  assert.match(out, /signs since[^]*retired/);
});

test('tokens, secrets and keys stay good over a restart at the same address', async () => {
  const own = await startGateway({flags: ['--public-url', 'https://pay.example']});
  try {
    const made = await own.json<{client_id: string; client_secret: string}>('app', 'create', '--name', 'Shop');
    const form = new URLSearchParams({grant_type: 'client_credentials', scope: 'api', client_id: made.client_id, client_secret: made.client_secret}).toString();
    const {body} = await api(own.url)('POST', '/oauth2/token', {body: form, headers: kForm});
    const {secret_key: key} = await own.json<{secret_key: string}>('app', 'key', 'create', '--name', 'k', '--app-token', made.client_id);
    await own.stop();
    await own.start();
    for (const credential of [body.access_token, key]) {
      assert.equal((await api(own.url)('GET', '/customers/v1', {headers: {authorization: `Bearer ${credential}`}})).status, 200);
    }
    assert.equal((await api(own.url)('GET', '/.well-known/oauth-authorization-server')).body.issuer, 'https://pay.example');
  } finally {
    await own.dispose();
  }
});

test('a flood of bad credentials is throttled, keeps no good one out, and leaves no secret in the log', {timeout: 120_000}, async () => {
  const own = await startGateway();
  try {
    const made = await own.json<{client_id: string; client_secret: string}>('app', 'create', '--name', 'Shop');
    const {secret_key: key} = await own.json<{secret_key: string}>('app', 'key', 'create', '--name', 'k', '--app-token', made.client_id);
    const call = api(own.url);
    const guesses = Array.from({length: 1500}, () => `guess-${randomUUID()}`);
    const statuses = new Map<number, number>();
    let retryAfter: string | null = null;
    for (let i = 0; i < guesses.length; i += 50) {
      await Promise.all(guesses.slice(i, i + 50).map(async (guess) => {
        const {status, headers, body} = await call('GET', '/customers/v1', {headers: {authorization: `Bearer ${guess}`}});
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
        if (status === 429) {
          retryAfter ??= headers.get('retry-after');
          assert.equal(body.status, 'RATE_LIMIT_EXCEEDED');
        }
      }));
    }
    assert.deepEqual([...statuses.keys()].sort(), [401, 429]);
    assert.ok(statuses.get(401)! >= 1000, `${statuses.get(401)} were answered by name`);
    assert.match(String(retryAfter), /^[1-9]\d*$/);

    // From the same address, and never used before.
    assert.equal((await call('GET', '/customers/v1', {headers: {authorization: `Bearer ${key}`}})).status, 200);
    const form = (secret: string) => new URLSearchParams({grant_type: 'client_credentials', scope: 'api', client_id: made.client_id, client_secret: secret}).toString();
    assert.equal((await call('POST', '/oauth2/token', {body: form(made.client_secret), headers: kForm})).status, 200);
    // Ten a second are answered by name again, so some of many are not.
    const some = async (ask: () => Promise<Answer>) => (await Promise.all(Array.from({length: 60}, ask))).find(({status}) => status === 429);
    const refused = await some(() => call('POST', '/oauth2/token', {body: form('wrong'), headers: kForm}));
    assert.equal(refused?.body.error, 'temporarily_unavailable');
    assert.match(refused?.headers.get('retry-after') ?? '', /^[1-9]\d*$/);
    assert.equal((await api(own.url, made.client_id)('GET', '/customers/v1')).status, 200);
    const nobody = await some(() => api(own.url, randomUUID())('GET', '/customers/v1'));
    assert.equal(nobody?.body.status, 'RATE_LIMIT_EXCEEDED');
    // Without any credential nothing was guessed.
    assert.equal((await call('GET', '/customers/v1')).status, 401);

    await own.stop();
    const log = own.logLines.join('\n');
    assert.match(log, /a credential was refused/);
    for (const secret of [key, made.client_secret, guesses[0]!, guesses[1400]!]) assert.ok(!log.includes(secret));
    const lines = own.logLines.filter((line) => line.includes('a credential was refused')).length;
    assert.ok(lines < guesses.length, `${lines} lines`);
  } finally {
    await own.dispose();
  }
});
