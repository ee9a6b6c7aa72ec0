// Every screen, in both languages, both themes, wide and narrow: it says what it must, and nothing that would be a lie; it is
// accessible, whole and readable. The gateway's part is played, so that screens are drawn which no sandbox leads to. The
// pictures are in build/screenshots, to be looked at.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {sizes} from '../support/browser.js';
import {type CopyKey, heard, languages, type Slots} from '../support/browser_copy.js';
import type {Flow} from '../support/browser_flow.js';
import {axeFaults, cutFaults, smallTargets} from '../support/browser_looks.js';
import {walk} from '../support/browser_walk.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

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
      await walk(world, window, language, async ({name, says: must, never = [], slots = {}}, flow) => {
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
        await walk(world, window, language, async ({name}, flow) => {
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
      await walk(world, window, language, async ({name}, flow) => {
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
