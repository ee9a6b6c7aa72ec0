// A gateway that is killed while it delivers loses no event and keeps their order.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {Hooks} from '../support/hooks.js';
import type {Receiver} from '../support/receiver.js';

/** Each intent is created and taken back: two events, which must be seen in this order. */
async function tell(hooks: Hooks, count: number, told: string[]): Promise<void> {
  for (let i = 0; i < count; ++i) {
    const [intent] = await hooks.publish();
    await hooks.ok('POST', `/payments/v1/intents/${intent}/cancel`);
    told.push(intent!);
  }
}

function firstSightings(receiver: Receiver): Map<unknown, number[]> {
  const seen = new Map<unknown, number[]>();
  for (const {payload, sequence} of receiver.events) {
    seen.set(payload['intent_id'], [...(seen.get(payload['intent_id']) ?? []), sequence]);
  }
  return seen;
}

test('killed again and again under load: every event arrives at every endpoint, in order, always with the same bytes', async () => {
  const hooks = await Hooks.open();
  try {
    const endpoints = [await hooks.listen(), await hooks.listen()];
    const told: string[] = [];
    for (let round = 0; round < 4; ++round) {
      const before = endpoints[0]!.receiver.deliveries.length;
      const endings: Promise<void>[] = [];
      for (let payer = 0; payer < 6; ++payer) endings.push(tell(hooks, 50, told).catch(() => undefined));
      await endpoints[0]!.receiver.until(() => endpoints[0]!.receiver.deliveries.length >= before + 10 + 15 * round, 20_000, 'nothing to lose');
      await hooks.gateway.kill();
      await Promise.all(endings);
      await hooks.gateway.start();
    }
    assert.ok(told.length > 0);
    for (const {receiver} of endpoints) {
      const missing = () => {
        const seen = firstSightings(receiver);
        return told.filter((intent) => seen.get(intent)?.length !== 2);
      };
      await receiver.until(() => missing().length === 0, 20_000, 'not everything came');
      for (const [intent, sequences] of firstSightings(receiver)) {
        assert.deepEqual(sequences, [1, 2].slice(0, sequences.length), `${String(intent)} in order`);
      }
      const bodies = new Map<string, string>();
      for (const {event, body} of receiver.deliveries) {
        assert.equal(bodies.get(event.event_id) ?? body, body);
        bodies.set(event.event_id, body);
      }
    }
  } finally {
    await hooks.close();
  }
});
