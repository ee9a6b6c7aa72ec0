// A person connects a bank and pays, in Chromium: by hand and by keys, in both languages, on any window.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import type {Look, Window} from '../support/browser.js';
import {type Language, languages} from '../support/browser_copy.js';
import type {FlowOptions} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());
afterEach(async () => {
  await world.shop.bank.calm();
  world.shop.assertWebhooksHold();
});

/** Connects and pays as a payer without a wait, from the shop's button to the bank's books. */
async function connectAndPay(window: Window, options: FlowOptions): Promise<void> {
  const {shop} = world;
  const destination = await shop.destination();
  const customer = await shop.customer();
  const flow = await world.connecting(window, {customer, destination}, options);
  await flow.connect('payer-plain');
  await flow.at('connected');
  await flow.reads('can_pay_now');
  const connected = await flow.end('done');
  assert.deepEqual([connected.status, connected.method], ['SUCCESS', 'CREATE_PAYMENT_SOURCE']);

  const intent = await shop.intent(customer, destination, {description: 'ACME TXN001'});
  const paying = await world.paying(window, intent, options);
  await paying.at('review');
  const review = await paying.text();
  for (const shown of [paying.facts.amount, paying.facts.payee, 'ACME TXN001']) assert.ok(review.includes(shown), `${shown} in: ${review}`);
  assert.ok(review.replaceAll(' ', '').includes(destination.iban), `the IBAN in full, in: ${review}`);
  await paying.review();
  await paying.code('payment');
  await paying.at('bank_accepted');
  await paying.reads('amount_to_payee');
  await paying.reads('merchant_confirms');
  const {bank_transaction_reference} = await shop.payment(intent);
  assert.ok((await paying.text()).includes(String(bank_transaction_reference)), 'the bank\'s reference');
  const paid = await paying.end();
  assert.deepEqual([paid.status, paid.method, paid.secondary_status], ['SUCCESS', 'PAY', 'ACCEPTED_BY_BANK']);
  assert.equal((await shop.transfersTo(destination)).length, 1);
}

const looks: [Language, Look][] = [
  ['en', {width: 'wide', scheme: 'light', motion: true}],
  ['en', {width: 'narrow', scheme: 'dark', motion: true}],
  ['ar', {width: 'wide', scheme: 'dark', motion: true}],
  ['ar', {width: 'narrow', scheme: 'light', motion: true}],
];

for (const [language, look] of looks) {
  test(`connects and pays by clicking: ${language}, ${look.width}, ${look.scheme}`, async () =>
    world.browser.in(look, async (window) => {
      await connectAndPay(window, {language});
    }));
}

for (const language of languages) {
  test(`connects and pays with the keyboard alone: ${language}`, async () =>
    world.browser.in({motion: language === 'en'}, async (window) => {
      await connectAndPay(window, {language, keyboard: true});
    }));
}

test('connects and pays with reduced motion, and nothing moves', async () =>
  world.browser.in({}, async (window) => {
    const moving: string[] = [];
    await connectAndPay(window, {
      onScreen: async (screen, flow) => {
        const frame = await flow.hosted();
        const found = await frame.evaluate(() =>
          document.getAnimations().flatMap((animation) => {
            const {effect} = animation;
            const frames = effect instanceof KeyframeEffect ? effect.getKeyframes() : [];
            const moves = frames.some((keyframe) => ['transform', 'translate', 'rotate', 'scale', 'left', 'insetInlineStart'].some((name) => name in keyframe));
            return moves ? [(animation as CSSAnimation).animationName ?? animation.id] : [];
          }));
        moving.push(...found.map((name) => `${screen}: ${name}`));
      },
    });
    assert.deepEqual(moving, []);
  }));
