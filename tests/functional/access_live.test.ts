// Live applications: what opens them, and what of the sandbox they never meet.
import assert from 'node:assert/strict';
import {randomUUID} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {request} from 'node:https';
import {after, before, test} from 'node:test';

import {type CertificateFiles, Certificates} from '../support/certificates.js';
import {Gateway, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';

interface Application {
  app_token: string;
  client_id: string;
  client_secret: string;
}

const certificates = new Certificates();
const [server, own, next, others, strangers] = ['server', 'own', 'next', 'others', 'strangers'].map((name) => certificates.make(name)) as [
  CertificateFiles, CertificateFiles, CertificateFiles, CertificateFiles, CertificateFiles,
];
let gateway: Gateway;
let live: Application;
let other: Application;
let sandbox: Application;

before(async () => {
  gateway = await startGateway({verb: 'serve', flags: ['--tls-certificate', server.certificate, '--tls-key', server.key]});
  live = await create('live');
  other = await create('live');
  sandbox = await create('sandbox');
  await bind(live, own);
  await bind(other, others);
});
after(async () => {
  await gateway?.dispose();
  certificates.dispose();
});

const create = (mode: string) => gateway.json<Application>('app', 'create', '--name', `Shop ${mode}`, '--mode', mode);
async function bind(application: Application, {certificate}: CertificateFiles): Promise<void> {
  const {code, err} = await gateway.cli('app', 'certificate', 'add', certificate, '--app-token', application.app_token);
  assert.equal(code, 0, err);
}

/** Over TLS, with a client certificate or without. */
async function call(method: string, path: string, headers: Record<string, string>, client?: CertificateFiles, body?: string): Promise<{status: number; body: any}> {
  const files = client && {cert: readFileSync(client.certificate), key: readFileSync(client.key)};
  return new Promise((resolve, reject) => {
    const asked = request(gateway.info.url + path, {method, headers, ca: readFileSync(server.certificate), agent: false, ...files}, (response) => {
      let text = '';
      response.setEncoding('utf8').on('data', (piece: string) => (text += piece)).once('end', () => resolve({status: response.statusCode ?? 0, body: JSON.parse(text)}));
    });
    asked.once('error', reject).end(body);
  });
}
const banks = async (headers: Record<string, string>, client?: CertificateFiles) => call('GET', '/banks/v1', headers, client);
const as = ({app_token}: Application) => ({'lean-app-token': app_token});

async function tokenFor(application: Application, scope = 'api'): Promise<string> {
  const {client_id, client_secret} = application;
  const form = new URLSearchParams({grant_type: 'client_credentials', scope, client_id, client_secret}).toString();
  const {status, body} = await call('POST', '/oauth2/token', {'content-type': 'application/x-www-form-urlencoded', 'content-length': String(form.length)}, undefined, form);
  assert.equal(status, 200, JSON.stringify(body));
  return body.access_token;
}

test('the app token of a live application opens with its own certificate alone', async () => {
  const rows: [what: string, application: Application, client: CertificateFiles | undefined, status: number, code?: string][] = [
    ['its own', live, own, 200],
    ['none', live, undefined, 403, 'INVALID_CERTIFICATE'],
    ['nobody’s', live, strangers, 403, 'INVALID_CERTIFICATE'],
    ['another application’s', live, others, 401, 'CERTIFICATE_TOKEN_MISMATCH'],
    ['its own, of the other', other, others, 200],
    ['none in a sandbox', sandbox, undefined, 200],
    ['any in a sandbox', sandbox, own, 200],
  ];
  for (const [what, application, client, status, code] of rows) {
    const answer = await banks(as(application), client);
    assert.equal(answer.status, status, what);
    if (code) assert.equal(answer.body.status, code, what);
  }
  assert.equal((await banks({'lean-app-token': randomUUID()}, own)).body.status, 'UNAUTHORIZED');
  assert.equal((await banks({}, own)).body.status, 'UNAUTHORIZED');
});

test('certificates follow one another without a gap', async () => {
  await bind(live, next);
  for (const client of [own, next]) assert.equal((await banks(as(live), client)).status, 200);
  const {out} = await gateway.cli('app', 'certificate', 'list', '--app-token', live.app_token);
  const [older, newer] = out.match(/^[0-9a-f]{64}$/gm) ?? [];
  assert.ok(older && newer, out);
  await gateway.cli('app', 'certificate', 'remove', older, '--app-token', live.app_token);
  assert.equal((await banks(as(live), own)).body.status, 'INVALID_CERTIFICATE');
  assert.equal((await banks(as(live), next)).status, 200);
  await bind(live, own);
  for (const file of [own.key, '/nonexistent']) {
    assert.equal((await gateway.cli('app', 'certificate', 'add', file, '--app-token', live.app_token)).code, 1, file);
  }
});

test('bearers open a live application without a certificate', async () => {
  const {secret_key: key} = await gateway.json<{secret_key: string}>('app', 'key', 'create', '--name', 'k', '--app-token', live.app_token);
  assert.match(key, /^qk_live_/);
  for (const credential of [await tokenFor(live), key]) {
    assert.equal((await banks({authorization: `Bearer ${credential}`})).status, 200);
    assert.equal((await banks({authorization: `Bearer ${credential}`, ...as(live)}, own)).status, 400);
  }
});

test('a live application has no mock bank, no plain webhooks, and a clock that nobody moves', async () => {
  assert.deepEqual((await banks(as(live), own)).body, []);
  const advance = await gateway.cli('clock', 'advance', '1h');
  assert.equal(advance.code, 1);
  const hook = async (application: Application, url: string) => {
    const body = JSON.stringify({url});
    return call('POST', '/webhooks/v1/endpoints', {...as(application), 'content-type': 'application/json', 'content-length': String(body.length)}, own, body);
  };
  for (const url of ['http://8.8.8.8/hooks', 'https://8.8.8.8:8443/hooks']) {
    assert.equal((await hook(live, url)).body.metadata?.errors?.[0]?.field, 'url', url);
    assert.equal((await hook(sandbox, url)).status, 201, url);
  }
  assert.equal((await hook(live, 'https://8.8.8.8/hooks')).status, 201);
});

test('a gateway whose clock was moved takes no live application', async () => {
  const dev = await startGateway();
  try {
    assert.equal((await dev.cli('app', 'create', '--name', 'Live', '--mode', 'live')).code, 0);
    const {code, err} = await dev.cli('clock', 'advance', '1h');
    assert.equal(code, 1);
    assert.match(err, /INCORRECT_ACCESS_LEVEL/);
  } finally {
    await dev.dispose();
  }
  const moved = await startGateway();
  try {
    await moved.json('clock', 'advance', '1h');
    const {code, err} = await moved.cli('app', 'create', '--name', 'Live', '--mode', 'live');
    assert.equal(code, 1);
    assert.match(err, /clock was moved/);
    assert.equal((await moved.cli('app', 'create', '--name', 'Sandbox')).code, 0);
  } finally {
    await moved.dispose();
  }
});

test('a payer of a live application proves who they are to open the flow', async () => {
  const bearer = {authorization: `Bearer ${await tokenFor(live)}`};
  const post = async (path: string, body: unknown, headers: Record<string, string> = {}) => {
    const text = JSON.stringify(body);
    return call('POST', path, {'content-type': 'application/json', 'content-length': String(Buffer.byteLength(text)), ...headers}, undefined, text);
  };
  const {customer_id} = (await post('/customers/v1', {app_user_id: 'payer'}, bearer)).body;
  const {customer_id: another} = (await post('/customers/v1', {app_user_id: 'another'}, bearer)).body;
  await post('/payments/v1/destinations', {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}, bearer);
  const payee = {name: 'Ann Payer', display_name: 'Ann', iban: 'AE260260001008223921001'};
  const destinationOf = async (one: string) => (await post('/payments/v1/destinations', {...payee, customer_id: one}, bearer)).body.id;
  const intentOf = async (one: string) => (await post('/payments/v1/intents', {customer_id: one, amount: 100, currency: 'AED'}, bearer)).body.payment_intent_id;
  const open = (wanted: Record<string, unknown>, application = live) =>
    post('/link/v1/sessions', {app_token: application.app_token, method: 'CONNECT', permissions: ['payments'], customer_id, ...wanted});
  const token = await tokenFor(live, `customer.${customer_id}`);

  const rows: [what: string, wanted: Record<string, unknown>, status: number, code?: string][] = [
    ['no token', {}, 401, 'UNAUTHORIZED'],
    ['no token at all', {access_token: 'x'}, 401, 'UNAUTHORIZED'],
    ['the application’s', {access_token: await tokenFor(live)}, 403, 'INSUFFICIENT_ACCESS_LEVEL'],
    ['another customer’s', {access_token: await tokenFor(live, `customer.${another}`)}, 404, 'UNKNOWN_CUSTOMER'],
    ['of nobody', {access_token: token, customer_id: randomUUID()}, 404, 'UNKNOWN_CUSTOMER'],
    ['of another customer', {access_token: token, customer_id: another}, 404, 'UNKNOWN_CUSTOMER'],
    ['for another’s intent', {access_token: token, method: 'PAY', payment_intent_id: await intentOf(another)}, 404, 'UNKNOWN_PAYMENT_INTENT'],
    ['to another’s destination', {access_token: token, payment_destination_id: await destinationOf(another)}, 404, 'UNKNOWN_PAYMENT_DESTINATION'],
    ['for its own', {access_token: token}, 201],
    ['to its own destination', {access_token: token, payment_destination_id: await destinationOf(customer_id)}, 201],
    ['for its own intent', {access_token: token, method: 'PAY', payment_intent_id: await intentOf(customer_id)}, 201],
    ['at a mock bank', {access_token: token, bank_identifier: 'LEANMB1'}, 404, 'UNKNOWN_BANK'],
  ];
  for (const [what, wanted, status, code] of rows) {
    const answer = await open(wanted);
    assert.equal(answer.status, status, `${what}: ${JSON.stringify(answer.body)}`);
    if (code) assert.equal(answer.body.status, code, what);
  }
  assert.equal((await open({access_token: token}, sandbox)).status, 401, 'another application’s');
});

test('in a sandbox the token may be left out, and is looked at if it is there', async () => {
  const dev = await startGateway();
  try {
    const {app_token, client_id, client_secret} = await dev.json<Application>('app', 'create', '--name', 'Shop');
    const to = api(dev.url, app_token);
    const {customer_id} = (await to('POST', '/customers/v1', {body: {app_user_id: 'payer'}})).body;
    await to('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}});
    const body = new URLSearchParams({grant_type: 'client_credentials', scope: `customer.${customer_id}`, client_id, client_secret}).toString();
    const {body: {access_token}} = await api(dev.url)('POST', '/oauth2/token', {body, headers: {'content-type': 'application/x-www-form-urlencoded'}});
    const open = async (more: Record<string, unknown>) =>
      (await api(dev.url)('POST', '/link/v1/sessions', {body: {app_token, method: 'CONNECT', permissions: ['payments'], customer_id, ...more}})).status;
    assert.equal(await open({}), 201);
    assert.equal(await open({access_token}), 201);
    assert.equal(await open({access_token: `${access_token}x`}), 401);
  } finally {
    await dev.dispose();
  }
});
