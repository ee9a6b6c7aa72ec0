import assert from 'node:assert/strict';
import {test} from 'node:test';

import css from '../shared/tokens.css?raw';
import {type Base, type Color, appearanceOf, betterOn, contrast, deriveTheme, parseBackground, parseColor} from './theme.js';

const names: Record<string, string> = {teal: 'rgb(0, 128, 128)', white: 'rgb(255, 255, 255)'};
const resolve = (name: string) => names[name];

function baseOf(block: string): Base {
  const token = (name: string) => parseColor(new RegExp(`${name}:\\s*(#\\w+)`).exec(block)![1]!)!;
  return {
    surface: token('--surface'), surface2: token('--surface-2'), text: token('--text'), muted: token('--muted'), bad: token('--bad'),
    control: token('--control'), accent: token('--accent'), link: token('--link'),
  };
}

const bases = {light: baseOf(css), dark: baseOf(css.slice(css.indexOf(':root[data-appearance="dark"]')))};

test('colours are read strictly', () => {
  const good: [string, Color][] = [
    ['#08f', {r: 0, g: 136, b: 255, a: 1}],
    ['#0B5F6E', {r: 11, g: 95, b: 110, a: 1}],
    ['#00000000', {r: 0, g: 0, b: 0, a: 0}],
    ['rgb(1, 2, 3)', {r: 1, g: 2, b: 3, a: 1}],
    ['rgb(1 2 3 / 50%)', {r: 1, g: 2, b: 3, a: 0.5}],
    ['rgba(1,2,3,.25)', {r: 1, g: 2, b: 3, a: 0.25}],
    [' Teal ', {r: 0, g: 128, b: 128, a: 1}],
  ];
  for (const [text, color] of good) assert.deepEqual(parseColor(text, resolve), color, text);
  const bad = ['', '#12', '#12345', 'rgb(256,0,0)', 'rgb(1,2)', 'hsl(1 2% 3%)', 'url(x)', 'red;}', 'var(--x)', 'expression(1)', 'nosuch', '#fff url(x)'];
  for (const text of bad) assert.equal(parseColor(text, resolve), undefined, text);
});

test('a background is a plain colour or a gradient of them, written anew', () => {
  const good: [string, string][] = [
    ['white', 'rgb(255 255 255)'],
    ['linear-gradient(180deg, #fff, teal 40%)', 'linear-gradient(180deg, rgb(255 255 255), rgb(0 128 128) 40%)'],
    ['linear-gradient(to right, rgb(1, 2, 3), #000)', 'linear-gradient(to right, rgb(1 2 3), rgb(0 0 0))'],
  ];
  for (const [text, written] of good) assert.equal(parseBackground(text, resolve)?.css, written);
  const bad = [
    'linear-gradient(#fff)', 'linear-gradient(#fff, url(x))', 'linear-gradient(#fff, #0008)', 'radial-gradient(#fff, #000)',
    'url(https://x)', '#fff; background: url(x)', 'linear-gradient(#fff, #000), url(x)',
  ];
  for (const text of bad) assert.equal(parseBackground(text, resolve), undefined, text);
});

test('the middle of a gradient counts', () => {
  const custom = {dialog_background_color_light: 'linear-gradient(#ffb000, #00e0ff)'};
  const {grounds} = parseBackground(custom.dialog_background_color_light, resolve)!;
  const text = bases.light.text;
  assert.ok(Math.min(...grounds.map((ground) => contrast(text, ground))) < Math.min(contrast(text, grounds[0]!), contrast(text, grounds.at(-1)!)));
});

test('values that are none are named, and nothing is set', () => {
  const theme = deriveTheme({theme_color: 'none', button_border_radius: 'round', dialog_mode: 'huge', force_appearance: 'pink', bottom_inset: '1em'},
    'light', bases.light, resolve);
  assert.deepEqual(theme.problems.sort(), ['bottom_inset', 'button_border_radius', 'dialog_mode', 'force_appearance', 'theme_color']);
  assert.deepEqual(theme.properties, {});
  assert.equal(appearanceOf({force_appearance: 'pink'}, 'dark'), 'dark');
});

test('numbers stay within their bounds', () => {
  for (const [radius, px] of [[99, '28px'], ['4', '4px'], ['6px', '6px'], ['pill', '999px'], [0, '0px']] as const) {
    assert.equal(deriveTheme({button_border_radius: radius}, 'light', bases.light, resolve).properties['--radius-button'], px);
  }
});

test('more contrast drops the colours of the merchant', () => {
  const custom = {theme_color: 'teal', link_color: 'teal', dialog_background_color_light: 'teal', button_border_radius: 4};
  assert.deepEqual(deriveTheme(custom, 'light', bases.light, resolve, true).properties, {'--radius-button': '4px'});
});

test('whatever colours a merchant takes, everything can be read', () => {
  let seed = 4711;
  const random = () => (seed = (seed * 48271) % 0x7fffffff) / 0x7fffffff;
  const color = () => `#${Math.floor(random() * 0x1000000).toString(16).padStart(6, '0')}`;
  for (let round = 0; round < 1000; round++) {
    const appearance = random() < 0.5 ? 'light' : 'dark';
    const base = bases[appearance];
    const custom = {
      theme_color: color(), button_text_color: color(), link_color: color(),
      [`dialog_background_color_${appearance}`]: `linear-gradient(${color()}, ${color()}, ${color()})`,
    };
    const {properties, textOnBackground} = deriveTheme(custom, appearance, base, resolve);
    const set = (name: string) => parseColor(properties[name]!)!;
    const told = JSON.stringify({custom, properties});
    assert.ok(contrast(set('--on-accent'), set('--accent')) >= 4.5, told);
    assert.ok(contrast(set('--on-accent'), set('--accent-hover')) >= 4.5, told);
    const grounds = [base.surface, base.surface2, ...(textOnBackground ? parseBackground(properties['--dialog-background']!, resolve)!.grounds : [])];
    for (const ground of grounds) {
      assert.ok(contrast(set('--link'), ground) >= 4.5, told);
      assert.ok(contrast(base.text, ground) >= 4.5, told);
      assert.ok(contrast(base.control, ground) >= 3, told);
    }
    for (const ground of [base.surface, base.surface2]) assert.ok(contrast(set('--accent-text'), ground) >= 4.5, told);
    const outlined = properties['--accent-outline'] !== undefined;
    assert.ok(outlined || contrast(set('--accent'), base.surface) >= 3, told);
  }
});

test('white or black always stands out', () => {
  for (let level = 0; level < 256; level++) {
    const ground = {r: level, g: level, b: level, a: 1};
    assert.ok(contrast(parseColor(betterOn(ground))!, ground) >= 4.58, String(level));
  }
});
