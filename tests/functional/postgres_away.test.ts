// PostgreSQL goes away in every way there is, under load: nobody is told that something worked which did not, nobody waits
// long to hear that it does not, and when it is back so are the gateways.
//   QANTARA_CHAOS_ROUNDS=10 node tests/run.mjs postgres_away     each kind of trouble ten times
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';
import {setTimeout as wait} from 'node:timers/promises';

import {postgresVersion} from '../support/engine.js';
import {Fleet, Press} from '../support/fleet.js';
import type {Postgres} from '../support/postgres.js';
import {type Cut, PostgresProxy} from '../support/postgres_proxy.js';
import {eventually} from '../support/shop.js';

const kRounds = Number(process.env['QANTARA_CHAOS_ROUNDS'] ?? 1);

/** What is promised, and how much later a machine that does other things besides may notice it. */
const kAnswerMs = 2000;
const kReturnMs = 5000;
const kSlackMs = 1000;
/** How long it is away: longer than an answer may take. */
const kAwayMs = 3000;

let fleet: Fleet;
let proxy: PostgresProxy;
let press: Press;

before(async () => {
  const through = async (postgres: Postgres, database: string) => {
    proxy = await PostgresProxy.before(postgres);
    return proxy.url(database);
  };
  fleet = await Fleet.start({version: postgresVersion, gateways: 2, through});
  press = new Press(fleet);
  await press.start({creators: 4, payers: 2});
});
after(async () => {
  await fleet?.close();
  await proxy?.close();
});

/** Waits until this many more writes have been acknowledged. Result: how long the first of them took. */
async function acknowledged(count = 5): Promise<number> {
  const begun = Date.now();
  const already = press.acknowledged.length;
  await eventually(async () => press.acknowledged.length, (now) => now >= already + count, 'nothing is acknowledged', 20_000);
  return press.acknowledged[already]! - begun;
}

const troubles: {name: string; isLong: boolean; leave: () => unknown; forMs?: number; comeBack?: () => unknown}[] = [
  {name: 'it is stopped', isLong: true, leave: () => fleet.postgres.stop('fast'), comeBack: () => fleet.postgres.resume()},
  {name: 'it crashes', isLong: true, leave: () => fleet.postgres.stop('immediate'), comeBack: () => fleet.postgres.resume()},
  {name: 'it is killed', isLong: true, leave: () => fleet.postgres.kill(), comeBack: () => fleet.postgres.resume()},
  {name: 'it stands still for 10 s', isLong: true, leave: () => fleet.postgres.stall(), forMs: 10_000, comeBack: () => fleet.postgres.goOn()},
  {name: 'the network lets nobody in', isLong: true, leave: () => proxy.shutOut(), comeBack: () => proxy.letIn()},
  {name: 'the network swallows everything', isLong: true, leave: () => proxy.hold(), comeBack: () => proxy.release()},
  {name: 'one of its processes is killed', isLong: false, leave: () => fleet.postgres.killBackend(fleet.database)},
  {name: 'an operator ends all connections', isLong: false, leave: () => fleet.postgres.disconnectAll(fleet.database)},
  {name: 'the network cuts all connections', isLong: false, leave: () => proxy.cutAll()},
];

for (const {name, isLong, leave, forMs = kAwayMs, comeBack} of troubles) {
  test(`${name}: 503 within 2 s, and back within 5 s`, async (t) => {
    for (let round = 0; round < kRounds; ++round) {
      await acknowledged();
      press.refusals.length = 0;
      await leave();
      if (isLong) await wait(forMs);
      const whileAway = press.refusals.length;
      await comeBack?.();
      const returnMs = await acknowledged();
      const answered = press.refusals.filter(({status}) => status !== 0);
      const slowestMs = Math.max(0, ...answered.map(({tookMs}) => tookMs));
      t.diagnostic(`the slowest refusal of ${answered.length} took ${slowestMs} ms, the first write after its return ${returnMs} ms`);
      if (isLong) assert.ok(whileAway > 0, 'somebody heard of it');
      assert.deepEqual(press.refusals.filter(({status}) => status !== 503), []);
      assert.ok(slowestMs <= kAnswerMs + kSlackMs, `${slowestMs} ms until 503`);
      assert.ok(returnMs <= kReturnMs + kSlackMs, `${returnMs} ms until the next write`);
    }
  });
}

for (const where of ['before COMMIT', 'behind COMMIT', 'at its answer'] as Cut[]) {
  test(`a connection is lost ${where}: what came of it is found out`, async () => {
    for (let round = 0; round < 5 * kRounds; ++round) {
      await proxy.cutNext(where);
      await acknowledged();
    }
  });
}

test('after all of that nothing is lost, nothing was done twice, and the cursor has missed nothing', async (t) => {
  await press.stop();
  const {events, payments} = await press.settle();
  t.diagnostic(`${press.promised.length} writes acknowledged, ${payments} payments, ${events} events, ${proxy.cuts} commits cut`);
});
