// What the README tells a newcomer to do, done; and the picture that it shows, taken on the way.
//   QANTARA_RENDER=1 node tests/run.mjs readme     takes the picture anew
import assert from 'node:assert/strict';
import {mkdirSync} from 'node:fs';
import {dirname} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import type {FrameLocator, Page} from 'playwright-core';

import {Browser} from '../support/browser.js';
import {DemoShop} from '../support/demo_shop.js';
import {type Gateway, startGateway} from '../support/gateway.js';

const kPicture = fileURLToPath(new URL('../../../docs/images/paying.png', import.meta.url));

let gateway: Gateway;
let shop: DemoShop;
let browser: Browser;

before(async () => {
  gateway = await startGateway();
  shop = new DemoShop(gateway);
  browser = await Browser.launch();
});
after(async () => {
  await browser?.close();
  await gateway?.dispose();
});

async function press(where: Page | FrameLocator, name: string | RegExp): Promise<void> {
  await where.getByRole('button', {name}).click();
}

async function type(frame: FrameLocator, label: RegExp, text: string): Promise<void> {
  await frame.getByLabel(label).fill(text);
}

async function keepPicture(page: Page): Promise<void> {
  if (process.env['QANTARA_RENDER'] !== '1') return;
  mkdirSync(dirname(kPicture), {recursive: true});
  await page.screenshot({path: kPicture, animations: 'disabled', caret: 'hide'});
}

test('a newcomer connects a bank, lets a day pass, and tops up', async () =>
  browser.in({}, async (window) => {
    const page = await window.tab();
    await page.goto(shop.url);
    const frame = page.frameLocator('dialog iframe');
    const balance = page.getByText('AED 50.00').first();

    await press(page, 'Connect a bank');
    await press(frame, 'Continue');
    await press(frame, /^Lean Mockbank 1$/);
    await type(frame, /Username/, 'payer-otp');
    await frame.locator('input[type=password]').fill('sandbox-pass');
    await press(frame, 'Sign in');
    await type(frame, /Enter the code to sign in/, '1111');
    await press(frame, 'Continue');
    await frame.getByRole('heading', {name: /Your accounts/}).waitFor();
    await press(frame, 'Continue');
    await press(frame, 'Add payee');
    await type(frame, /Enter the code to add/, '1111');
    await press(frame, 'Add payee');
    await frame.getByRole('heading', {name: /^You can pay .* from/}).waitFor();
    await press(frame, 'Done');
    await page.getByText(/Can pay from/).waitFor();

    await press(page, '+24 h');
    await page.getByText(/Can pay from/).waitFor({state: 'detached'});

    await press(page, 'Top up from your bank');
    const review = frame.getByRole('heading', {name: 'Check and pay'});
    await review.waitFor();
    await keepPicture(page);
    await window.screenshot(page, 'readme-review');
    await press(frame, /^Pay AED 50\.00/);
    // A day has passed at the bank as well, and its session has ended: it asks for the password again.
    const heading = frame.locator('h1');
    for (;;) {
      const title = await heading.innerText();
      if (/^Sign in to/.test(title)) {
        await frame.locator('input[type=password]').fill('sandbox-pass');
        await press(frame, 'Sign in');
      } else if (/^Enter the code to sign in/.test(title)) {
        await type(frame, /Enter the code to sign in/, '1111');
        await press(frame, 'Continue');
      } else if (/^Enter the code to pay/.test(title)) {
        await type(frame, /Enter the code to pay/, '1111');
        break;
      }
      await heading.filter({hasNotText: title}).waitFor();
    }
    assert.equal((await shop.state()).balance, '0.00', 'nothing moves before the bank has spoken');
    await press(frame, 'Confirm payment');
    await frame.getByRole('heading', {name: 'Lean Mockbank 1 accepted your payment'}).waitFor();
    await press(frame, /^Back to/);
    await balance.waitFor();
    const {balance: booked, top_ups: topUps} = await shop.until(({balance: now}) => now !== '0.00', 'the balance');
    assert.equal(booked, '50.00');
    assert.equal(topUps.length, 1);
    await window.screenshot(page, 'readme-paid');
  }));

test('a forged word of the payment window moves nothing in the shop', async () =>
  browser.in({}, async (window) => {
    const before = await shop.state();
    const page = await window.tab();
    await page.goto(shop.url);
    await press(page, 'Top up from your bank');
    await page.frameLocator('dialog iframe').getByRole('heading', {name: 'Check and pay'}).waitFor();
    await page.evaluate(() => {
      for (const status of ['SUCCESS', 'ERROR', 'CANCELLED']) {
        globalThis.postMessage({qantara: 1, nonce: '0'.repeat(32), type: 'result', result: {status, method: 'PAY', message: ''}}, location.origin);
      }
    });
    await page.frameLocator('dialog iframe').getByRole('heading', {name: 'Check and pay'}).waitFor();
    assert.equal((await shop.state()).balance, before.balance);
  }));
