// A bank beside the sandbox's: configured or added while the gateway runs, paid through, switched off, gone and back again.
import assert from 'node:assert/strict';
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {type Gateway, run, startGateway} from '../support/gateway.js';
import {Receiver} from '../support/receiver.js';
import {eventually, Shop} from '../support/shop.js';

/** A sandbox bank in a process of its own: to the gateway a bank like any other. */
let bank: Gateway;
let shop: Shop;
let config: string;
const folder = mkdtempSync(join(tmpdir(), 'qantara-banks-'));
const seconds = 1000;

before(async () => {
  bank = await startGateway({verb: 'sandbox-bank'});
  config = join(folder, 'qantara.toml');
  writeFileSync(config, `
[serve]
operator-name = "Banks and Co."

[[bank]]
identifier = "FILE_UAE"
name = "Bank of the File"
country = "ARE"
standard = "berlin_group"
version = "1.3.12"
base_url = "${bank.bankUrl}"
products = {AED = "cross-border-credit-transfers"}
limits = {AED = "10.00:5000.00"}
reference_length = 12
reference_characters = "A-Z0-9 "
sca_ways = ["EMBEDDED", "DECOUPLED"]
account_types = ["BUSINESS"]
`);
  const receiver = await Receiver.listen();
  const flags = ['--config', config, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '500ms'];
  const gateway = await startGateway({verb: 'serve', flags});
  const made = await gateway.json<Record<string, string>>('app', 'create', '--name', 'Shop', '--webhook-url', receiver.url);
  receiver.secret = made['webhook_secret'];
  shop = new Shop(gateway, receiver, made['app_token']!, bank.bankUrl);
});
after(async () => {
  await shop.close();
  await bank.dispose();
  rmSync(folder, {recursive: true, force: true});
});

const settings = (url: string) => [
  '--name', 'Added Bank', '--country', 'ARE', '--standard', 'berlin_group', '--base-url', url,
  '--products', 'AED=cross-border-credit-transfers', '--sca-ways', 'EMBEDDED,DECOUPLED',
];

interface Listed {
  identifier: string;
  availability: {active: {payments: boolean}; enabled: {payments: boolean}};
  [member: string]: unknown;
}

async function banks(query = ''): Promise<Listed[]> {
  return shop.ok<Listed[]>('GET', `/banks/v1${query}`);
}
async function names(query = ''): Promise<string[]> {
  return (await banks(query)).map(({identifier}) => identifier).sort();
}
async function availability(identifier: string): Promise<string> {
  const {active, enabled} = (await banks()).find((one) => one.identifier === identifier)!.availability;
  return `${active.payments ? 'active' : 'inactive'} ${enabled.payments ? 'enabled' : 'disabled'}`;
}
/** What the shop was told of the bank, in order. */
function told(identifier: string): string[] {
  return shop.receiver.events
    .filter(({type, payload}) => type === 'bank.availability.updated' && payload['identifier'] === identifier)
    .map(({payload}) => payload['availability'] as Listed['availability'])
    .map(({active, enabled}) => `${active.payments ? 'active' : 'inactive'} ${enabled.payments ? 'enabled' : 'disabled'}`);
}

/** Connects the bank and pays through it. Result: the reference that went out. */
async function payThrough(identifier: string, description: string): Promise<unknown> {
  const customer = await shop.customer();
  const destination = await shop.destination();
  const payer = {user: 'payer-plain', bank: identifier};
  assert.match((await shop.connect(customer, destination, payer)).kind, /^(CONNECTED|COOL_OFF)$/);
  const intent = await shop.intent(customer, destination, {description});
  const session = await shop.openPay(intent);
  const end = await session.walk(payer);
  assert.equal(end.kind, 'ACCEPTED', JSON.stringify(end));
  return (await shop.payment(intent))['reference_sent'];
}

test('a bank of the configuration file is listed with its settings and can be paid through', async () => {
  const listed = (await banks()).find(({identifier}) => identifier === 'FILE_UAE')!;
  assert.deepEqual(
    [listed['name'], listed['arabic_name'], listed['mock'], listed['account_type'], listed['bank_type'], listed['transfer_limits']],
    ['Bank of the File', 'Bank of the File', false, 'BUSINESS', 'SME', [{currency: 'AED', min: 10, max: 5000}]],
  );
  assert.equal(await payThrough('FILE_UAE', 'Order #17, Dubai'), 'ORDER 17 DUB');
});

test('a bank is added while the gateway runs, tested, paid through, and there after a restart', async () => {
  const {code, out} = await shop.gateway.cli('bank', 'add', '--identifier', 'ADDED_UAE', ...settings(bank.bankUrl));
  assert.equal(code, 0, out);
  const tested = await shop.gateway.cli('bank', 'test', 'ADDED_UAE', '--json');
  const checks = tested.out.trim().split('\n').map((line) => JSON.parse(line) as Record<string, string>);
  assert.equal(tested.code, 0, tested.out);
  assert.deepEqual(checks.filter(({verdict}) => verdict === 'fail'), []);
  assert.ok(checks.some(({subject, found}) => subject === 'ways to authorise' && found === "the bank's links lead to EMBEDDED, DECOUPLED"));
  assert.equal(await payThrough('ADDED_UAE', 'Order #18, Dubai'), 'Order #18, Dubai');

  await shop.gateway.kill();
  await shop.gateway.start();
  assert.deepEqual(await names(), ['ADDED_UAE', 'FILE_UAE']);
  const again = await shop.gateway.cli('bank', 'add', '--identifier', 'FILE_UAE', ...settings(bank.bankUrl));
  assert.equal(again.code, 1);
  assert.match(again.err, /there is a bank FILE_UAE already/);
});

test('lists are cut by every filter, in every spelling', async () => {
  const both = ['ADDED_UAE', 'FILE_UAE'];
  const rows: [string, string[]][] = [
    ['?account_types=BUSINESS', ['FILE_UAE']],
    ['?account_types[]=BUSINESS', ['FILE_UAE']],
    ['?account_types%5B%5D=BUSINESS&account_types%5B%5D=PERSONAL', both],
    ['?account_types=BUSINESS&account_types=PERSONAL', both],
    ['?account_types=PERSONAL,BUSINESS', both],
    ['?bank_type=SME', ['FILE_UAE']],
    ['?country_codes=SAU', []],
    ['?country_codes[]=SAU,ARE', both],
    ['?connection_types=OPEN_BANKING', both],
    ['?connection_types=REVERSE_ENGINEERED', []],
    [`?customer_id=${await shop.customer()}`, both],
    ['?account_types=', both],
  ];
  for (const [query, wanted] of rows) assert.deepEqual(await names(query), wanted, query);
  for (const [query, status] of [
    ['?account_types=CORPORATE', 400], ['?country_codes=AE', 400], ['?connection_types=x', 400], ['?bank_type=x', 400],
    ['?customer_id=x', 400], ['?customer_id=01a1fe52-d181-710f-8fb6-837d937ba468', 404],
  ] as const) {
    assert.equal((await shop.call('GET', `/banks/v1${query}`)).status, status, query);
  }
});

test('what is switched off is told, and kept from payers', async () => {
  const before = told('ADDED_UAE').length;
  await shop.gateway.json('bank', 'disable', 'ADDED_UAE');
  assert.equal(await availability('ADDED_UAE'), 'inactive enabled');
  await shop.gateway.json('bank', 'enable', 'ADDED_UAE');
  await shop.gateway.json('app', 'bank', 'disable', 'ADDED_UAE');
  assert.equal(await availability('ADDED_UAE'), 'active disabled');

  const session = await shop.openConnect(await shop.customer(), await shop.destination());
  const step = await session.act('continue');
  assert.deepEqual((step['banks'] as Listed[]).map(({identifier}) => identifier), ['FILE_UAE'], 'hidden');
  await shop.gateway.json('app', 'bank', 'enable', 'ADDED_UAE');
  await shop.receiver.until(() => told('ADDED_UAE').length >= before + 4, 10 * seconds, 'not all events came');
  assert.deepEqual(told('ADDED_UAE').slice(before), ['inactive enabled', 'active enabled', 'active disabled', 'active enabled']);
});

test('a bank that dies goes out of use, and comes back with its first answer', async () => {
  const address = new URL(bank.bankUrl).host;
  const before = told('FILE_UAE').length;
  await bank.kill();
  const session = await shop.openConnect(await shop.customer(), await shop.destination());
  await session.act('continue');
  await session.act('select', {bank_identifier: 'FILE_UAE'});
  const step = await session.act('submit', {username: 'payer-plain', password: 'sandbox-pass'});
  assert.equal(step.kind, 'BANK_UNREACHABLE');
  await eventually(async () => availability('FILE_UAE'), (now) => now === 'inactive enabled', 'the bank goes out of use', 30 * seconds);
  const list = await shop.gateway.cli('bank', 'list');
  assert.match(list.out, /FILE_UAE +does not answer/);
  const failing = await shop.gateway.cli('bank', 'test', 'FILE_UAE');
  assert.equal(failing.code, 1);
  assert.match(failing.out, /fail +connection/);

  await bank.start(address);
  await eventually(async () => availability('FILE_UAE'), (now) => now === 'active enabled', 'the bank comes back', 30 * seconds);
  await shop.receiver.until(() => told('FILE_UAE').length >= before + 2, 10 * seconds, 'not all events came');
  assert.deepEqual(told('FILE_UAE').slice(before), ['inactive enabled', 'active enabled']);
  assert.equal(await payThrough('FILE_UAE', 'Order 19'), 'ORDER 19');
});

test('a payment under way waits for a bank that is removed, and goes on when it is back', async () => {
  const customer = await shop.customer();
  const destination = await shop.destination();
  const payer = {user: 'payer-plain', bank: 'ADDED_UAE'};
  await shop.connect(customer, destination, payer);
  const intent = await shop.intent(customer, destination);
  const session = await shop.openPay(intent);
  const asked = await session.walk({...payer, at: (step) => (step.kind === 'CODE' ? 'wait' : undefined)}, 'CODE');
  assert.equal(asked.kind, 'CODE');
  assert.equal((await shop.gateway.cli('bank', 'remove', 'ADDED_UAE')).code, 0);
  assert.deepEqual(await names(), ['FILE_UAE']);
  const lost = await session.act('submit', {otp: '1111'});
  assert.notEqual(lost.kind, 'FAILED');
  assert.equal((await shop.gateway.cli('bank', 'add', '--identifier', 'ADDED_UAE', ...settings(bank.bankUrl))).code, 0);
  const end = await session.walk(payer);
  assert.equal(end.kind, 'ACCEPTED', JSON.stringify(end));
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('what is wrong in the configuration file is named, and the gateway does not start', async () => {
  const data = join(folder, 'data');
  const rows: [string, RegExp][] = [
    ['[[bank]]\nidentifier = "A_UAE"\n', /\[\[bank\]\] 1 of the configuration file \(A_UAE\)[^]*name is missing[^]*products is missing/],
    ['[[bank]]\nlimits = {AED = 10.5}\n', /line 2: write this as text/],
    ['bank = 7\n', /\[\[bank\]\]/],
    ['[serve\n', /line 1/],
    ['[serve]\nlisten-at = "127.0.0.1:0"\n', /serve\.listen-at/],
  ];
  for (const [text, wanted] of rows) {
    const file = join(folder, 'wrong.toml');
    writeFileSync(file, text);
    const {code, err} = await run(['serve', '--config', file, '--data', data, '--listen', '127.0.0.1:0']);
    assert.notEqual(code, 0, text);
    assert.match(err, wanted, text);
  }
});
