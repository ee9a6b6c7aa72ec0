// A merchant's colours, and a reader's: whatever they are, everything can be read. The pictures are in build/screenshots.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {axeFaults, contrastFaults, settle} from '../support/browser_looks.js';
import {callFor, play, screens} from '../support/browser_steps.js';
import {titled, walk} from '../support/browser_walk.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

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
      walk(world, window, 'ar', async ({name}, flow) => {
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
