// Three gateways on one PostgreSQL: whichever of them dies or is restarted, and whenever, they keep what they have promised.
//   QANTARA_CHAOS_KILLS=200 QANTARA_CHAOS_EVERY_MS=5000 node tests/run.mjs postgres_nodes     takes twenty minutes
import assert from 'node:assert/strict';
import {test} from 'node:test';
import {setTimeout as wait} from 'node:timers/promises';

import {postgresVersion} from '../support/engine.js';
import {Fleet, Press} from '../support/fleet.js';
import {eventually} from '../support/shop.js';

const kKills = Number(process.env['QANTARA_CHAOS_KILLS'] ?? 6);
const kEveryMs = Number(process.env['QANTARA_CHAOS_EVERY_MS'] ?? 1500);

test('one is killed again and again: nothing is lost, done twice or told out of order, and the cursor misses nothing', async (t) => {
  const fleet = await Fleet.start({version: postgresVersion});
  try {
    const press = new Press(fleet);
    await press.start();
    for (let kills = 0; kills < kKills; ++kills) {
      const before = press.acknowledged.length;
      await wait(kEveryMs);
      const node = fleet.nodes[kills % fleet.nodes.length]!;
      await node.kill();
      await eventually(async () => press.acknowledged.length, (count) => count > before + 3, 'nothing is acknowledged while one is away');
      await node.start();
    }
    await press.stop();
    const {events, payments} = await press.settle();
    t.diagnostic(`${kKills} kills: ${press.promised.length} writes acknowledged, ${payments} payments, ${events} events, ${fleet.shop.receiver.deliveries.length} deliveries, ${press.refusals.length} requests without an answer`);
    assert.ok(payments > 0 && press.promised.length > 10 * kKills, 'there was something to lose');
  } finally {
    await fleet.close();
  }
});

test('one after the other is restarted: nobody is refused but by a door that is closed, and nothing is lost', async (t) => {
  const fleet = await Fleet.start({version: postgresVersion});
  try {
    const press = new Press(fleet);
    await press.start();
    for (const node of fleet.nodes) {
      await wait(500);
      assert.equal(await node.stop(), 0);
      await wait(300);
      await node.start();
    }
    await wait(500);
    await press.stop();
    const {events, payments} = await press.settle();
    t.diagnostic(`${press.promised.length} writes acknowledged, ${payments} payments, ${events} events, refusals: ${press.refusals.map(({status, code}) => `${status} ${code}`).join(', ')}`);
    assert.deepEqual(press.refusals.filter(({status, code}) => status !== 0 || !['ECONNREFUSED', 'ECONNRESET', 'UND_ERR_SOCKET'].includes(code)), []);
  } finally {
    await fleet.close();
  }
});
