// The page in an app's web view: addresses as the published wrappers write them, and results as addresses that they catch.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Page} from 'playwright-core';

import {kPatienceMs, type Look, type Window} from '../support/browser.js';
import type {Language} from '../support/browser_copy.js';
import {Flow} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';
import {Visit} from '../support/merchant.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

const looks: [Language, Look][] = [
  ['en', {width: 'wide'}],
  ['ar', {width: 'narrow', scheme: 'dark'}],
];

/** The beginning of every address, as the wrapper for React Native writes it; the one for Flutter encodes nothing. */
function head(language: Language, sandbox = true): string {
  const config = ['platform+mobile', 'sdk+react_native', 'os+ios', 'sdk_version+4.2.2', 'is_version_pinned+false'];
  return `${world.shop.gateway.url}/link/loader/prod/ae/latest/lean-sdk.html?implementation=webview-hosted-html` +
    `${config.map((entry) => `&implementation_config=${entry}`).join('')}&app_token=${world.shop.appToken}&sandbox=${sandbox}&language=${language}` +
    '&version=latest&country=ae&env=production';
}

interface WebView {
  flow: Flow;
  page: Page;
  /** Where the page has gone to leave, as soon as it does. */
  left(): Promise<URL>;
}

async function open(window: Window, language: Language, address: string): Promise<WebView> {
  window.expect(/leanlink:/, /favicon\.ico/);
  const page = await window.tab();
  const addresses: string[] = [];
  const devtools = await page.context().newCDPSession(page);
  await devtools.send('Page.enable');
  devtools.on('Page.frameRequestedNavigation', ({url}) => addresses.push(url));
  await page.goto(address);
  const flow = new Flow(window, new Visit(page, world.shop.gateway.url), {language, alone: true});
  const left = async () => {
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const found = addresses.find((url) => url.startsWith('leanlink:'));
      if (found !== undefined) return new URL(found);
      assert.ok(Date.now() < deadline, `the page has not left; it went to ${addresses.join(', ') || 'nothing'}`);
      await page.waitForTimeout(25);
    }
  };
  return {flow, page, left};
}

const membersOf = (url: URL) => Object.fromEntries(url.searchParams);

for (const [language, look] of looks) {
  test(`connects, from an address in which everything is encoded: ${language}`, async () =>
    world.browser.in(look, async (window) => {
      const {shop} = world;
      const [customer, destination] = [await shop.customer(), await shop.destination()];
      const {flow, page, left} = await open(window, language, `${head(language)}&method=connect&customer_id=${customer}&permissions=identity&permissions=payments` +
        `&payment_destination_id=${destination.id}&bank_identifier=LEANMB1&destination_alias=Acme%20%26%20Sons` +
        '&customization=theme_color+%237A1F5C&customization=theme_color_dark+%23F0A0D0&customization=button_border_radius+pill&customization=bottom_inset+40');
      await flow.at('welcome');
      await window.screenshot(page, `web-view-${language}`);
      await flow.press('continue');
      await flow.signIn('payer-plain');
      await flow.foundAccounts();
      await flow.at('add_payee_title');
      await flow.readsText('Acme & Sons');
      await flow.press('add_payee');
      await flow.code('payee');
      await flow.at('connected');
      await window.screenshot(page, `web-view-end-${language}`);
      await flow.press('done');
      const url = await left();
      assert.equal(url.host, 'success');
      const {lean_correlation_id, ...members} = membersOf(url);
      assert.match(lean_correlation_id ?? '', /^\S{8,}$/);
      assert.deepEqual(members, {
        status: 'SUCCESS', method: 'CREATE_PAYMENT_SOURCE', message: 'Customer created Payment Source successfully', exit_point: 'SUCCESS', last_api_response: 'OK',
        bank_identifier: 'LEANMB1', bank_id: 'LEANMB1', bank_is_supported: 'true', is_supported: 'true',
      });
    }));
}

test('pays, from an address in which nothing is encoded', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const {flow, page, left} = await open(window, 'en',
      `${head('en')}&method=pay&payment_intent_id=${intent}&customization=theme_color+#7A1F5C&bank_identifier=null&show_balances=false&risk_details=%7B%22a%22%3A1%7D`);
    await flow.at('review');
    const color = await flow.button('pay').evaluate((element) => getComputedStyle(element).backgroundColor);
    assert.equal(color, 'rgb(122, 31, 92)');
    await flow.press('pay');
    await flow.code('payment');
    await flow.at('bank_accepted');
    await flow.press('back_to_merchant');
    const url = await left();
    assert.equal(url.host, 'success');
    assert.equal(url.searchParams.get('secondary_status'), 'ACCEPTED_BY_BANK');
    assert.equal(url.searchParams.get('user_exit_intent'), 'USER_COMPLETED_PAYMENT');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
    await page.close();
  }));

test('Back asks before leaving, and leaving is told as cancelled', async () =>
  world.browser.in({width: 'narrow'}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const {flow, page, left} = await open(window, 'en', `${head('en')}&method=pay&payment_intent_id=${intent}`);
    await flow.at('review');
    await page.evaluate(() => history.back());
    await flow.asks('leave_paying');
    await flow.press('leave');
    const url = await left();
    assert.equal(url.host, 'cancelled');
    assert.deepEqual([url.searchParams.get('exit_point'), url.searchParams.get('exit_intent_point')], ['PAYMENT_REVIEW', 'PAYMENT_REVIEW']);
  }));

test('the way to the bank\'s own page is handed to the app', async () =>
  world.browser.in({width: 'narrow'}, async (window) => {
    const {shop} = world;
    const [customer, destination] = [await shop.customer(), await shop.destination()];
    const {flow, page, left} = await open(window, 'en', `${head('en')}&method=connect&customer_id=${customer}&permissions=payments` +
      `&payment_destination_id=${destination.id}&bank_identifier=SANDBOX_REDIRECT`);
    await flow.welcome();
    // The wrapper takes every other address out of the web view, and opens it in the browser.
    const taken: string[] = [];
    await page.route('**/link/redirect/**', async (route) => {
      taken.push(route.request().url());
      await route.fulfill({status: 204});
    });
    await flow.at('redirect_next', {bank: 'Sandbox Redirect Bank'});
    await flow.frame.getByRole('link').first().click();
    assert.equal((await left()).href, 'leanlink://redirect');
    assert.equal(taken.length, 1);
  }));

test('an address that is wrong is explained in the sandbox, and in live answered at once', async () =>
  world.browser.in({width: 'narrow'}, async (window) => {
    window.expect(/./);
    for (const [query, says] of [
      ['&method=pay', /payment_intent_id is missing/],
      ['&method=pay&payment_intent_id=7', /payment_intent_id is text of 1 characters\. It must be an id/],
      ['&method=fly', /method is "fly"\. It must be one of connect, link/],
      ['&method=manageConsents&customer_id=x', /not offered/],
      ['&method=pay&payment_intent_id=0192f0c1-0000-7000-8000-000000000002&customization=theme_color+blueish', /customization\.theme_color is "blueish"/],
    ] as const) {
      const {flow, page, left} = await open(window, 'en', `${head('en')}${query}`);
      await flow.titled('This page could not be opened', 'wrong');
      assert.match(await flow.text(), says);
      if (query.includes('fly')) await window.screenshot(page, 'web-view-wrong');
      await page.getByRole('button', {name: 'Back to the shop'}).click();
      assert.equal((await left()).host, 'error');
      await page.close();

      if (query.includes('theme_color')) continue;  // In live a bad theme falls back to ours.
      const live = await open(window, 'en', `${head('en', false)}${query}`);
      const url = await live.left();
      assert.equal(url.host, 'error');
      assert.match(url.searchParams.get('message') ?? '', /Invalid configuration|not offered/);
      await live.page.close();
    }
  }));

test('nobody may frame it, and an unknown application gets a plain page', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/frame-ancestors|Refused to (frame|display)|ERR_BLOCKED_BY_RESPONSE|status of 40[04]|chrome-error/);
    const page = await window.tab();
    const intent = '0192f0c1-0000-7000-8000-000000000002';
    await page.goto(world.merchant.framing(`${head('en')}&method=pay&payment_intent_id=${intent}`));
    const frame = page.frames().at(-1)!;
    await frame.waitForLoadState();
    assert.ok(!frame.url().startsWith(world.shop.gateway.url), frame.url());
    const unknown = await page.goto(`${head('en').replace(world.shop.appToken, intent)}&method=pay`);
    assert.equal(unknown?.status(), 404);
    for (const path of ['/link/loader/prod/xx/latest/lean-sdk.html', '/link/loader/prod/ae/new/lean-sdk.html']) {
      assert.equal((await fetch(`${world.shop.gateway.url}${path}?app_token=${world.shop.appToken}`)).status, 404, path);
    }
    const answer = await fetch(`${head('ar')}&method=pay`);
    assert.match(answer.headers.get('content-security-policy') ?? '', /frame-ancestors 'none'$/);
    assert.match(await answer.text(), /<html lang="ar" dir="rtl">/);
  }));
