// Banks that ask on their own pages: the payer's browser goes there and comes back, or does not.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import type {Page} from 'playwright-core';

import type {Look, Window} from '../support/browser.js';
import type {Language} from '../support/browser_copy.js';
import {Flow, type FlowOptions} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';
import {type Destination, eventually} from '../support/shop.js';

const kUser = 'payer-plain';
const kBank = {en: 'Sandbox Redirect Bank', ar: 'بنك التجربة بإعادة التوجيه'};

let world: World;

before(async () => (world = await World.openApart()));
after(async () => world?.close());
afterEach(async () => {
  await world.shop.bank.calm();
  world.shop.assertWebhooksHold();
});

const speaking = (language: Language): FlowOptions => ({language, facts: {bank: kBank[language]}});

/** The hosted page that stands alone in its tab. */
const alone = (flow: Flow, language: Language): Flow => new Flow(flow.window, flow.visit, {...speaking(language), alone: true});

/** Presses the link of screen 13: the whole tab goes to the bank. */
async function leave(flow: Flow): Promise<Page> {
  await flow.at('redirect_next');
  await flow.frame.getByRole('link', {name: flow.say('redirect_continue'), exact: true}).click();
  await flow.page.waitForURL(/\/authorise\//);
  return flow.page;
}

async function signIn(page: Page): Promise<void> {
  await page.locator('#username').fill(kUser);
  await page.locator('#password').fill('sandbox-pass');
  await page.locator('form.sign-in button').click();
  await page.locator('form.approve').waitFor();
}

async function decide(page: Page, decision: 'approve' | 'refuse'): Promise<void> {
  await signIn(page);
  await page.locator(`form.${decision} button`).click();
  await page.waitForURL(/\/link\/return\//);
}

/** Connects at the redirect bank, from the shop's button. */
async function connect(window: Window, language: Language): Promise<{customer: string; destination: Destination}> {
  const destination = await world.shop.destination();
  const customer = await world.shop.customer();
  const flow = await world.connecting(window, {customer, destination}, speaking(language));
  await flow.welcome();
  await flow.chooseBank();
  await decide(await leave(flow), 'approve');
  const back = alone(flow, language);
  await back.foundAccounts();
  await back.addPayee();
  await decide(await leave(back), 'approve');
  await back.at('connected');
  await back.press('done');
  await back.at('close_page');
  return {customer, destination};
}

async function toBank(window: Window, language: Language = 'en') {
  const {customer, destination} = await connect(window, language);
  const intent = await world.shop.intent(customer, destination);
  const flow = await world.paying(window, intent, speaking(language));
  await flow.review();
  await flow.at('redirect_next');
  await flow.reads('redirect_text');
  return {customer, destination, intent, flow};
}

/** The last button, with nothing of ours left in the browser. (The sandbox bank's own cookies are the bank's.) */
async function end(flow: Flow) {
  assert.deepEqual((await flow.window.context.cookies()).map(({name}) => name).filter((name) => name !== 'visitor'), []);
  await flow.press('back_to_merchant');
  return flow.visit.result();
}

const looks: [Language, Look][] = [
  ['en', {width: 'wide', scheme: 'light'}],
  ['ar', {width: 'narrow', scheme: 'dark'}],
];

for (const [language, look] of looks) {
  test(`connects and pays on the bank's own pages: ${language}, ${look.width}`, async () =>
    world.browser.in(look, async (window) => {
      const {intent, destination, flow} = await toBank(window, language);
      await window.screenshot(flow.page, `redirect-out-${language}`);
      const page = await leave(flow);
      await window.screenshot(page, `redirect-bank-sign-in-${language}`);
      await signIn(page);
      await window.screenshot(page, `redirect-bank-approve-${language}`);
      await page.locator('form.approve button').click();
      const back = alone(flow, language);
      await back.at('bank_accepted');
      await window.screenshot(page, `redirect-back-${language}`);
      assert.equal((await world.shop.payment(intent)).status, 'ACCEPTED_BY_BANK');
      assert.equal((await world.shop.transfersTo(destination)).length, 1);
    }));
}

test('a payment that is refused at the bank has failed here', async () =>
  world.browser.in({}, async (window) => {
    const {destination, flow} = await toBank(window);
    await decide(await leave(flow), 'refuse');
    const back = alone(flow, 'en');
    await back.at('failed');
    await back.reads('not_moved');
    assert.deepEqual(await world.shop.transfersTo(destination), []);
  }));

test('Back from the bank, twice, leads to the shop, and the same payment goes on', async () =>
  world.browser.in({}, async (window) => {
    const {customer, destination, intent, flow} = await toBank(window);
    const page = await leave(flow);
    await signIn(page);
    await page.goBack();
    await page.goBack().catch(() => null);
    await page.goto(world.merchant.url());
    assert.equal((await world.shop.payment(intent)).status, 'AWAITING_APP_AUTH');
    const again = await world.paying(window, intent, speaking('en'));
    // The bank knows this browser by now, and asks for the decision at once.
    await (await leave(again)).locator('form.approve button').click();
    await alone(again, 'en').at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
    assert.ok(customer);
  }));

test('a payer who closes the bank\'s page, or whose way back is lost, pays once', async () =>
  world.browser.in({}, async (window) => {
    const {destination, intent, flow} = await toBank(window);
    const page = await leave(flow);
    await page.close();
    const second = await world.paying(window, intent, speaking('en'));
    const bankPage = await leave(second);
    await signIn(bankPage);
    // The bank has the word; the way back breaks off.
    await window.context.route(/\/link\/return\//, (route) => route.abort());
    window.expect(/ERR_FAILED/);
    await bankPage.locator('form.approve button').click();
    await eventually(() => world.shop.payment(intent), ({status}) => status === 'ACCEPTED_BY_BANK', 'the gateway finds out');
    await window.context.unroute(/\/link\/return\//);
    const third = await world.paying(window, intent, speaking('en'));
    await third.at('already_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('a page that stayed open beside the bank\'s goes on by itself', async () =>
  world.browser.in({}, async (window) => {
    const {flow} = await toBank(window);
    const link = flow.frame.getByRole('link', {name: flow.say('redirect_continue'), exact: true});
    const [other] = await Promise.all([window.context.waitForEvent('page'), link.click({modifiers: ['Control']})]);
    await decide(other, 'approve');
    await flow.at('bank_accepted');
    await flow.press('back_to_merchant');
    await flow.page.locator('dialog iframe').waitFor({state: 'detached'});
    assert.deepEqual((await flow.visit.results()).map(({status}) => status), ['REDIRECT', 'SUCCESS']);
  }));

test('in another browser the way back shows nothing private', async () =>
  world.browser.in({}, async (window) => {
    const {flow, intent} = await toBank(window);
    const page = await leave(flow);
    await signIn(page);
    await window.context.route(/\/link\/return\//, (route) => route.abort());
    window.expect(/ERR_FAILED/);
    const asked = page.waitForRequest(/\/link\/return\//);
    await page.locator('form.approve button').click();
    const address = (await asked).url();
    await world.browser.in({}, async (stranger) => {
      stranger.expect(/404/);
      const tab = await stranger.tab();
      await tab.goto(address);
      await tab.getByRole('heading', {name: 'You can close this page'}).waitFor();
      const text = await tab.locator('body').innerText();
      for (const secret of ['Marsa', 'Acme', '1,000']) assert.ok(!text.includes(secret), text);
    });
    await eventually(() => world.shop.payment(intent), ({status}) => status === 'ACCEPTED_BY_BANK', 'the gateway finds out');
  }));

test('the shop\'s own page captures what came of it', async () =>
  world.browser.in({}, async (window) => {
    const {customer, destination} = await connect(window, 'en');
    const intent = await world.shop.intent(customer, destination);
    const here = world.merchant.url();
    const flow = await world.visit(window, speaking('en'));
    await flow.open('pay', {app_token: world.shop.appToken, payment_intent_id: intent, success_redirect_url: here, fail_redirect_url: here});
    await flow.review();
    const page = await leave(flow);
    await signIn(page);
    await page.locator('form.approve button').click();
    await page.waitForURL(/consent_attempt_id=/);
    const attempt = new URL(page.url()).searchParams.get('consent_attempt_id')!;
    await flow.open('captureRedirect', {app_token: world.shop.appToken, customer_id: customer, consent_attempt_id: attempt});
    await flow.at('bank_accepted');
    const result = await end(flow);
    assert.deepEqual([result.status, result.secondary_status], ['SUCCESS', 'ACCEPTED_BY_BANK']);
  }));
