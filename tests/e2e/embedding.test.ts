// Who may show the hosted page: the origins that the application has registered, all the way up, and nobody else.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Page} from 'playwright-core';

import type {Window} from '../support/browser.js';
import {Flow} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

/** An application of its own. Result: its token. */
async function application(...origins: string[]): Promise<string> {
  const flags = origins.flatMap((origin) => ['--origin', origin]);
  const {app_token} = await world.shop.gateway.json<{app_token: string}>('app', 'create', '--name', 'Registered Shop', ...flags);
  return app_token;
}

const config = (appToken: string) => ({app_token: appToken, customer_id: '0192f0c1-0000-7000-8000-000000000002', permissions: ['payments']});

/** The address of the hosted page, as if `origin` asked for it. */
function hosted(appToken: string, origin: string): string {
  const query = new URLSearchParams({app_token: appToken, origin, language: 'en'});
  return `${world.shop.gateway.url}/link?${query}#${'0'.repeat(32)}`;
}

/** What the frame of `page` shows, as the browser says: the hosted page, a page that says why not, or nothing at all. */
async function shownIn(page: Page): Promise<'the page' | 'nothing'> {
  const frame = page.frames().at(-1)!;
  await frame.waitForLoadState();
  const isOurs = frame.url().startsWith(world.shop.gateway.url);
  return isOurs && (await frame.locator('#page').count()) === 1 ? 'the page' : 'nothing';
}

const kRefusedByBrowser = [/frame-ancestors/, /Refused to (frame|display)/, /ERR_BLOCKED_BY_RESPONSE/, /status of 40[034]/, /Lean\.connect/, /chrome-error/];

const cases: {name: string; registered: (port: string) => string[]; from: string; opens: boolean}[] = [
  {name: 'nothing registered, a loopback name', registered: () => [], from: 'localhost', opens: true},
  {name: 'nothing registered, a loopback address', registered: () => [], from: '127.0.0.1', opens: true},
  {name: 'nothing registered, another host', registered: () => [], from: 'shop.example', opens: false},
  {name: 'registered', registered: (port) => [`http://shop.example:${port}`], from: 'shop.example', opens: true},
  {name: 'the second of two', registered: (port) => ['https://a.example', `http://shop.example:${port}`], from: 'shop.example', opens: true},
  {name: 'another host registered', registered: (port) => [`http://shop.example:${port}`], from: 'evil.example', opens: false},
  {name: 'a host below the registered one', registered: (port) => [`http://shop.example:${port}`], from: 'a.shop.example', opens: false},
  {name: 'a name that begins like it', registered: (port) => [`http://shop.example:${port}`], from: 'shop.example.evil.example', opens: false},
  {name: 'the same host at another port', registered: () => ['http://shop.example:1'], from: 'shop.example', opens: false},
  {name: 'the same host by https', registered: (port) => [`https://shop.example:${port}`], from: 'shop.example', opens: false},
  {name: 'loopback where something is registered', registered: (port) => [`http://shop.example:${port}`], from: 'localhost', opens: false},
];

for (const {name, registered, from, opens} of cases) {
  test(`${opens ? 'opens' : 'does not open'}: ${name}`, async () =>
    world.browser.in({}, async (window) => {
      const appToken = await application(...registered(new URL(world.merchant.origin()).port));
      const visit = await world.merchant.visit(await window.tab(), {host: from});
      if (!opens) window.expect(...kRefusedByBrowser);
      const refusal = opens ? undefined : visit.page.waitForEvent('console', (message) => message.text().includes('needs the origin'));
      await visit.open('connect', config(appToken));
      if (opens) {
        // An unknown customer: the page is there, and says that it was refused.
        window.expect(/404/);
        await new Flow(window, visit).titled('This page could not be opened', 'refused');
      } else {
        const told = await refusal;
        assert.ok(told!.text().includes(visit.page.url().split('/?')[0]!), 'the origin to register is named in the console');
        assert.equal(await shownIn(visit.page), 'nothing');
      }
    }));
}

test('an address that claims another origin than the one that frames it shows nothing', async () =>
  world.browser.in({}, async (window) => {
    window.expect(...kRefusedByBrowser);
    const shop = world.merchant.origin('shop.example');
    const appToken = await application(shop);
    const page = await window.tab();
    // Control: the shop itself may.
    await page.goto(world.merchant.framing(hosted(appToken, shop), 'shop.example'));
    assert.equal(await shownIn(page), 'the page');
    await page.goto(world.merchant.framing(hosted(appToken, shop), 'evil.example'));
    assert.equal(await shownIn(page), 'nothing');
    await page.goto(world.merchant.framing(hosted(appToken, world.merchant.origin('evil.example')), 'evil.example'));
    assert.equal(await shownIn(page), 'nothing');
  }));

test('a shop inside somebody else\'s page shows nothing: every frame above counts', async () =>
  world.browser.in({}, async (window) => {
    window.expect(...kRefusedByBrowser);
    const shop = world.merchant.origin('shop.example');
    const appToken = await application(shop);
    const shopPage = world.merchant.framing(hosted(appToken, shop), 'shop.example');
    const page = await window.tab();
    await page.goto(world.merchant.framing(shopPage, 'evil.example'));
    assert.equal(page.frames().length, 3);
    assert.equal(await shownIn(page), 'nothing');
    // The same below the shop's own.
    await page.goto(world.merchant.framing(shopPage, 'shop.example'));
    assert.equal(await shownIn(page), 'the page');
  }));

test('wrong addresses get a page that says what is wrong, to nobody\'s frame', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/status of 40[034]/);
    const page = await window.tab();
    const origin = world.merchant.origin();
    const token = world.shop.appToken;
    const unknown = '0192f0c1-0000-7000-8000-000000000009';
    const hostile = '<script>alert(1)</script>';
    for (const [query, says] of [
      [{origin, language: 'en'}, /app_token/],
      [{app_token: unknown, origin, language: 'en'}, /no application/],
      [{app_token: token, language: 'en'}, /origin/],
      [{app_token: token, origin: 'null', language: 'en'}, /origin/],
      [{app_token: token, origin: `${origin}/`, language: 'fr'}, /origin|language/],
      [{app_token: token, origin: 'https://shop.example;script-src *', language: 'en'}, /origin/],
      [{app_token: token, origin: 'https://*', language: 'en'}, /origin/],
      [{app_token: token, origin, language: 'fr'}, /language/],
      [{app_token: hostile, origin: hostile, language: hostile}, /app_token/],
    ] as [Record<string, string>, RegExp][]) {
      const answer = await page.goto(`${world.shop.gateway.url}/link?${new URLSearchParams(query)}`);
      assert.ok([400, 403, 404].includes(answer?.status() ?? 0), JSON.stringify(query));
      assert.match(answer?.headers()['content-security-policy'] ?? '', /frame-ancestors 'none'/);
      assert.match(await page.locator('body').innerText(), says);
    }
    await window.screenshot(page, 'plain');
  }));

test('visited alone, without a shop, the page says so', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/favicon\.ico/);
    const page = await window.tab();
    await page.goto(hosted(world.shop.appToken, world.merchant.origin()));
    await page.getByRole('heading', {level: 1}).waitFor();
    assert.match(await page.getByRole('heading', {level: 1}).innerText(), /opens from a shop/);
    await window.screenshot(page, 'alone');
  }));

test('headers: no inline script, no framing by chance, nothing kept', async () => {
  const origin = world.merchant.origin();
  const answer = await fetch(hosted(world.shop.appToken, origin).split('#')[0]!);
  const policy = answer.headers.get('content-security-policy') ?? '';
  assert.match(policy, /default-src 'none'/);
  assert.doesNotMatch(policy, /unsafe|\*|data: .*script/);
  assert.ok(policy.endsWith(`frame-ancestors ${origin}`), policy);
  assert.equal(answer.headers.get('set-cookie'), null);
  assert.equal(answer.headers.get('x-content-type-options'), 'nosniff');
  assert.equal(answer.headers.get('referrer-policy'), 'no-referrer');
  assert.match(answer.headers.get('cache-control') ?? '', /no-store|no-cache/);
  const html = await answer.text();
  assert.doesNotMatch(html, /<script(?![^>]* src=)[^>]*>|<style|\son\w+=|style=/i);
});

test('a shop with a strict policy of its own needs to name the gateway, and nothing unsafe', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const gateway = world.shop.gateway.url;
    const policy = `default-src 'none'; script-src 'self' ${gateway}; frame-src ${gateway}; require-trusted-types-for 'script'`;
    const flow = await world.paying(window, intent, {}, {policy});
    await flow.at('review');
  }));

test('the SDK is there under each of its published names', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    for (const script of [
      '/link/sdk/web/latest/Lean.min.js', '/link/sdk/web/1.21.1/Lean.min.js', '/sa/link/sdk/web/latest/Lean.min.js',
      '/link/sdk/web/v2/prod/ae/latest/Lean.min.js', '/link/sdk/web/v2/prod/sa/latest/Lean.min.js',
      '/link/loader/prod/ae/latest/lean-link-loader.min.js', '/link/loader/prod/sa/latest/lean-link-loader.min.js',
    ]) {
      const flow = await world.paying(window, intent, {}, {script});
      await flow.at('review');
      await flow.page.close();
    }
  }));

test('what a shop configures wrongly is explained in the console, and the callback is told', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/Lean\./);
    for (const [method, wrong, word] of [
      ['connect', {permissions: ['payments']}, /customer_id/],
      ['connect', {customer_id: 'x', permissions: 'payments'}, /permissions/],
      ['pay', {}, /payment_intent_id/],
      ['pay', {payment_intent_id: 7}, /payment_intent_id/],
      ['updatePaymentSource', {customer_id: 'x'}, /payment_source_id/],
    ] as const) {
      const visit = await world.merchant.visit(await window.tab());
      await visit.open(method, {app_token: world.shop.appToken, ...wrong});
      const result = await visit.result();
      assert.equal(result.status, 'ERROR');
      assert.ok(window.said.some((line) => word.test(line)), `${method}: ${window.said.join('\n')}`);
    }
  }));

/** Everything from the shop's button to the dialog and back, as a keyboard and an eye notice it. */
test('the dialog takes the focus, keeps it, holds the shop still, and gives everything back', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const flow = await world.visit(window, {keyboard: true});
    await flow.page.evaluate(() => scrollTo(0, 40));
    const before = await shopState(window, flow);
    await flow.open('pay', {app_token: world.shop.appToken, payment_intent_id: intent});
    await flow.at('review');
    const frame = await flow.hosted();
    const focused = async () => frame.evaluate(() => document.hasFocus());
    assert.ok(await focused());
    for (let presses = 0; presses < 25; ++presses) {
      await flow.page.keyboard.press(presses % 3 === 0 ? 'Shift+Tab' : 'Tab');
      const inShop = await flow.page.evaluate(() => document.activeElement?.matches('#open, body > a') ?? false);
      assert.equal(inShop, false, 'the shop\'s page is out of reach');
    }
    await flow.page.mouse.move(100, 400);
    await flow.page.mouse.wheel(0, 600);
    assert.equal(await flow.page.evaluate(() => scrollY), 40);
    await flow.heading().waitFor();
    await flow.page.keyboard.press('Escape');
    await flow.asks('leave_paying');
    assert.ok(await flow.button('stay').evaluate((element) => element === document.activeElement), 'Stay has the focus');
    await flow.press('leave');
    await flow.visit.result();
    assert.deepEqual(await shopState(window, flow), before);
    assert.ok(await flow.visit.button.evaluate((element) => element === document.activeElement), 'the opener has the focus again');
    await flow.page.goBack();
    assert.equal(flow.page.url(), 'about:blank', 'one step back is what was before the shop');
  }));

async function shopState(_: Window, flow: Flow): Promise<unknown> {
  return flow.page.evaluate(() => ({
    top: scrollY,
    style: [document.documentElement.getAttribute('style'), document.body.getAttribute('style')],
    children: document.body.children.length,
  }));
}
