import assert from 'node:assert/strict';
import {test} from 'node:test';

import {isBackground, overlayOf, parseColor} from './color.js';

// Node has no CSS: what a browser would say to the names and gradients below.
const names = ['teal', 'inherit', 'currentcolor'];
Object.assign(globalThis, {
  CSS: {supports: (_: string, value: string) => names.includes(value.toLowerCase()) || /^linear-gradient\(.+,.+\)$/.test(value)},
});

test('reads_hex_rgb_and_names', () => {
  const cases: [string, string, number][] = [
    ['#0B5F6E', '#0B5F6E', 1],
    ['#abc', '#abc', 1],
    ['#abc8', '#abc', 8 / 15],
    ['#0b5f6e80', '#0b5f6e', 128 / 255],
    [' rgb(1, 2, 3) ', 'rgb(1, 2, 3)', 1],
    ['rgb(1 2 3 / 50%)', 'rgb(1, 2, 3)', 0.5],
    ['rgba(1,2,3,.25)', 'rgb(1, 2, 3)', 0.25],
    ['RGB(10%, 20%, 30%)', 'rgb(10%, 20%, 30%)', 1],
    ['rgb(1 2 3 / 7)', 'rgb(1, 2, 3)', 1],
    ['Teal', 'Teal', 1],
    ['transparent', '#000', 0],
  ];
  for (const [text, opaque, opacity] of cases) assert.deepEqual(parseColor(text), {opaque, opacity}, text);
});

test('refuses_what_is_no_colour', () => {
  const wrong = ['', '#', '#12', '#12345', '#1234567', '#ggg', 'rgb()', 'rgb(1, 2)', 'rgb(1 2 3 4 5)', 'hsl(1 2% 3%)', 'tealish',
    'inherit', 'currentcolor', 'var(--x)', 'url(https://a.example)', 'teal;color:red', 'rgb(1,2,3)}', '0B5F6E'];
  for (const text of wrong) assert.equal(parseColor(text), undefined, text);
});

test('keeps_the_overlay_between_dim_and_dark', () => {
  const cases: [string | undefined, string, number][] = [
    [undefined, 'rgb(20, 33, 43)', 0.56],
    ['nonsense!', 'rgb(20, 33, 43)', 0.56],
    ['#000', '#000', 0.8],
    ['transparent', '#000', 0.4],
    ['rgb(255 0 0 / 0.1)', 'rgb(255, 0, 0)', 0.4],
    ['rgb(255 0 0 / 0.5)', 'rgb(255, 0, 0)', 0.5],
    ['teal', 'teal', 0.8],
  ];
  for (const [text, opaque, opacity] of cases) assert.deepEqual(overlayOf(text), {opaque, opacity}, text);
});

test('takes_gradients_of_colours_that_load_nothing', () => {
  for (const right of ['#fff', 'teal', 'linear-gradient(#fff, #eee)', 'linear-gradient(90deg, rgb(1, 2, 3) 0%, teal)']) {
    assert.equal(isBackground(right), true, right);
  }
  for (const wrong of ['', 'radial-gradient(#fff, #eee)', 'linear-gradient(#fff, #eee); x: y', 'linear-gradient(url(a), #fff)', 'linear-gradient()',
    'linear-gradient(var(--a), #fff)', 'linear-gradient(#fff, #eee), url(https://a.example/a.png)']) {
    assert.equal(isBackground(wrong), false, wrong);
  }
});
