// The demo shop, as somebody meets it who tries the product: what it tells about a payment is what webhooks have told it.
import assert from 'node:assert/strict';
import {after, afterEach, before, beforeEach, test} from 'node:test';

import type {Page} from 'playwright-core';

import {SandboxBank} from '../support/bank.js';
import {Browser, type Look, type Window} from '../support/browser.js';
import {amountIn, type Language, languages} from '../support/browser_copy.js';
import {Flow} from '../support/browser_flow.js';
import {axeFaults, contrastFaults, cutFaults, settle, smallTargets} from '../support/browser_looks.js';
import {DemoShop} from '../support/demo_shop.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {Visit} from '../support/merchant.js';

let gateway: Gateway;
let shop: DemoShop;
let bank: SandboxBank;
let browser: Browser;

before(async () => {
  gateway = await startGateway();
  shop = new DemoShop(gateway);
  bank = new SandboxBank(gateway.bankUrl);
  browser = await Browser.launch();
});
after(async () => {
  await browser?.close();
  await gateway?.dispose();
});
beforeEach(async () => {
  await shop.call('POST', '/api/start-over', {});
});
afterEach(async () => bank.calm());

const words = {
  en: {
    top_up: 'Top up from your bank', waiting: 'Waiting for the bank’s word…', accepted: 'Accepted by your bank', failed: 'Did not go through',
    unknown: 'Not known yet', twice: 'Please do not pay again: you could pay twice.', demonstration: 'This is a demonstration. No real money moves.',
  },
  ar: {
    top_up: 'شحن من الحساب البنكي', waiting: 'بانتظار رد البنك…', accepted: 'وافق عليها البنك', failed: 'لم تتم',
    unknown: 'غير معروفة بعد', twice: 'يُرجى عدم الدفع مرة أخرى حتى لا يُدفع المبلغ مرتين.', demonstration: 'هذا عرض توضيحي. لا تُحوَّل أموال حقيقية.',
  },
} as const;

interface Visited {
  page: Page;
  flow: Flow;
}

/** The shop with a bank that `user` has connected, at the payment window's review of AED 50.00. */
async function atReview(window: Window, user: string, language: Language = 'en'): Promise<Visited> {
  await shop.connect({user});
  const page = await window.tab();
  await page.goto(`${shop.url}/${language === 'ar' ? '?lang=ar' : ''}`);
  const facts = {payee: 'Marsa Wallet LLC', amount: amountIn(language, '50.00', 'AED')};
  const flow = new Flow(window, new Visit(page, gateway.url), {language, facts});
  await page.getByRole('button', {name: words[language].top_up}).click();
  await flow.at('review');
  return {page, flow};
}

/** Back to the shop, by the last button. */
async function leave({flow}: Visited): Promise<void> {
  await flow.press('back_to_merchant');
  await flow.page.locator('dialog iframe').waitFor({state: 'detached'});
}

for (const language of languages) {
  test(`a top-up of a payer who can pay at once: ${language}`, async () =>
    browser.in({}, async (window) => {
      const visited = await atReview(window, 'payer-plain', language);
      await visited.flow.review();
      await visited.flow.code('payment');
      await visited.flow.at('bank_accepted');
      await leave(visited);
      await visited.page.getByText(words[language].accepted).waitFor();
      assert.equal((await shop.until(({balance}) => balance !== '0.00', 'the balance')).balance, '50.00');
    }));
}

test('a payment window that lies about SUCCESS makes the page wait, and moves nothing', async () =>
  browser.in({}, async (window) => {
    const {page, flow} = await atReview(window, 'payer-plain');
    const frame = await flow.hosted();
    const nonce = new URL(frame.url()).hash.slice(1);
    // From the right window, with the right nonce: as if the hosted page itself had been taken over.
    await frame.evaluate(({nonce, origin}) => {
      const result = {status: 'SUCCESS', method: 'PAY', message: 'paid', secondary_status: 'ACCEPTED_BY_BANK'};
      parent.postMessage({qantara: 1, nonce, type: 'result', result}, origin);
      parent.postMessage({qantara: 1, nonce, type: 'close'}, origin);
    }, {nonce, origin: new URL(shop.url).origin});
    await page.getByText(words.en.waiting).waitFor();
    await page.reload();
    await page.getByText('AED 0.00').waitFor();
    const {balance, top_ups: topUps} = await shop.state();
    assert.equal(balance, '0.00');
    assert.deepEqual(topUps.map(({status}) => status), ['OPEN']);
  }));

for (const language of languages) {
  test(`an unknown outcome is not known in the shop either, until the webhook comes: ${language}`, async () =>
    browser.in({}, async (window) => {
      const visited = await atReview(window, 'payer-plain', language);
      await bank.next({call: 'authorise_payment', effect: 'answer_lost'});
      await bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
      await visited.flow.review();
      await visited.flow.code('payment');
      await visited.flow.at('unknown_title');
      await leave(visited);
      await visited.page.getByText(words[language].unknown).first().waitFor();
      await visited.page.getByText(words[language].twice).waitFor();
      await window.screenshot(visited.page, `demo-shop-unknown-${language}`);
      assert.equal((await shop.state()).balance, '0.00');
      await bank.calm();
      await gateway.json('clock', 'advance', '1m');
      await visited.page.getByText(words[language].accepted).waitFor();
      assert.equal((await shop.state()).balance, '50.00');
    }));
}

test('not enough money: the shop says that it did not go through', async () =>
  browser.in({}, async (window) => {
    const visited = await atReview(window, 'payer-poor');
    await visited.flow.review();
    await visited.flow.code('payment');
    await visited.flow.at('failed');
    await leave(visited);
    await visited.page.getByText(words.en.failed).waitFor();
    assert.equal((await shop.state()).balance, '0.00');
  }));

for (const [language, look] of [
  ['en', {scheme: 'light', width: 'wide'}],
  ['en', {scheme: 'dark', width: 'narrow'}],
  ['ar', {scheme: 'light', width: 'narrow'}],
  ['ar', {scheme: 'dark', width: 'wide'}],
] as [Language, Look][]) {
  test(`the shop is accessible, whole and readable: ${language}, ${look.scheme}, ${look.width}`, async () =>
    browser.in(look, async (window) => {
      await shop.connect({user: 'payer-otp'});
      const page = await window.tab();
      await page.goto(`${shop.url}/${language === 'ar' ? '?lang=ar' : ''}`);
      await page.getByText(words[language].demonstration).waitFor();
      await page.getByRole('button', {name: words[language].top_up}).waitFor();
      await settle(page.mainFrame());
      await window.screenshot(page, `demo-shop-${language}-${look.scheme}`);
      const frame = page.mainFrame();
      const faults = [...(await axeFaults(frame)), ...(await cutFaults(frame)), ...(await smallTargets(frame)), ...(await contrastFaults(frame))];
      assert.deepEqual(faults, []);
      await window.assertNothingStored();
    }));
}
