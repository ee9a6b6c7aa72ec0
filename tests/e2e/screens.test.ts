// Every screen, in both languages, both themes, wide and narrow: it says what it must, and nothing that would be a lie; it is
// accessible, whole and readable. The gateway's part is played, so that screens are drawn which no sandbox leads to. The
// pictures are in build/screenshots, to be looked at.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {sizes, type Window} from '../support/browser.js';
import {type CopyKey, heard, type Language, languages, type Slots} from '../support/browser_copy.js';
import type {Flow} from '../support/browser_flow.js';
import {axeFaults, contrastFaults, cutFaults, settle, smallTargets} from '../support/browser_looks.js';
import {callFor, play, type Screen, screens} from '../support/browser_steps.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

/** Draws one screen after another in one tab, as if the gateway moved on by itself. */
async function walk(window: Window, language: Language, each: (screen: Screen, flow: Flow) => Promise<void>, of = screens): Promise<void> {
  let step: Record<string, unknown> = {};
  // The operator's name, at the foot of every screen, tells which one is drawn.
  const operator = (index: number) => `Operator ${index}.`;
  const show = (index: number) => {
    const screen = of[index]!.step;
    step = {...screen, number: index, ask_again_in_ms: 50, operator: {...(screen['operator'] as object), name: operator(index)}};
  };
  show(0);
  await play(window.context, () => step);
  const flow = await world.visit(window, {language});
  const {method, config} = callFor(step);
  await flow.open(method, {app_token: world.shop.appToken, ...config});
  for (const [index, screen] of of.entries()) {
    show(index);
    await flow.readsText(operator(index));
    await titled(flow, screen);
    await settle(await flow.hosted());
    await each(screen, flow);
  }
}

/** The heading of the cool-off holds a time, which this machine's zone words: only its beginning is compared. */
async function titled(flow: Flow, {title, slots}: Screen): Promise<void> {
  const beginning = flow.say(title, {when: '\u0000', ...slots}).split('\u0000')[0]!.trim();
  await flow.begins(beginning);
}

/** Whether the screen says a sentence, whatever stands where it names an account. */
function says(flow: Flow, text: string, key: CopyKey, slots: Slots): boolean {
  const pieces = heard(flow.say(key, {...slots, account: '\u0000'})).split('\u0000').map((piece) => piece.trim());
  let from = 0;
  return pieces.every((piece) => {
    const at = text.indexOf(piece, from);
    from = at + piece.length;
    return at >= 0;
  });
}

for (const language of languages) {
  test(`each screen says what it must and nothing untrue: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const faults: string[] = [];
      await walk(window, language, async ({name, says: must, never = [], slots = {}}, flow) => {
        const text = await flow.text();
        for (const key of must) if (!says(flow, text, key, slots)) faults.push(`${name} does not say "${flow.say(key, {...slots, account: '…'})}": ${text}`);
        for (const key of never) if (says(flow, text, key, slots)) faults.push(`${name} says "${flow.say(key, slots)}": ${text}`);
        if (!text.includes(flow.say('ribbon'))) faults.push(`${name} has no ribbon`);
        const frame = await flow.hosted();
        const parts = await frame.evaluate(() => ['main', 'h1', 'header', 'footer'].map((tag) => document.querySelectorAll(tag).length).join());
        if (parts !== '1,1,1,1') faults.push(`${name} has main, h1, header, footer: ${parts}`);
        const {lang, dir} = await frame.evaluate(() => ({lang: document.documentElement.lang, dir: document.documentElement.dir}));
        if (lang !== language || dir !== (language === 'ar' ? 'rtl' : 'ltr')) faults.push(`${name} is ${lang} ${dir}`);
      });
      assert.deepEqual(faults, []);
    }));

  for (const scheme of ['light', 'dark'] as const) {
    // The second of them is what axe-core and the picture see: each language and each theme, once wide and once narrow.
    const widths = (language === 'en') === (scheme === 'light') ? (['narrow', 'wide'] as const) : (['wide', 'narrow'] as const);
    test(`each screen is accessible, whole and large enough: ${language}, ${scheme}`, async () =>
      world.browser.in({scheme}, async (window) => {
        const faults: string[] = [];
        await walk(window, language, async ({name}, flow) => {
          const frame = await flow.hosted();
          for (const width of widths) {
            await flow.resize(sizes[width]);
            const found = [...(await cutFaults(frame)), ...(await smallTargets(frame))];
            faults.push(...found.map((fault) => `${name}, ${width}: ${fault}`));
          }
          faults.push(...(await axeFaults(frame)).map((fault) => `${name}: ${fault}`));
          await window.screenshot(flow.page, `${name}-${language}-${scheme}`);
        });
        assert.deepEqual(faults, []);
      }));
  }

  test(`nothing is lost at 200 % zoom, with 200 % text, or with wider spacing: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const faults: string[] = [];
      await walk(window, language, async ({name}, flow) => {
        const frame = await flow.hosted();
        const look = async (how: string) => faults.push(...(await cutFaults(frame)).map((fault) => `${name}, ${how}: ${fault}`));
        await flow.resize({width: sizes.wide.width / 2, height: sizes.wide.height / 2});
        await look('zoomed');
        await flow.resize(sizes.wide);
        await frame.evaluate(() => (document.documentElement.style.fontSize = '200%'));
        await look('200 % text');
        await flow.resize(sizes.narrow);
        // WCAG 1.4.12; letters are not spaced in Arabic, which would break their joins.
        await frame.evaluate(() => {
          document.documentElement.style.fontSize = '';
          const sheet = new CSSStyleSheet();
          sheet.replaceSync('* {line-height: 1.5 !important; word-spacing: .16em !important} p {margin-block-end: 2em !important} :lang(en) {letter-spacing: .12em !important}');
          document.adoptedStyleSheets = [...document.adoptedStyleSheets, sheet];
        });
        await look('spaced');
        await frame.evaluate(() => (document.adoptedStyleSheets = document.adoptedStyleSheets.slice(0, -1)));
      });
      assert.deepEqual(faults, []);
    }));
}

// ---- Colours of the merchant's ----

const kHostile = [
  '#ffffff', '#000000', '#ffff00', '#00ff00', '#fafafa', '#111111', '#ff0000', '#0000ff', '#808080', '#767676',
  'rgb(255, 250, 205)', 'rgb(20, 33, 43)', 'yellow', 'white', 'black', 'hotpink', 'aqua', '#0b5f6e', '#f4f2ee', '#162027',
];
const kThemed = screens.filter(({name}) => ['welcome', 'banks', 'credentials-wrong', 'review', 'accepted', 'unknown'].includes(name));

for (const scheme of ['light', 'dark'] as const) {
  test(`whatever colours a merchant chooses, everything can be read: ${scheme}`, async () =>
    world.browser.in({scheme}, async (window) => {
      window.expect(/CONFIG_ERROR/);
      const faults: string[] = [];
      let screen = kThemed[0]!;
      await play(window.context, () => screen.step);
      const flow = await world.visit(window);
      for (const [index, color] of kHostile.entries()) {
        screen = kThemed[index % kThemed.length]!;
        const other = kHostile[(index * 7 + 3) % kHostile.length]!;
        const {method, config} = callFor(screen.step);
        await flow.page.goto(world.merchant.url());
        await flow.open(method, {
          app_token: world.shop.appToken,
          ...config,
          customization: {
            theme_color: color, theme_color_dark: color, button_text_color: other, button_text_color_dark: other, link_color: other,
            dialog_background_color_light: other, dialog_background_color_dark: `linear-gradient(${color}, ${other})`, overlay_color: color,
            dialog_mode: index % 2 === 0 ? 'contained' : 'uncontained', button_border_radius: index % 3 === 0 ? 'pill' : index,
          },
        });
        await titled(flow, screen);
        await settle(await flow.hosted());
        const found = await contrastFaults(await flow.hosted());
        faults.push(...found.map((fault) => `${color} with ${other} on ${screen.name}: ${fault}`));
        if (index < kThemed.length) await window.screenshot(flow.page, `theme-${index}-${scheme}`);
      }
      assert.deepEqual(faults, []);
    }));
}

test('forced colours and more contrast: each still says what it is', async () => {
  const some = screens.filter(({name}) => ['credentials-wrong', 'review', 'unknown'].includes(name));
  const faults: string[] = [];
  for (const look of [{forcedColors: true}, {moreContrast: true}]) {
    await world.browser.in(look, async (window) =>
      walk(window, 'ar', async ({name}, flow) => {
        const how = `${name}-${Object.keys(look).join()}`;
        faults.push(...(await axeFaults(await flow.hosted())).map((fault) => `${how}: ${fault}`));
        await window.screenshot(flow.page, how);
      }, some));
  }
  assert.deepEqual(faults, []);
});

test('without script the page says so, in both languages', async () =>
  world.browser.in({javaScript: false}, async (window) => {
    const page = await window.tab();
    const query = new URLSearchParams({app_token: world.shop.appToken, origin: world.merchant.origin(), language: 'ar'});
    const loaded = page.waitForEvent('requestfinished', (request) => request.url().includes('/link?'));
    await page.goto(world.merchant.framing(`${world.shop.gateway.url}/link?${query}`));
    const html = await (await (await loaded).response())!.text();
    const noscript = /<noscript>([\s\S]*)<\/noscript>/.exec(html)?.[1] ?? '';
    assert.match(noscript, /<p lang="en" dir="ltr">[^<]+JavaScript/);
    assert.match(noscript, /<p lang="ar" dir="rtl">/);
    await window.screenshot(page, 'no-script');
  }));
