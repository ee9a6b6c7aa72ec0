import assert from 'node:assert/strict';
import {test} from 'node:test';

import {cleanCode, currencyName, foldName, groupThousands, groupsOfFour, minutesAndSeconds, momentOf} from './format.js';

test('amounts are grouped without losing a digit', () => {
  const cases = [
    ['0.00', '0.00'], ['7', '7'], ['999.999', '999.999'], ['1000.00', '1,000.00'], ['1234567.125', '1,234,567.125'],
    ['90071992547409931.00', '90,071,992,547,409,931.00'],  // Beyond what a JavaScript number holds.
  ];
  for (const [decimal, grouped] of cases) assert.equal(groupThousands(decimal!), grouped);
});

test('a currency without an Arabic name keeps its code', () => {
  assert.equal(currencyName('AED', 'ar'), 'درهم إماراتي');
  assert.equal(currencyName('XYZ', 'ar'), 'XYZ');
  assert.equal(currencyName('AED', 'en'), 'AED');
});

test('account numbers are split in fours, masked ones where they are', () => {
  assert.deepEqual(groupsOfFour('AE260260001008223921001').join(' '), 'AE26 0260 0010 0822 3921 001');
  assert.deepEqual(groupsOfFour('AE34 •••• 4001'), ['AE34', '••••', '4001']);
});

test('codes are taken however they are typed', () => {
  for (const typed of ['1111', '1 111', '11-11', ' 1111\n', '١١١١', '۱۱۱۱', '\u200f11\u200e11', '11–11']) {
    assert.equal(cleanCode(typed), '1111', JSON.stringify(typed));
  }
});

test('names are found whatever their letters look like', () => {
  const cases = [
    ['Al Rajhi', 'rajhi'], ['الراجحي', 'راجحي'], ['بَنْك التجربة', 'بنك التجربه'], ['أبـو ظبـي', 'ابو ظبي'], ['مستشفى', 'مستشفي'],
    ['École  Bank', 'ecole bank'],
  ];
  for (const [name, folded] of cases) assert.equal(foldName(name!), folded);
});

test('times use western digits in both languages', () => {
  const at = new Date('2026-11-22T05:40:00Z');
  assert.deepEqual(momentOf(at, 'en', 'Asia/Dubai').day, 'Sunday 22 Nov');
  assert.deepEqual(momentOf(at, 'ar', 'Asia/Riyadh').time, '08:40');
  assert.match(momentOf(at, 'ar', 'Asia/Riyadh').day, /22/);
});

test('what is left of a time never falls below nothing', () => {
  assert.deepEqual([271_000, 59_400, 0, -5000].map(minutesAndSeconds), ['04:31', '00:59', '00:00', '00:00']);
});
