// What a gateway refuses to start on, and what it says then: nothing of the password.
import assert from 'node:assert/strict';
import {copyFileSync, mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {postgresVersion} from '../support/engine.js';
import {Gateway, run} from '../support/gateway.js';
import {Postgres} from '../support/postgres.js';

const kPassword = 'tremendously-secret';
const folder = mkdtempSync(join(tmpdir(), 'qantara-refusals-'));
let postgres: Postgres;

before(async () => (postgres = await Postgres.start({version: postgresVersion})));
after(async () => {
  await postgres?.dispose();
  rmSync(folder, {recursive: true, force: true});
});

async function refused(url: string, words: RegExp, ...flags: string[]): Promise<void> {
  const {code, out, err} = await run(['serve', '--listen', '127.0.0.1:0', '--data', join(folder, 'data'), '--database', url, ...flags]);
  assert.equal(code, 1, out + err);
  assert.match(err, words);
  assert.ok(!err.includes(kPassword), err);
  assert.equal(out, '');
}

const unsafe = ['fsync', 'full_page_writes', 'synchronous_commit'];

for (const setting of unsafe) {
  test(`${setting}=off is refused by name, and taken where that is asked for, which its health tells`, async () => {
    await postgres.stop();
    await postgres.resume({[setting]: 'off'});
    const database = await postgres.createDatabase();
    await refused(postgres.url(database), new RegExp(`${setting}.*off`));
    const gateway = new Gateway({verb: 'serve', flags: ['--database', postgres.url(database), '--unsafe-durability']});
    try {
      await gateway.start();
      const {status, ...health} = await (await fetch(`${gateway.url}/readyz`)).json() as Record<string, unknown>;
      assert.ok(status);
      assert.match(JSON.stringify(health), /durab/);
    } finally {
      await gateway.dispose();
      await postgres.stop();
      await postgres.resume();
    }
  });
}

test('one that is durable is told to be nothing else, also where an unsafe one would be taken', async () => {
  const database = await postgres.createDatabase();
  const gateway = new Gateway({verb: 'serve', flags: ['--database', postgres.url(database)]});
  try {
    await gateway.start();
    assert.doesNotMatch(await (await fetch(`${gateway.url}/readyz`)).text(), /durab/);
  } finally {
    await gateway.dispose();
  }
});

test('a commit that does not wait for the standby there should be is warned of, in the log and by doctor', async () => {
  const database = await postgres.createDatabase();
  const gateway = new Gateway({verb: 'serve', flags: ['--database', postgres.url(database)]});
  const warnings = async () => {
    await gateway.start();
    const {out} = await run(['doctor', '--json', '--listen', '127.0.0.1:0', '--data', gateway.dataFolder, '--database', postgres.url(database)]);
    await gateway.stop();
    const finding = out.split('\n').find((line) => line.includes('"standby"'));
    const {length} = gateway.logLines.filter((line) => line.includes('a failover may lose what was acknowledged'));
    return {logged: length, verdict: finding === undefined ? undefined : (JSON.parse(finding) as {verdict: string}).verdict};
  };
  const resumed = async (settings: Record<string, string>) => {
    await postgres.stop();
    await postgres.resume(settings);
  };
  try {
    await resumed({synchronous_commit: 'local'});
    assert.deepEqual(await warnings(), {logged: 0, verdict: undefined}, 'there is no standby to wait for');
    await resumed({synchronous_commit: 'local', synchronous_standby_names: '*'});
    assert.deepEqual(await warnings(), {logged: 1, verdict: 'look'});
  } finally {
    await gateway.dispose();
    await resumed({});
  }
});

test('a setting that is off for one database or one user alone is seen', async () => {
  const database = await postgres.createDatabase();
  await postgres.query(`ALTER DATABASE ${database} SET synchronous_commit = off`);
  await refused(postgres.url(database), /synchronous_commit.*off/);
});

test('who is not let in is told why, and by whom', async () => {
  const database = await postgres.createDatabase();
  await postgres.query(`CREATE ROLE gateway LOGIN PASSWORD 'another'`);
  await postgres.requirePassword('gateway');
  const host = postgres.url().split('?')[1];
  await refused(postgres.url(database, `gateway:${kPassword}`), /password authentication failed/);
  await refused(postgres.url(database, 'gateway'), /password/);
  await refused(postgres.url('nowhere', `postgres:${kPassword}`), /"nowhere" does not exist/);
  await refused(`postgresql://gateway:${kPassword}@127.0.0.1:1/qantara`, /127\.0\.0\.1/);
  await refused(`postgresql://gateway:${kPassword}@no-such-host.invalid/qantara`, /no-such-host\.invalid/);
  await refused(`postgresql://gateway:${kPassword}@/qantara?${host}&nonsense=1`, /named like postgres:\/\//);
});

test('a database of a newer version, and one that is not in UTF-8, are left as they are', async () => {
  const latin = await postgres.createDatabase("ENCODING 'LATIN1' TEMPLATE template0 LC_COLLATE 'C' LC_CTYPE 'C'");
  await refused(postgres.url(latin), /UTF-?8/i);
  assert.deepEqual(await postgres.query("SELECT 1 FROM pg_tables WHERE schemaname = 'public'", latin), []);

  const newer = await postgres.createDatabase();
  const gateway = new Gateway({verb: 'serve', flags: ['--database', postgres.url(newer)]});
  await gateway.start();
  await gateway.dispose();
  await postgres.query("INSERT INTO schema_migrations SELECT 9999, 'of tomorrow', checksum FROM schema_migrations LIMIT 1", newer);
  await refused(postgres.url(newer), /newer/);
});

test('the key of another database is refused', async () => {
  const database = await postgres.createDatabase();
  const flags = ['--database', postgres.url(database)];
  const first = new Gateway({verb: 'serve', flags});
  const second = new Gateway({verb: 'serve', flags});
  try {
    await first.start();
    await assert.rejects(second.start(), /key/);
    copyFileSync(join(first.dataFolder, 'key'), join(second.dataFolder, 'key'));
    await second.start();
  } finally {
    await first.dispose();
    await second.dispose();
  }
});
