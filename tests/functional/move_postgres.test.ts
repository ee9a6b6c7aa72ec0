// An installation moves from its file into PostgreSQL with all that it has, whatever ends the move on the way: at every moment
// one of the two is the live one at most, and in the end the other side has each row, goes on telling what was not told yet,
// and finds out what nobody knew.
import assert from 'node:assert/strict';
import {type ChildProcess, spawn, spawnSync} from 'node:child_process';
import {copyFileSync, readFileSync} from 'node:fs';
import {dirname, join} from 'node:path';
import {after, afterEach, before, beforeEach, test} from 'node:test';

import {postgresVersion} from '../support/engine.js';
import {binary, Gateway, run, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {Postgres} from '../support/postgres.js';
import {Receiver} from '../support/receiver.js';
import {eventually, Shop} from '../support/shop.js';

interface Facts {
  outcome: 'MOVED' | 'WAS_MOVED_BEFORE';
  tables: number;
  rows: number;
}

/** A gateway that is gone holds what it was at until the others have looked for its beats often enough (gateway/roster.h). */
const kGivenUpMs = 60_000;

let postgres: Postgres;
let bank: Gateway;
let receiver: Receiver;
/** On the file. */
let old: Shop;
let database: string;
let app: {app_token: string; client_id: string; client_secret: string; webhook_secret: string};
const gateways: Gateway[] = [];

before(async () => {
  postgres = await Postgres.start({version: postgresVersion});
});
after(async () => postgres.dispose());

const flags = () => ['--public-url', 'https://pay.example', '--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '10s'];

beforeEach(async () => {
  database = await postgres.createDatabase();
  bank = await startGateway({verb: 'sandbox-bank'});
  receiver = await Receiver.listen();
  const gateway = await onFile().start();
  app = await gateway.json('app', 'create', '--name', 'Marsa قنطرة', '--mode', 'sandbox', '--webhook-url', receiver.url);
  receiver.secret = app.webhook_secret;
  old = new Shop(gateway, receiver, app.app_token, bank.bankUrl);
});
afterEach(async () => {
  Lock.held.forEach((session) => session.kill());
  for (const gateway of gateways.splice(0)) await gateway.dispose();
  await receiver.close();
  await bank.dispose();
  await postgres.dropDatabase(database);
});

function onFile(): Gateway {
  const gateway = new Gateway({verb: 'serve', flags: flags(), keptIn: 'file'});
  gateways.push(gateway);
  return gateway;
}

/** A gateway on what has moved, with the key of the file. */
function onServer(): Gateway {
  const gateway = new Gateway({verb: 'serve', flags: ['--database', postgres.url(database), ...flags()]});
  gateways.push(gateway);
  copyFileSync(join(old.gateway.dataFolder, 'key'), join(gateway.dataFolder, 'key'));
  return gateway;
}

const migrate = (to = postgres.url(database), data = old.gateway.dataFolder) => ['migrate', '--data', data, '--to', to, '--json'];

async function moved(): Promise<Facts> {
  const {code, out, err} = await run(migrate());
  assert.equal(code, 0, err);
  return JSON.parse(out) as Facts;
}

const inServer = async (sql: string): Promise<string> => (await postgres.query(sql, database))[0]?.[0] ?? '';

/** Who is the live one: the file, the server, or nobody. Never both. */
async function live(): Promise<'file' | 'server' | 'nobody'> {
  const doctor = await run(['doctor', '--data', old.gateway.dataFolder, '--json', '--listen', '127.0.0.1:0']);
  const findings = doctor.out.trim().split('\n').map((line) => JSON.parse(line) as {subject: string; verdict: string});
  const isFile = findings.find(({subject}) => subject === 'standing')?.verdict === 'ok';
  const isThere = (await inServer("SELECT to_regclass('settings')")) !== '';
  const home = isThere ? await inServer("SELECT value FROM settings WHERE name = 'home'") : '';
  assert.ok(!isFile || home === '', 'both are live');
  return isFile ? 'file' : home === '' ? 'nobody' : 'server';
}

/** A session of PostgreSQL that holds locks until it is let go. */
class Lock {
  static readonly held = new Set<ChildProcess>();

  private trigger: string | undefined;

  private constructor(private readonly session: ChildProcess) {}

  static async on(table: string, mode: string): Promise<Lock> {
    return Lock.by(`LOCK TABLE ${table} IN ${mode} MODE`);
  }

  /** Whoever inserts into `table` waits; emptying it goes on. */
  static async beforeInserts(table: string): Promise<Lock> {
    await inServer(`CREATE OR REPLACE FUNCTION hold() RETURNS trigger LANGUAGE plpgsql AS 'BEGIN PERFORM pg_advisory_xact_lock_shared(4242); RETURN NULL; END'`);
    await inServer(`CREATE OR REPLACE TRIGGER hold BEFORE INSERT ON ${table} FOR EACH STATEMENT EXECUTE FUNCTION hold()`);
    const lock = await Lock.by('SELECT pg_advisory_xact_lock(4242)');
    lock.trigger = `hold ON ${table}`;
    return lock;
  }

  /** What another transaction that has not ended has done. */
  static async by(statement: string): Promise<Lock> {
    const session = spawn('psql', ['--no-psqlrc', '--quiet', postgres.url(database)], {stdio: ['pipe', 'pipe', 'inherit']});
    Lock.held.add(session);
    session.once('close', () => Lock.held.delete(session));
    session.stdin!.write(`BEGIN;\n${statement};\n\\echo held\n`);
    await new Promise<void>((resolve) => session.stdout!.on('data', (text) => String(text).includes('held') && resolve()));
    return new Lock(session);
  }

  async release(): Promise<void> {
    const ended = new Promise((resolve) => this.session.once('close', resolve));
    this.session.stdin!.end();
    await ended;
    if (this.trigger !== undefined) await inServer(`DROP TRIGGER ${this.trigger}`);
  }
}

/** A move that somebody watches. */
class Moving {
  private err = '';
  private readonly child = spawn(binary, migrate(), {stdio: ['ignore', 'ignore', 'pipe']});
  private readonly ended = new Promise((resolve) => this.child.once('close', resolve));

  constructor() {
    this.child.stderr!.setEncoding('utf8').on('data', (text: string) => (this.err += text));
  }

  /** Waits until a statement of it that begins so stands before a lock. */
  async stuckAt(statement: string): Promise<void> {
    const waiting = async () => postgres.query(`SELECT 1 FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock' AND query LIKE '${statement}%'`);
    await eventually(waiting, (rows) => rows.length > 0 || this.child.exitCode !== null, `nothing waits for ${statement}`, 30_000);
    assert.equal(this.child.exitCode, null, this.err);
  }

  async end(): Promise<{code: number | null; err: string}> {
    await this.ended;
    return {code: this.child.exitCode, err: this.err};
  }

  async kill(): Promise<void> {
    this.child.kill('SIGKILL');
    await this.ended;
    const connected = async () => postgres.query(`SELECT 1 FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock'`);
    // What it asked last is still waiting: the server sees that it is gone when it would answer.
    await postgres.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}' AND wait_event_type = 'Lock'`);
    await eventually(connected, (rows) => rows.length === 0, 'it goes on in the server');
  }
}

/** Everything that an application can ask for, as it is written. */
async function everything(url: string, ids: {customers: string[]; intents: string[]; endpoints: string[]}): Promise<Map<string, string>> {
  const call = api(url, app.app_token);
  const paths = [
    '/customers/v1', '/payments/v1/destinations', '/payments/v1/intents', '/payments/v1', '/events/v1', '/webhooks/v1/endpoints', '/oauth2/jwks',
    ...ids.customers.flatMap((id) => [`/customers/v1/${id}`, `/customers/v1/${id}/payment-sources`, `/customers/v1/${id}/destinations`]),
    ...ids.intents.map((id) => `/payments/v1/intents/${id}`),
    ...ids.endpoints.map((id) => `/webhooks/v1/endpoints/${id}`),
  ];
  const answers = new Map<string, string>();
  for (const path of paths) {
    const {status, text} = await call('GET', path);
    assert.equal(status, 200, `${path}: ${text}`);
    answers.set(path, text);
  }
  return answers;
}

/** What an installation of some age has: a bit of everything, and webhooks that nobody has taken yet. */
async function aged() {
  const {gateway} = old;
  const destination = await old.destination();
  const payer = await old.connected('payer-otp', destination);
  const {session, intent: begun} = await old.at('CODE', 'payer-plain');
  const paid = await old.at('CODE', 'payer-plain');
  await paid.session.act('submit', {otp: '1111'});
  await old.event(paid.intent, 'payment.created');

  await gateway.json('app', 'origin', 'add', 'https://shop.example');
  await gateway.json('app', 'redirect', 'add', 'https://shop.example/back');
  const {secret_key: key} = await gateway.json<{secret_key: string}>('app', 'key', 'create', '--name', 'backoffice');
  await gateway.json('app', 'bank', 'disable', 'LEANMB1_SAU');
  const form = new URLSearchParams({grant_type: 'client_credentials', client_id: app.client_id, client_secret: app.client_secret, scope: 'api'});
  const {access_token} = await (await fetch(`${gateway.url}/oauth2/token`, {method: 'POST', body: form})).json() as {access_token: string};

  const endpoint = await old.call('POST', '/webhooks/v1/endpoints', {url: receiver.url, types: ['payment_intent.cancelled']});
  assert.equal(endpoint.status, 201, endpoint.text);
  const {body: {data: endpoints}} = await old.call('GET', '/webhooks/v1/endpoints');
  await old.call('DELETE', `/webhooks/v1/endpoints/${endpoint.body.id}`);

  // From here on nobody takes a webhook.
  receiver.script.push(...Array<number>(1000).fill(503));
  const request = {path: '/payments/v1/intents', body: {customer_id: payer, payment_destination_id: destination.id, amount: 77, currency: 'AED'}};
  const answered = await api(gateway.url, app.app_token)('POST', request.path, {body: request.body, headers: {'idempotency-key': 'before-the-move'}});
  const untold: string = answered.body.payment_intent_id;
  await receiver.until(() => receiver.deliveries.some(({event}) => event.payload['intent_id'] === untold), 10_000, 'no attempt');
  return {
    session, begun, destination, payer, untold, key, access_token,
    request, answered,
    ids: {
      customers: [payer],
      intents: [begun, paid.intent, untold],
      endpoints: (endpoints as {id: string}[]).map(({id}) => id).filter((id) => id !== endpoint.body.id),
    },
  };
}

test('an installation moves with all that it has, killed at every moment on the way', async () => {
  const had = await aged();
  const before = await everything(old.gateway.url, had.ids);
  const refused = await run(migrate());
  assert.equal(refused.code, 1);
  assert.match(refused.err, /a gateway runs on .*stop it first/);
  assert.equal(await old.gateway.stop(), 0);

  // Between two migrations.
  let lock = await Lock.by('CREATE TABLE gateways (id BYTEA)');
  const making = new Moving();
  await making.stuckAt('%CREATE TABLE gateways');
  await making.kill();
  await lock.release();
  assert.equal(await inServer("SELECT to_regclass('settings')"), 'settings');
  assert.equal(await live(), 'file');

  // The server is told what comes, and the file does not know yet that it has left.
  lock = await Lock.on('customers', 'ACCESS SHARE');
  const beginning = new Moving();
  await beginning.stuckAt('TRUNCATE');
  await beginning.kill();
  await lock.release();
  assert.equal(await live(), 'file');

  for (const table of ['payment_source_accounts', 'webhook_deliveries']) {
    lock = await Lock.beforeInserts(table);
    const copying = new Moving();
    await copying.stuckAt(`COPY "${table}"`);
    await copying.kill();
    await lock.release();
    assert.equal(await live(), 'nobody');
  }

  // Somebody wants the file back, and changes it.
  assert.equal((await run(['activate', '--data', old.gateway.dataFolder])).code, 0);
  assert.equal(await live(), 'file');
  await old.gateway.start();
  await old.ok('POST', '/customers/v1', {app_user_id: 'in between'});
  before.set('/customers/v1', (await old.call('GET', '/customers/v1')).text);
  await old.gateway.stop();

  lock = await Lock.beforeInserts('webhook_deliveries');
  const comparing = new Moving();
  await comparing.stuckAt('COPY "webhook_deliveries"');
  const second = await Lock.on('customers', 'ACCESS EXCLUSIVE');
  await lock.release();
  await comparing.stuckAt('SELECT');
  await comparing.kill();
  await second.release();
  assert.equal(await live(), 'nobody');

  lock = await Lock.on('settings', 'SHARE');
  const finishing = new Moving();
  await finishing.stuckAt('INSERT INTO settings');
  await finishing.kill();
  await lock.release();
  assert.equal(await live(), 'nobody');

  const facts = await moved();
  assert.equal(facts.outcome, 'MOVED');
  assert.ok(facts.rows > 50 && facts.tables > 20, JSON.stringify(facts));
  assert.equal(await live(), 'server');
  assert.equal((await moved()).outcome, 'WAS_MOVED_BEFORE');

  // What the file knew, the server says, to the byte.
  const gateway = await onServer().start();
  assert.deepEqual(await everything(gateway.url, had.ids), before);
  const shop = new Shop(gateway, receiver, app.app_token, bank.bankUrl);
  const again = await api(gateway.url, app.app_token)('POST', had.request.path, {body: had.request.body, headers: {'idempotency-key': 'before-the-move'}});
  assert.deepEqual([again.status, again.text, again.headers.get('idempotency-replayed')], [had.answered.status, had.answered.text, 'true']);
  for (const token of [had.key, had.access_token]) {
    const {status, text} = await api(gateway.url)('GET', '/customers/v1', {headers: {authorization: `Bearer ${token}`}});
    assert.equal(status, 200, text);
  }

  // What was waiting goes on: the webhook that nobody took, and the payer who was about to type a code.
  receiver.script.length = 0;
  const arrived = receiver.deliveries.length;
  await shop.advance('1m');
  await receiver.until(
    () => receiver.deliveries.slice(arrived).some(({event}) => event.payload['intent_id'] === had.untold), 10_000, 'it was not told after the move',
  );
  const session = had.session.at(gateway.url);
  await session.look();
  await session.act('submit', {otp: '1111'});
  await shop.event(had.begun, 'payment.created');
  assert.equal((await shop.payment(had.begun)).status, 'ACCEPTED_BY_BANK');
  await shop.intent(had.payer, had.destination);
  shop.assertWebhooksHold();

  // And the file stands by.
  await old.gateway.start();
  const late = await old.call('POST', '/customers/v1', {app_user_id: 'too late'});
  assert.deepEqual([late.status, late.body.status], [503, 'SERVICE_UNAVAILABLE']);
});

test('what a kill left unknown is found out after the move, and paid once', async () => {
  const {session, intent, destination} = await old.at('CODE', 'payer-plain');
  const strikes = await old.bank.next({call: 'authorise_payment', effect: 'answer_late', delay_ms: 60_000});
  const acting = assert.rejects(session.act('submit', {otp: '1111'}));
  await eventually(strikes, (count) => count === 1, 'the order at the bank');
  await old.gateway.kill();
  await acting;

  assert.equal((await moved()).outcome, 'MOVED');
  const shop = new Shop(await onServer().start(), receiver, app.app_token, bank.bankUrl);
  const unknown = await eventually(async () => shop.payment(intent), ({status}) => status !== 'AWAITING_PAYMENT_MFA', 'it waits still', kGivenUpMs);
  assert.deepEqual([unknown.status, unknown.status_detail], ['PENDING_WITH_BANK', 'OUTCOME_UNKNOWN']);
  await shop.advance('2s');
  await shop.event(intent, 'payment.updated');
  assert.equal((await shop.payment(intent)).status, 'ACCEPTED_BY_BANK');
  assert.equal((await shop.transfersTo(destination)).length, 1);
  shop.assertWebhooksHold();
});

test('it goes nowhere else than to an empty database, and only from the live one', async () => {
  await old.customer();
  await old.gateway.stop();
  const other = await onFile().start();
  await other.json('app', 'create', '--name', 'Other', '--mode', 'sandbox');
  await other.stop();

  const expectRefused = async (args: string[], why: RegExp): Promise<void> => {
    const {code, err} = await run(args);
    assert.equal(code, 1, args.join(' '));
    assert.match(err, why);
  };
  assert.equal((await run(migrate('nonsense://'))).code, 2);
  await expectRefused(migrate(postgres.url(database), join(old.gateway.dataFolder, 'none')), /there is no database/);
  await expectRefused(migrate('postgresql://postgres:hidden@127.0.0.1:9/none'), /^(?!.*hidden).*$/s);

  // Begun by one, it is nobody else's.
  const foreign = await postgres.createDatabase();
  assert.equal((await run(migrate(postgres.url(foreign), other.dataFolder))).code, 0);
  await expectRefused(migrate(postgres.url(foreign)), /holds an installation that moved there before/);
  await expectRefused(migrate(postgres.url(database), other.dataFolder), /has begun to move to another PostgreSQL database/);
  await postgres.query("UPDATE settings SET value = 'unfinished' WHERE name = 'move_state'; UPDATE settings SET value = '' WHERE name = 'home'", foreign);
  await expectRefused(migrate(postgres.url(foreign)), /unfinished move of another installation/);
  await postgres.query("DELETE FROM settings WHERE name LIKE 'move_%'", foreign);
  await expectRefused(migrate(postgres.url(foreign)), /in use already: there are rows in applications/);
  await postgres.dropDatabase(foreign);

  assert.equal((await run(['deactivate', '--data', old.gateway.dataFolder])).code, 0);
  await expectRefused(migrate(), /is a copy of another database/);
  assert.equal((await run(['activate', '--data', old.gateway.dataFolder])).code, 0);
});

test('a value that is another one in the end is found, and nobody is live until the move is right', async () => {
  const customer = await old.customer();
  await old.gateway.stop();
  let lock = await Lock.by('CREATE TABLE gateways (id BYTEA)');
  const making = new Moving();
  await making.stuckAt('%CREATE TABLE gateways');
  await making.kill();
  await lock.release();

  lock = await Lock.beforeInserts('customers');
  const moving = new Moving();
  await moving.stuckAt('COPY "customers"');
  await inServer("UPDATE applications SET name = 'Marsa'");
  await lock.release();
  const {code, err} = await moving.end();
  assert.equal(code, 1);
  assert.match(err, new RegExp(`PostgreSQL does not hold what the file holds: applications ${app.client_id}: another name`));
  assert.doesNotMatch(err, /Marsa/);
  assert.equal(await live(), 'nobody');

  await inServer("UPDATE applications SET name = 'Marsa قنطرة'");
  assert.equal((await moved()).outcome, 'MOVED');
  const call = api((await onServer().start()).url, app.app_token);
  assert.equal((await call('GET', `/customers/v1/${customer}`)).status, 200);
});

test('the commands of the guide move an installation, and back', async () => {
  await old.customer();
  await old.gateway.stop();
  const guide = readFileSync(new URL('../../../docs/guides/move-to-postgresql.md', import.meta.url), 'utf8');
  const commands = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map((block) => block[1]!);
  assert.equal(commands.length, 3);
  const env = {
    ...process.env,
    PATH: `${dirname(binary)}:${process.env['PATH'] ?? ''}`,
    QANTARA_DATA: old.gateway.dataFolder,
    DATABASE: postgres.url(database),
  };
  const does = (command: string) => {
    const {status, stdout, stderr} = spawnSync('bash', ['-euo', 'pipefail', '-c', command], {cwd: old.gateway.dataFolder, encoding: 'utf8', env});
    assert.equal(status, 0, stderr + stdout);
    return stdout;
  };
  assert.match(does(commands[0]!), /is a backup of/);
  assert.match(does(commands[1]!), /has moved to postgres:\/\/.*every value compared/s);
  assert.equal(await live(), 'server');
  does(commands[2]!);
  assert.equal(await live(), 'file');
});
