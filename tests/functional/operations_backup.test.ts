// A backup taken from a gateway at work holds whatever it had acknowledged. A copy of a database, restored or by hand, tells
// nobody and asks no bank until it is said to be the live one; then it goes on where the copy was taken.
import assert from 'node:assert/strict';
import {cpSync, existsSync, mkdtempSync, rmSync, statSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {afterEach, beforeEach, test} from 'node:test';
import {setTimeout as wait} from 'node:timers/promises';

import {sqliteOnly} from '../support/engine.js';
import {Gateway, run, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {Receiver} from '../support/receiver.js';
import {Shop} from '../support/shop.js';

interface Facts {
  payment_intents: number;
  payments: number;
  payments_open: number;
  deliveries_waiting: number;
  last_event_at: string | null;
  key: string | null;
}

let folder: string;
let file: string;
let bank: Gateway;
let shop: Shop;
let appToken: string;
const copies: Gateway[] = [];

const flags = () => ['--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8'];

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), 'qantara-backup-'));
  file = join(folder, 'backup.db');
  bank = await startGateway({verb: 'sandbox-bank'});
  const receiver = await Receiver.listen();
  const gateway = await startGateway({verb: 'serve', flags: flags()});
  const app = await gateway.json<{app_token: string; webhook_secret: string}>(
    'app', 'create', '--name', 'Marsa Wallet', '--mode', 'sandbox', '--webhook-url', receiver.url,
  );
  receiver.secret = app.webhook_secret;
  appToken = app.app_token;
  shop = new Shop(gateway, receiver, appToken, bank.bankUrl);
});

afterEach(async () => {
  for (const copy of copies.splice(0)) await copy.dispose();
  await shop.close();
  await bank.dispose();
  rmSync(folder, {recursive: true, force: true});
});

/** A verb that must succeed, and what it printed. */
async function facts(...args: string[]): Promise<Facts> {
  const {code, out, err} = await run([...args, '--json']);
  assert.equal(code, 0, `${args.join(' ')}: ${err}`);
  return JSON.parse(out) as Facts;
}

const backUp = () => facts('backup', '--data', shop.gateway.dataFolder, '--to', file);
const key = () => join(shop.gateway.dataFolder, 'key');

/** A gateway on a folder of its own, not started yet. */
function elsewhere(): Gateway {
  const copy = new Gateway({verb: 'serve', flags: flags()});
  copies.push(copy);
  return copy;
}

async function assertStandsBy({url}: Gateway): Promise<void> {
  const call = api(url, appToken);
  const ready = await call('GET', '/readyz');
  assert.deepEqual([ready.status, ready.body.status], [503, 'NOT_READY']);
  assert.equal((await call('GET', '/healthz')).status, 200);
  const refused = await call('POST', '/customers/v1', {body: {app_user_id: 'somebody'}});
  assert.deepEqual([refused.status, refused.body.status], [503, 'SERVICE_UNAVAILABLE']);
}

test('a backup taken under load holds everything that was acknowledged before it', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const acknowledged: string[] = [];
  let isOver = false;
  const ask = async () => {
    while (!isOver) acknowledged.push(await shop.intent(customer, destination));
  };
  const load = [ask(), ask(), ask(), ask()];
  while (acknowledged.length < 200) await wait(5);
  const before = [...acknowledged];
  const taken = await backUp();
  assert.ok(acknowledged.length > before.length, 'the gateway went on meanwhile');
  isOver = true;
  await Promise.all(load);

  const copy = elsewhere();
  const restored = await facts('restore', '--from', file, '--data', copy.dataFolder, '--key', key());
  assert.equal(restored.payment_intents, taken.payment_intents);
  assert.ok(taken.payment_intents >= before.length && taken.payment_intents <= acknowledged.length);
  await copy.start();
  const call = api(copy.url, appToken);
  for (const id of before) assert.equal((await call('GET', `/payments/v1/intents/${id}`)).status, 200, id);
  await assertStandsBy(copy);
});

test('a copy tells nobody and asks no bank; once it is the live one it finds out what its payments have come to', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  const {receiver, bank: atBank} = shop;
  // The answer to the order is lost, and the bank is not there to be asked, until after the backup.
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await atBank.next({call: 'authorise_payment', effect: 'answer_lost'});
  await atBank.next({call: 'payment_status', effect: 'status_503', times: 1000});
  receiver.script.push(...Array<number>(1000).fill(503));
  await session.act('submit', {otp: '1111'});
  assert.equal((await shop.payment(intent)).status, 'PENDING_WITH_BANK');
  await shop.event(intent, 'payment.created');  // It came, and was answered with 503.
  const taken = await backUp();
  assert.equal(taken.payments_open, 1);
  assert.ok(taken.deliveries_waiting >= 1);
  await shop.gateway.stop();
  await atBank.calm();
  receiver.script.length = 0;
  const arrived = receiver.deliveries.length;
  const asked = await atBank.count('any');

  const copy = elsewhere();
  await facts('restore', '--from', file, '--data', copy.dataFolder, '--key', key());
  await copy.start();
  await assertStandsBy(copy);
  const call = api(copy.url, appToken);
  assert.equal((await call('GET', `/payments/v1/intents/${intent}`)).body.payments[0].status, 'PENDING_WITH_BANK');
  const moved = await copy.cli('clock', 'advance', '1h');
  assert.equal(moved.code, 1, 'a copy moves no clock: the bank is not its own');
  await wait(2500);  // The bank was due to be asked again after two seconds, the receiver to be told after five at most.
  assert.equal(await asked(), 0);
  assert.equal(receiver.deliveries.length, arrived);
  const {err} = await copy.cli('activate');
  assert.match(err, /lock/, 'not while a gateway runs on it');
  assert.equal(await copy.stop(), 0);

  assert.equal((await copy.cli('activate')).code, 0);
  await copy.start();
  const live = new Shop(copy, receiver, appToken, bank.bankUrl);
  assert.equal((await api(copy.url)('GET', '/readyz')).status, 200);
  await live.advance('1h');
  await live.event(intent, 'payment.updated');
  assert.equal((await live.payment(intent)).status, 'ACCEPTED_BY_BANK');
  assert.equal((await live.transfersTo(destination)).length, 1);
  live.assertWebhooksHold();
});

test('a data folder that was copied by hand stands by too, and dev refuses it', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  await shop.gateway.stop();
  const copy = elsewhere();
  cpSync(shop.gateway.dataFolder, copy.dataFolder, {recursive: true, filter: (path) => !path.endsWith('.sock')});
  await copy.start();
  await assertStandsBy(copy);
  await copy.stop();
  const dev = await run(['dev', '--once', '--demo', '--listen', '127.0.0.1:0', '--data', copy.dataFolder]);
  assert.equal(dev.code, 1);
  assert.match(dev.err, /copy of another.*qantara activate --data/);

  await shop.gateway.start();
  assert.equal((await api(shop.gateway.url)('GET', '/readyz')).status, 200, 'the one it was copied from is what it was');
  await shop.gateway.stop();
  assert.equal((await run(['deactivate', '--data', shop.gateway.dataFolder])).code, 0);
  await shop.gateway.start();
  await assertStandsBy(shop.gateway);
});

test('restore makes the live one at once where that is asked for', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  await backUp();
  const copy = elsewhere();
  const {code, err} = await run(['restore', '--from', file, '--data', copy.dataFolder, '--key', key(), '--make-live']);
  assert.equal(code, 0, err);
  await copy.start();
  assert.equal((await api(copy.url)('GET', '/readyz')).status, 200);
});

test('restore --check tells what is in a backup and leaves nothing behind', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  await shop.customer();
  const taken = await backUp();
  const checked = await facts('restore', '--from', file, '--check', '--key', key());
  assert.deepEqual({...checked, key: null}, {...taken, key: null});
  assert.equal(checked.key, 'fits');
  assert.equal(statSync(file).mode & 0o777, 0o600);
  assert.ok(!existsSync(`${file}-wal`) && !existsSync(`${file}.part`));
});

test('what cannot be restored is refused, and says why', sqliteOnly('PostgreSQL is backed up by its own tools'), async () => {
  await backUp();
  const other = join(folder, 'other-key');
  writeFileSync(other, Buffer.alloc(32, 7), {mode: 0o600});
  const damaged = join(folder, 'damaged.db');
  cpSync(file, damaged);
  const bytes = Buffer.alloc(statSync(file).size / 2, 0x55);
  writeFileSync(damaged, bytes);
  const target = join(folder, 'new');
  const cases: [string[], RegExp][] = [
    [['--from', file, '--data', target], /the key is missing/],
    [['--from', file, '--data', target, '--key', other], /is not the key that/],
    [['--from', file, '--check', '--key', other], /is not the key that/],
    [['--from', damaged, '--data', target, '--key', key()], /./],
    [['--from', join(folder, 'none'), '--data', target, '--key', key()], /there is no database/],
    [['--from', file, '--data', shop.gateway.dataFolder, '--key', key()], /is there already/],
  ];
  for (const [args, why] of cases) {
    const {code, err} = await run(['restore', ...args]);
    assert.equal(code, 1, args.join(' '));
    assert.match(err, why);
    assert.ok(!existsSync(join(target, 'qantara.db')), args.join(' '));
  }
  const again = await run(['backup', '--data', shop.gateway.dataFolder, '--to', file]);
  assert.equal(again.code, 1);
  assert.match(again.err, /is there already/);
});

test('another key beside the database is refused when the gateway starts', async () => {
  await shop.gateway.stop();
  rmSync(key());
  writeFileSync(key(), Buffer.alloc(32, 7), {mode: 0o600});
  await assert.rejects(shop.gateway.start(), /is not the one that/);
});
