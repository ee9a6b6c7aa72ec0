import assert from 'node:assert/strict';
import {test} from 'node:test';

import {indented, readAmount, shortIds} from './plain.js';
import {kTexts} from './texts.js';

test('reads_amounts_as_people_type_them_and_none_in_two_ways', () => {
  const rows: [string, string | undefined][] = [
    ['50', '50'], ['50.25', '50.25'], [' 1 000 ', '1000'], ['1,000', '1000'], ['1,000,000.50', '1000000.50'],
    ['٥٠', '50'], ['۵۰', '50'], ['١٬٠٠٠٫٥٠', '1000.50'],
    ['50,25', undefined], ['1,00,000', undefined], ['1.000,50', undefined], ['', undefined], ['-5', undefined], ['5e3', undefined],
    ['.5', undefined], ['5.', undefined], ['AED 5', undefined], ['5.5.5', undefined],
  ];
  for (const [typed, expected] of rows) assert.equal(readAmount(typed), expected, typed);
});

test('breaks_lines_of_json_and_changes_nothing_else', () => {
  assert.equal(indented('{"amount":1000.00,"list":[1,2],"none":{},"text":"a, {b}: \\"c\\""}'), [
    '{', '  "amount": 1000.00,', '  "list": [', '    1,', '    2', '  ],', '  "none": {},', '  "text": "a, {b}: \\"c\\""', '}',
  ].join('\n'));
  for (const text of ['', 'not json', '"open', ']]]}', '{"cut":"of…']) assert.equal(indented(text).replace(/\s/g, ''), text.replace(/\s/g, ''));
});

test('shows_ids_by_their_last_characters', () => {
  assert.equal(shortIds('GET /customers/v1/01a1fe65-7d94-789b-a7a0-b56250478e60/payment-sources'), 'GET /customers/v1/…50478e60/payment-sources');
  assert.equal(shortIds('payment.created'), 'payment.created');
});

test('has_the_same_slots_in_both_languages', () => {
  const slots = (text: string) => [...text.matchAll(/\{(\w+)\}/g)].map(([slot]) => slot).sort();
  for (const [key, text] of Object.entries(kTexts.en)) assert.deepEqual(slots(kTexts.ar[key as keyof typeof kTexts.en]), slots(text), key);
});
