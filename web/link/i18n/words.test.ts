import assert from 'node:assert/strict';
import {test} from 'node:test';

import {ar} from './ar.js';
import {en} from './en.js';

const slotsOf = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([, name]) => name).sort();

test('every text has the same slots in both languages', () => {
  assert.deepEqual(Object.keys(ar), Object.keys(en));
  for (const [key, text] of Object.entries(en)) {
    assert.deepEqual(slotsOf(ar[key as keyof typeof en]), slotsOf(text), key);
  }
});

test('Arabic is Arabic, with digits from 0 to 9', () => {
  for (const [key, text] of Object.entries(ar)) {
    assert.doesNotMatch(text, /[٠-٩۰-۹]/, key);
    if (slotsOf(text).length === 0) assert.match(text, /\p{Script=Arabic}/u, key);
  }
});

// "No money has left" is a claim that only the server makes.
test('the sentence about the money stands in one place', () => {
  for (const [language, table] of Object.entries({en, ar})) {
    const saying = Object.entries(table).filter(([, text]) => text.includes(table.money_not_moved));
    assert.deepEqual(saying.map(([key]) => key), ['money_not_moved'], language);
  }
});
