// The gateway as a process: health, orderly end, one folder for one process, what its logs and files hold.
import assert from 'node:assert/strict';
import {once} from 'node:events';
import {existsSync, readdirSync, readFileSync, statSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {type Gateway, run, startGateway} from '../support/gateway.js';
import {api, raw, statuses} from '../support/http.js';
import {LinkSession} from '../support/payer.js';
import {Receiver} from '../support/receiver.js';
import {eventually} from '../support/shop.js';

let receiver: Receiver;
let gateway: Gateway;
let call: ReturnType<typeof api>;

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url, flags: ['--log-level', 'debug']});
  receiver.secret = gateway.info.webhook_secret;
  call = api(gateway.url, gateway.info.app_token);
});
after(async () => {
  await gateway?.dispose();
  await receiver.close();
});

/** `serve` alone, with an application of this name. */
async function serve(name: string, ...flags: string[]): Promise<{served: Gateway; token: string}> {
  const served = await startGateway({verb: 'serve', flags});
  const {app_token} = await served.json<{app_token: string}>('app', 'create', '--name', name);
  return {served, token: app_token};
}

// --- Health -----------------------------------------------------------------------------------------------------------

test('tells everybody that it is up and ready', async () => {
  const anybody = api(gateway.url);
  assert.deepEqual((await anybody('GET', '/healthz')).body, {status: 'UP'});
  assert.deepEqual((await anybody('GET', '/readyz')).body, {status: 'READY', reads: true, writes: true});
});

test('HEAD answers as GET does, without the body', async () => {
  for (const path of ['/healthz', '/readyz', '/payments/v1/destinations', '/payments/v1/nowhere']) {
    const [head, get] = [await call('HEAD', path), await call('GET', path)];
    assert.deepEqual([head.status, head.text], [get.status, ''], path);
    assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(get.text)), path);
  }
});

test('answers one request after another on a connection', async () => {
  const request = 'GET /healthz HTTP/1.1\r\nHost: a\r\n\r\n';
  const last = 'GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n';
  const {text, closed} = await raw(gateway.url, request + request + last, 5_000);
  assert.deepEqual([statuses(text), closed], [[200, 200, 200], true]);
});

// --- Start and end ----------------------------------------------------------------------------------------------------

test('SIGTERM lets a request that has begun finish, takes no other, and ends with 0', async () => {
  const {served, token} = await serve('Shop');
  try {
    const body = '{"app_user_id": "u1"}';
    const {port} = new URL(served.url);
    const fields = `Host: a\r\nlean-app-token: ${token}\r\nContent-Type: application/json\r\nContent-Length: ${body.length}`;
    const socket = connect(Number(port), '127.0.0.1');
    socket.write(`POST /customers/v1 HTTP/1.1\r\n${fields}\r\n\r\n${body.slice(0, 10)}`);
    await api(served.url)('GET', '/healthz');  // Answered after the beginning of the other has been read.

    const ended = served.stop();
    await eventually(() => takesConnections(Number(port)), (taken) => !taken, 'connections are still taken');
    socket.write(body.slice(10));
    const answer = await textOf(socket);
    assert.match(answer, /^HTTP\/1\.1 200 OK\r\n/);
    assert.match(answer, /\r\nConnection: close\r\n/);
    assert.equal(await ended, 0);
    assert.ok(!existsSync(join(served.dataFolder, 'admin.sock')), 'the operator\'s socket is gone');

    await served.start();
    const again = await api(served.url, token)('POST', '/customers/v1', {body});
    assert.equal(again.body.status, 'CUSTOMER_ALREADY_EXISTS', 'what was answered had been stored');
  } finally {
    await served.dispose();
  }
});

async function takesConnections(port: number): Promise<boolean> {
  const socket = connect(port, '127.0.0.1');
  const taken = await once(socket, 'connect').then(() => true, () => false);
  socket.destroy();
  return taken;
}

async function textOf(socket: Socket): Promise<string> {
  let text = '';
  for await (const piece of socket) text += String(piece);
  return text;
}

test('a second process on a data folder is refused, and the first goes on', async () => {
  for (const verb of ['serve', 'dev']) {
    const {code, out, err} = await run([verb, '--listen', '127.0.0.1:0', '--data', gateway.dataFolder, ...gateway.databaseFlags]);
    assert.equal(code, 1, out + err);
    assert.match(err, verb === 'serve' ? /another gateway runs on the data folder .*--data/ : /Another process/);
    assert.ok(err.includes(gateway.dataFolder), err);
  }
  assert.equal((await call('GET', '/readyz')).status, 200);
});

test('a second process on a port is refused, and the first goes on', async () => {
  const folder = `${gateway.dataFolder}/second`;
  const {code, out, err} = await run(['serve', '--listen', new URL(gateway.url).host, '--data', folder]);
  assert.equal(code, 1, out + err);
  assert.ok(err.includes(new URL(gateway.url).port), err);
  assert.equal((await call('GET', '/readyz')).status, 200);
});

test('a mode that there is not is refused by name', async () => {
  const {code, err} = await gateway.cli('app', 'create', '--name', 'Shop', '--mode', 'dead');
  assert.equal(code, 2);
  assert.match(err, /--mode/);
});

// --- Webhooks go where the operator allows ----------------------------------------------------------------------------

test('serve sends no webhooks to special addresses, by number or by name, unless a network is allowed', async () => {
  const merchant = await Receiver.listen();
  const {port} = new URL(merchant.url);
  const byName = `http://localhost:${port}/by-name`;
  const strict = (await serve('Strict')).served;
  const allowing = (await serve('Allowing', '--allow-webhook-network', '127.0.0.0/8,::1/128')).served;
  try {
    const special = [
      'localhost', '127.0.0.1', '127.1.2.3', '[::1]', '[::ffff:127.0.0.1]', '10.0.0.1', '169.254.169.254', '192.168.1.1', '0.0.0.0', '[fe80::1]', '100.64.0.1',
    ];
    for (const host of special) {
      const {code, err} = await strict.cli('app', 'create', '--name', 'Shop', '--webhook-url', `http://${host}:${port}/`);
      assert.equal(code, 1, host);
      assert.match(err, /INVALID_PARAMETERS.*url/, host);
    }
    assert.deepEqual(merchant.deliveries, []);

    assert.match(await firstDelivery(allowing, byName), /ok.*200/);
    assert.equal(merchant.deliveries.length, 1);
    const byNumber = ['app', 'create', '--name', 'Shop', '--webhook-url', merchant.url];
    assert.equal((await allowing.cli(...byNumber)).code, 0);
  } finally {
    await strict.dispose();
    await allowing.dispose();
    await merchant.close();
  }
});

/** Creates an application with this endpoint and an intent, and gives what `explain` says of the first delivery. */
async function firstDelivery(served: Gateway, url: string): Promise<string> {
  const {app_token} = await served.json<{app_token: string}>('app', 'create', '--name', 'Named', '--webhook-url', url);
  const merchant = api(served.url, app_token);
  await merchant('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: kDestinationIban}});
  const {customer_id} = (await merchant('POST', '/customers/v1', {body: {app_user_id: 'u1'}})).body;
  const {payment_intent_id} = (await merchant('POST', '/payments/v1/intents', {body: {customer_id, amount: 100, currency: 'AED'}})).body;
  type Story = {entries: {source: string; symbol: string; text: string}[]};
  const lookedUp = async () => (await served.json<Story>('explain', payment_intent_id)).entries.find(({source}) => source === 'webhook');
  const delivery = await eventually(lookedUp, (entry) => entry !== undefined, 'no delivery');
  return `${delivery?.symbol} ${delivery?.text}`;
}

// --- Logs and files ---------------------------------------------------------------------------------------------------

const kDestinationIban = 'AE260260001008223921001';
const kDestinationNumber = '1008223921001';
const kWrongPassword = 'canary-password-7f3a';
const kWrongCode = '907351';

test('every request is a line of JSON with the id that the answer carried', async () => {
  const answers = [
    await call('GET', '/healthz'),
    await call('GET', '/payments/v1/destinations?secret=1'),
    await call('POST', '/customers/v1', {body: '{'}),
  ];
  const ids = answers.map(({headers}) => headers.get('lean-correlation-id'));
  const lines = () => gateway.logLines.map((line) => JSON.parse(line) as Record<string, unknown>);
  const logged = async () => ids.map((id) => lines().find((line) => line['message'] === 'request' && line['request_id'] === id));
  const found = await eventually(logged, (all) => !all.includes(undefined), 'not every request is logged');
  const shown = found.map((line) => [line?.['method'], line?.['path'], line?.['status']]);
  assert.deepEqual(shown, [['GET', '/healthz', 200], ['GET', '/payments/v1/destinations', 200], ['POST', '/customers/v1', 400]]);
  for (const line of lines()) {
    assert.match(String(line['time']), /^\d{4}-\d\d-\d\dT[\d:]{8}\.\d{6}Z$/);
    assert.equal(typeof line['level'], 'string');
  }
});

test('nothing secret stands in the log or in the gateway\'s database, and only their owner can read them', async () => {
  const destination = {name: 'Acme Corp.', display_name: 'Visible Name', iban: kDestinationIban, account_number: kDestinationNumber};
  await call('POST', '/payments/v1/destinations', {body: destination});
  const {customer_id} = (await call('POST', '/customers/v1', {body: {app_user_id: 'canary'}})).body;
  // Everything secret passes through: a password and a code, wrong and right, accounts, tokens.
  const spoil = new Map([['password', kWrongPassword], ['otp', kWrongCode]]);
  const typo = (kind: string, name: string, fields: Record<string, string>) => (step: {kind: string}) => {
    if (step.kind !== kind || !spoil.delete(name)) return undefined;
    return {action: 'submit', fields};
  };
  const wrongLogin = typo('CREDENTIALS', 'password', {username: 'payer-otp', password: kWrongPassword});
  const wrongCode = typo('CODE', 'otp', {otp: kWrongCode});
  const payer = {user: 'payer-otp', at: (step: {kind: string}) => wrongLogin(step) ?? wrongCode(step)};
  const connecting = await LinkSession.open(gateway.url, gateway.info.app_token, {method: 'CONNECT', customer_id});
  assert.equal((await connecting.walk(payer)).kind, 'COOL_OFF');
  assert.deepEqual([...spoil], [], 'both mistakes were made');
  await gateway.json('clock', 'advance', '24h');
  await receiver.event('payment_source.beneficiary.updated');
  const {payment_intent_id} = (await call('POST', '/payments/v1/intents', {body: {customer_id, amount: 100, currency: 'AED'}})).body;
  const paying = await LinkSession.open(gateway.url, gateway.info.app_token, {method: 'PAY', payment_intent_id});
  assert.equal((await paying.walk(payer)).kind, 'ACCEPTED');
  await receiver.event('payment.created');
  const [source] = (await call('GET', `/customers/v1/${customer_id}/payment-sources`)).body;

  const {client_secret = '', webhook_secret} = gateway.info;
  const key = readFileSync(join(gateway.dataFolder, 'key'));
  const signingKey = webhook_secret.slice('whsec_'.length);
  const secrets: [name: string, bytes: Buffer][] = [
    ['client secret', Buffer.from(client_secret.slice('qs_'.length))],
    ['webhook secret', Buffer.from(signingKey)],
    ['webhook secret, decoded', Buffer.from(signingKey, 'base64')],
    ['key file', key],
    ['key file, in hex', Buffer.from(key.toString('hex'))],
    ['password', Buffer.from('sandbox-pass')],
    ['wrong password', Buffer.from(kWrongPassword)],
    ['wrong code', Buffer.from(kWrongCode)],
    ['link session token', Buffer.from(connecting.token)],
    ['link session token', Buffer.from(paying.token)],
    ['destination\'s IBAN', Buffer.from(kDestinationIban)],
    ['destination\'s account number', Buffer.from(kDestinationNumber)],
    ...source.accounts.flatMap(({iban, account_number}: Record<string, string>): [string, Buffer][] => [
      ['payer\'s IBAN', Buffer.from(String(iban))],
      ['payer\'s account number', Buffer.from(String(account_number))],
    ]),
  ];
  for (const [name, bytes] of secrets) assert.ok(bytes.length >= 6, `${name} is too short to be looked for`);

  const scan = (place: string, content: Buffer) => {
    for (const [name, bytes] of secrets) assert.ok(!content.includes(bytes), `${name} stands in ${place}`);
  };
  const scanDatabase = async () => {
    const content = await gateway.databaseContents();
    assert.ok(content.includes('Visible Name'), 'the scan sees what is stored');
    scan('the database', content);
  };
  await scanDatabase();
  for (const name of readdirSync(gateway.dataFolder)) {
    const {mode} = statSync(join(gateway.dataFolder, name));
    assert.equal(mode & 0o077, 0, `${name} is open to others`);
  }
  assert.equal(statSync(gateway.dataFolder).mode & 0o077, 0);

  assert.equal(await gateway.stop(), 0);
  await scanDatabase();
  const log = Buffer.from(gateway.logLines.join('\n'));
  assert.ok(log.includes('"path":"/payments/v1/intents"'), 'the scan sees what is logged');
  scan('the log', log);
  await gateway.start();
});
