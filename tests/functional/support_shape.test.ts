// The comparison with samples: one that accepted everything would prove nothing.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {assertShape} from '../support/shape.js';

const id = '25c90cc6-67dc-4193-a6e9-a7c875fcc0af';

test('accepts other ids, times and texts, and further members', () => {
  assertShape(
    {id, at: '2023-03-21T12:39:55.65440435Z', name: 'XXXX', list: [{n: 1}], none: [], nothing: null},
    {id: id.replace('2', '3'), at: '2026-01-01T00:00:00.000001Z', name: '', list: [{n: 2, more: true}, {n: 3}], none: [], nothing: null, more: 1},
  );
});

test('refuses what is missing or of another kind', () => {
  const cases: [sample: unknown, actual: unknown, words: RegExp][] = [
    [{a: 1}, {}, /body\.a is missing/],
    [{a: {b: 1}}, {a: {}}, /body\.a\.b is missing/],
    [{a: 1000.0}, {a: '1000.00'}, /body\.a is "1000\.00"/],
    [{a: null}, {a: 'x'}, /body\.a is "x"/],
    [{a: 'x'}, {a: null}, /body\.a is null/],
    [{a: {}}, {a: []}, /body\.a is \[\]/],
    [{a: [1]}, {a: []}, /body\.a has 0 elements/],
    [{a: []}, {a: [1]}, /body\.a has 1 elements/],
    [{a: [{b: 1}]}, {a: [{b: 1}, {}]}, /body\.a\[1\]\.b is missing/],
    [{id}, {id: 'x'}, /body\.id is no UUID/],
    [{at: '2021-05-18T13:58:03.427045Z'}, {at: '2021-05-18T13:58:03Z'}, /body\.at is no time/],
    [{at: '2021-05-18T13:58:03.427045Z'}, {at: '2021-05-18T13:58:03.427045+04:00'}, /body\.at is no time/],
  ];
  for (const [sample, actual, words] of cases) assert.throws(() => assertShape(sample, actual), words);
});
