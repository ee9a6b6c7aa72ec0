// The PostgreSQL that tests start: it does what they order, and nothing of it outlives them.
import assert from 'node:assert/strict';
import {execFile, spawn} from 'node:child_process';
import {existsSync} from 'node:fs';
import {dirname} from 'node:path';
import {createInterface} from 'node:readline';
import {test} from 'node:test';

import {Postgres, type PostgresVersion} from '../support/postgres.js';
import {type Cut, PostgresProxy} from '../support/postgres_proxy.js';
import {eventually} from '../support/shop.js';

async function answers(postgres: Postgres): Promise<boolean> {
  return postgres.query('SELECT 1').then(() => true, () => false);
}

for (const version of [15, 18] as PostgresVersion[]) {
  test(`version ${version} is durable as it comes, is killed, stalled and started again, and leaves nothing`, async () => {
    const postgres = await Postgres.start({version, settings: {max_connections: 20}});
    const folder = dirname(postgres.socket);
    try {
      const settings = await postgres.query("SELECT setting FROM pg_settings WHERE name IN ('fsync', 'full_page_writes', 'max_connections', 'synchronous_commit') ORDER BY name");
      assert.deepEqual(settings.flat(), ['on', 'on', '20', 'on']);
      assert.match((await postgres.query('SHOW server_version'))[0]![0]!, new RegExp(`^${version}\\.`));

      const database = await postgres.createDatabase();
      await postgres.query('CREATE TABLE t (x bigint); INSERT INTO t VALUES (7)', database);
      for (const end of [() => postgres.stop(), () => postgres.stop('immediate'), () => postgres.kill()]) {
        await end();
        assert.equal(await answers(postgres), false);
        await postgres.resume();
        assert.deepEqual(await postgres.query('SELECT x FROM t', database), [['7']]);
      }
      const waiting = postgres.query('SELECT pg_sleep(60)', database).then(() => 'done', () => 'cut off');
      await eventually(() => postgres.query(`SELECT pid FROM pg_stat_activity WHERE datname = '${database}'`), ({length}) => length === 1, 'nobody came');
      await postgres.killBackend(database);
      assert.equal(await waiting, 'cut off');
      await eventually(() => answers(postgres), (does) => does, 'it does not recover');

      postgres.stall();
      const answer = answers(postgres);
      assert.equal(await Promise.race([answer, new Promise((resolve) => setTimeout(() => resolve('late'), 300))]), 'late');
      postgres.goOn();
      assert.equal(await answer, true);
      postgres.stall();  // So it is ended.
    } finally {
      await postgres.dispose();
    }
    assert.equal(existsSync(folder), false);
  });
}

test('a connection is cut before a commit arrives, behind it, and at its answer', async () => {
  const postgres = await Postgres.start();
  const proxy = await PostgresProxy.before(postgres);
  try {
    await postgres.query('CREATE TABLE t (x bigint)');
    const psql = async (...statements: string[]) => new Promise<boolean>((resolve) => {
      const commands = statements.flatMap((statement) => ['--command', statement]);
      execFile('psql', ['--no-psqlrc', '--set=ON_ERROR_STOP=1', ...commands, proxy.url('postgres')], (error) => resolve(error === null));
    });
    const insert = async (x: number) => psql('BEGIN', `INSERT INTO t VALUES (${x})`, 'COMMIT');
    const moments: [Cut, isThere: boolean][] = [['before COMMIT', false], ['behind COMMIT', true], ['at its answer', true]];
    for (const [x, [moment, isThere]] of moments.entries()) {
      const cut = proxy.cutNext(moment);
      assert.equal(await psql('BEGIN', 'SELECT 1', 'COMMIT'), true, 'nothing is changed by this one');
      assert.equal(await insert(x), false, moment);
      await cut;
      const rows = async () => (await postgres.query(`SELECT x FROM t WHERE x = ${x}`)).length;
      await eventually(rows, (count) => count === (isThere ? 1 : 0), moment);
    }
    assert.equal(await insert(9), true);
    assert.deepEqual([proxy.cuts, proxy.commits], [3, 4]);

    proxy.shutOut();
    assert.equal(await insert(10), false);
    proxy.letIn();
    proxy.hold();
    const held = insert(11);
    assert.equal(await Promise.race([held, new Promise((resolve) => setTimeout(() => resolve('waits'), 300))]), 'waits');
    proxy.release();
    assert.equal(await held, true);
  } finally {
    await proxy.close();
    await postgres.dispose();
  }
});

test('it ends with a process that is killed', async () => {
  const module = new URL('../support/postgres.js', import.meta.url);
  const script = `const {Postgres} = await import('${module}'); const p = await Postgres.start(); console.log(p.socket, p.pid); setTimeout(() => {}, 1e9);`;
  const child = spawn(process.execPath, ['--input-type=module', '--eval', script], {stdio: ['ignore', 'pipe', 'inherit']});
  const line = await new Promise<string>((resolve) => createInterface({input: child.stdout}).once('line', resolve));
  const [socket, pid] = line.split(' ') as [string, string];
  assert.ok(existsSync(socket) && existsSync(`/proc/${pid}`));
  child.kill('SIGKILL');
  await eventually(async () => existsSync(dirname(socket)) || existsSync(`/proc/${pid}`), (isThere) => !isThere, 'something is left');
});
