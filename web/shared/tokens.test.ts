import assert from 'node:assert/strict';
import {test} from 'node:test';

import {contrast, parseColor} from '../link/theme.js';
import css from './tokens.css?raw';

function tokensOf(block: string): Map<string, string> {
  return new Map([...block.matchAll(/(--[\w-]+):\s*([^;]+);/g)].map(([, name, value]) => [name!, value!]));
}

const blocks = [...css.matchAll(/(:root[^{]*)\{([^}]*)\}/g)].map(([, selector, body]) => ({selector: selector!.trim(), tokens: tokensOf(body!)}));
const tokens = (selector: string) => blocks.find((block) => block.selector === selector)!.tokens;
const light = tokens(':root');
const dark = new Map([...light, ...tokens(':root[data-appearance="dark"]')]);

test('the dark set is the same where the device wishes it and where the page does', () => {
  const wished = tokens(':root:not([data-appearance="light"])');
  assert.deepEqual([...wished], [...tokens(':root[data-appearance="dark"]')]);
});

// Foreground, background, least contrast (WCAG 2.2: 4.5 for text, 3 for the outlines of controls).
const pairs: [string, string, number][] = [
  ...['--text', '--muted', '--accent', '--link', '--ok', '--wait', '--unknown', '--bad'].flatMap(
    (name): [string, string, number][] => ['--surface', '--page', '--surface-2'].map((ground) => [name, ground, 4.5])),
  ...['ok', 'wait', 'unknown', 'bad'].map((name): [string, string, number] => [`--${name}`, `--${name}-soft`, 4.5]),
  ['--on-accent', '--accent', 4.5],
  ['--on-accent', '--accent-hover', 4.5],
  ['--ribbon-text', '--ribbon', 4.5],
  ['--control', '--surface', 3],
  ['--control', '--page', 3],
  ['--control', '--surface-2', 3],
  ['--focus', '--surface', 3],
  ['--focus', '--page', 3],
];

for (const [appearance, set] of [['light', light], ['dark', dark]] as const) {
  for (const [front, back, least] of pairs) {
    test(`${front} stands out on ${back}, ${appearance}`, () => {
      const ratio = contrast(parseColor(set.get(front)!)!, parseColor(set.get(back)!)!);
      assert.ok(ratio >= least, `${ratio.toFixed(2)} of ${least}`);
    });
  }
}
