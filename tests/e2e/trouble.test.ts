// What a person sees when something goes wrong: always the truth about the money, and always a way on.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import type {Window} from '../support/browser.js';
import {type CopyKey, heard, type Language, languages} from '../support/browser_copy.js';
import type {Flow} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';
import type {Destination} from '../support/shop.js';

let world: World;

before(async () => (world = await World.open('1s')));
after(async () => world?.close());
afterEach(async () => {
  await world.shop.bank.calm();
  world.shop.assertWebhooksHold();
});

/** An end that failed: the reason, and what is proved about the money. */
async function assertFailed(flow: Flow, title: CopyKey, reason: CopyKey, slots: Record<string, string> = {}): Promise<void> {
  await flow.at(title);
  await flow.reads(reason, slots);
  await flow.reads('not_moved');
}

async function newcomer(window: Window, language: Language): Promise<Flow> {
  return world.connecting(window, {customer: await world.shop.customer(), destination: await world.shop.destination()}, {language});
}

/** Opens the flow of a payer who can pay now, at its review. */
async function atReview(window: Window, user: string, language: Language) {
  const payable = await world.payable(user);
  return {...payable, flow: await world.paying(window, payable.intent, {language})};
}

for (const language of languages) {
  test(`a wrong password is told without saying which half was wrong, and can be corrected: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const flow = await newcomer(window, language);
      await flow.welcome();
      await flow.chooseBank();
      await flow.signIn('payer-plain', 'canary-password-7251');
      await flow.reads('wrong_password');
      await flow.at('sign_in_to');
      assert.equal(await flow.field('username').inputValue(), 'payer-plain', 'the name is kept');
      const password = flow.frame.getByLabel(flow.say('password'), {exact: true});
      assert.equal(await password.inputValue(), '', 'the password is not');
      const focused = await (await flow.hosted()).evaluate(() => document.activeElement?.textContent ?? '');
      assert.ok(heard(focused).includes(flow.heardSay('wrong_password')), `the summary has the focus, not "${focused}"`);
      await flow.signIn(undefined);
      await flow.foundAccounts();
      await flow.at('add_payee_title');
    }));
}

test('empty fields are told at the field, and nothing is sent', async () =>
  world.browser.in({}, async (window) => {
    const flow = await newcomer(window, 'en');
    await flow.welcome();
    await flow.chooseBank();
    await flow.at('sign_in_to');
    const sent = window.requests.length;
    await flow.press('sign_in');
    await flow.reads('enter_username');
    await flow.reads('enter_password');
    assert.deepEqual(window.requests.slice(sent), []);
    await flow.signIn('payer-plain');
    await flow.foundAccounts();
    await flow.addPayee();
    await flow.at('payee_code');
    await flow.press('add_payee');
    await flow.reads('enter_code');
    await flow.code('payee');
    await flow.at('connected');
  }));

for (const language of languages) {
  test(`wrong passwords until the bank refuses: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      try {
        const flow = await newcomer(window, language);
        await flow.welcome();
        await flow.chooseBank();
        await flow.signIn('payer-lock', 'wrong');
        await flow.reads('wrong_password');
        await flow.reads('tries_left', {n: 2});
        await flow.signIn(undefined, 'wrong again');
        await flow.reads('tries_left', {n: 1});
        await flow.signIn(undefined, 'and again');
        await assertFailed(flow, 'not_connected', 'login_exhausted');
        const result = await flow.end();
        assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'EU_ACCOUNT_LOCKED']);
      } finally {
        await world.shop.bank.unlock('payer-lock');
      }
    }));

  test(`wrong codes until the bank refuses, and no money has left: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {flow, intent, destination} = await atReview(window, 'payer-plain', language);
      await flow.review();
      for (const left of [2, 1]) {
        await flow.code('payment', `864${left}`);
        await flow.reads('wrong_code');
        await flow.reads('tries_left', {n: left});
        const field = flow.field('payment_code');
        assert.equal(await field.inputValue(), '', 'emptied');
        assert.ok(await field.evaluate((element) => element === document.activeElement), 'ready to type');
      }
      await flow.code('payment', '8640');
      await assertFailed(flow, 'failed', 'code_exhausted');
      const result = await flow.end();
      assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'MFA_ATTEMPTS_EXHAUSTED']);
      assert.equal((await world.shop.payment(intent)).status, 'FAILED');
      assert.deepEqual(await world.shop.transfersTo(destination), []);
    }));
}

test('a code is read however it is written: blanks, dashes, Arabic digits', async () => {
  for (const code of ['11 11', '1-1-1-1', '١١١١', '۱۱۱۱']) {
    await world.browser.in({}, async (window) => {
      const {flow, intent} = await atReview(window, 'payer-plain', 'ar');
      await flow.review();
      await flow.code('payment', code);
      await flow.at('bank_accepted');
      assert.equal((await world.shop.payment(intent)).status, 'ACCEPTED_BY_BANK', code);
    });
  }
});

// ---- The bank's app ----

/** The bank's app in a second tab, where somebody presses the button beside this payment. */
async function decideInTheApp(window: Window, language: Language, decision: 'approve' | 'deny', {iban}: Destination): Promise<void> {
  const [name, done] = {
    approve: {en: ['Approve', 'Approved.'], ar: ['موافقة', 'تمت الموافقة']},
    deny: {en: ['Deny', 'Denied.'], ar: ['رفض', 'رُفضت الدفعة.']},
  }[decision][language] as [string, string];
  const app = await window.tab();
  await app.goto(`${world.shop.gateway.bankUrl}/app?lang=${language}`);
  const request = app.getByRole('article').filter({hasText: iban});
  const text = heard(await request.innerText());
  for (const shown of ['1,000.00', 'Acme Corp.']) assert.ok(text.includes(shown), `${shown} in the app: ${text}`);
  if (decision === 'approve') await window.screenshot(app, `bank-app-${language}`);
  await request.getByRole('button', {name, exact: true}).click();
  await app.getByText(done).waitFor();
  await app.close();
  await world.shop.advance('5s');
}

for (const language of languages) {
  test(`an approval granted in the bank's app: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {flow, destination} = await atReview(window, 'payer-app', language);
      await flow.review();
      await flow.at('approve_in_app');
      await flow.reads('approve_text');
      await flow.reads('waiting_for_approval');
      await decideInTheApp(window, language, 'approve', destination);
      await flow.at('bank_accepted');
      assert.equal((await flow.end()).secondary_status, 'ACCEPTED_BY_BANK');
      assert.equal((await world.shop.transfersTo(destination)).length, 1);
    }));

  test(`an approval denied in the bank's app: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {flow, destination} = await atReview(window, 'payer-app', language);
      await flow.review();
      await flow.at('approve_in_app');
      await decideInTheApp(window, language, 'deny', destination);
      await assertFailed(flow, 'failed', 'denied');
      const result = await flow.end();
      assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'USER_CANCELLED']);
      assert.deepEqual(await world.shop.transfersTo(destination), []);
    }));
}

test('a choice of how to confirm leads to the app or to a code', async () =>
  world.browser.in({}, async (window) => {
    const {flow, destination} = await atReview(window, 'payer-choice', 'en');
    await flow.review();
    await flow.at('choose_method');
    await flow.frame.getByRole('radio', {name: /app/i}).check();
    await flow.press('continue');
    await flow.at('approve_in_app');
    await decideInTheApp(window, 'en', 'approve', destination);
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- Money that is not there, banks that are not there ----

for (const language of languages) {
  test(`not enough money: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {flow, destination} = await atReview(window, 'payer-poor', language);
      await flow.review();
      await flow.code('payment');
      await flow.at('failed');
      await flow.reads('not_moved');
      const result = await flow.end();
      assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'INSUFFICIENT_BALANCE']);
      assert.deepEqual(await world.shop.transfersTo(destination), []);
    }));

  test(`a bank that is down is nobody's fault, and another can be chosen: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const flow = await newcomer(window, language);
      await flow.welcome();
      await flow.at('banks');
      await world.shop.bank.next({call: 'create_consent', effect: 'status_503'});
      await flow.chooseBank();
      await flow.signIn('payer-plain');
      await flow.reads('bank_not_answering');
      await flow.press('try_again');
      await flow.signIn('payer-plain');
      await flow.foundAccounts();
    }));

  test(`an unknown outcome is called unknown, and becomes accepted by itself: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {flow, intent, destination} = await atReview(window, 'payer-plain', language);
      await flow.review();
      await world.shop.bank.next({call: 'authorise_payment', effect: 'answer_lost'});
      await world.shop.bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
      await flow.code('payment');
      await flow.at('unknown_title');
      await flow.reads('unknown_text');
      await flow.reads('do_not_pay_again');
      const text = await flow.text();
      for (const lie of ['not_moved', 'accepted', 'try_again'] as const) assert.ok(!text.includes(flow.say(lie)), `${lie} in: ${text}`);
      await flow.press('check_again');
      await flow.reads('no_news');
      // Now the bank can say, and nobody has to press anything.
      await world.shop.bank.calm();
      await world.shop.advance('1m');
      await flow.at('bank_accepted');
      assert.equal((await flow.end()).secondary_status, 'ACCEPTED_BY_BANK');
      assert.equal((await world.shop.payment(intent)).status, 'ACCEPTED_BY_BANK');
      assert.equal((await world.shop.transfersTo(destination)).length, 1);
    }));
}

test('an unknown outcome that is left is told to the shop as pending, never as cancelled', async () =>
  world.browser.in({}, async (window) => {
    const {flow, destination} = await atReview(window, 'payer-plain', 'en');
    await flow.review();
    await world.shop.bank.next({call: 'authorise_payment', effect: 'answer_lost'});
    await flow.code('payment');
    await flow.at('unknown_title');
    const result = await flow.end();
    assert.deepEqual([result.status, result.secondary_status], ['SUCCESS', 'PENDING_WITH_BANK']);
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('a payment that the bank holds is pending, until the bank has booked it', async () =>
  world.browser.in({}, async (window) => {
    const {flow, destination} = await atReview(window, 'payer-plain', 'en');
    await world.shop.bank.next({call: 'authorise_payment', effect: 'held', for: '2h'});
    await flow.review();
    await flow.code('payment');
    await flow.at('processing');
    await flow.reads('processing_text');
    assert.deepEqual(await world.shop.transfersTo(destination), []);
    await world.shop.advance('3h');
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- Time ----

for (const language of languages) {
  test(`a cool-off is shown with its end, and ended by the clock: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const customer = await world.shop.customer();
      const destination = await world.shop.destination();
      const flow = await world.connecting(window, {customer, destination}, {language});
      await flow.connect('payer-4h');
      await flow.reads('cool_off_text');
      const {beneficiary_cool_off_expiry: end} = (await world.shop.source(customer)).beneficiaries[0]!;
      const shown = await flow.frame.locator('time').first().getAttribute('datetime');
      assert.equal(Date.parse(String(shown)), Date.parse(String(end)), 'the exact end');
      assert.equal((await flow.end('done')).status, 'SUCCESS');

      // To pay meanwhile shows the same end, before the bank is asked.
      const intent = await world.shop.intent(customer, destination);
      const early = await world.paying(window, intent, {language});
      window.expect(/409 \(Conflict\)/);
      await early.reads('cool_off_text');
      const refused = await early.end('done');
      assert.deepEqual([refused.status, refused.secondary_status], ['ERROR', 'PENDING_BENEFICIARY_COOL_OFF']);

      await world.shop.advance('4h');
      const {id} = await world.shop.source(customer);
      await world.shop.event(id, 'payment_source.beneficiary.updated');
      const later = await world.paying(window, await world.shop.intent(customer, destination), {language});
      await later.review();
      await later.signIn(undefined);
      await later.code('payment');
      await later.at('bank_accepted');
      assert.equal((await world.shop.transfersTo(destination)).length, 1);
    }));
}

test('a request that nobody began to pay in time has expired, and the shop can make another', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    await world.shop.advance('25h');
    window.expect(/409 \(Conflict\)/);
    const flow = await world.paying(window, intent);
    await flow.at('request_expired');
    await flow.reads('makes_new_one');
    await flow.reads('not_moved');
    const result = await flow.end();
    assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'PAYMENT_INTENT_EXPIRED']);
  }));

test('a request that the merchant took back is told as that', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    await world.shop.ok('POST', `/payments/v1/intents/${intent}/cancel`);
    window.expect(/409 \(Conflict\)/);
    const flow = await world.paying(window, intent);
    await flow.at('request_withdrawn');
    await flow.reads('not_moved');
    const result = await flow.end();
    assert.deepEqual([result.status, result.secondary_status], ['ERROR', 'PAYMENT_INTENT_EXPIRED']);
  }));
