// The SDK's later methods and the options that change the flow, as a shop calls them and a payer meets them.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import type {Look} from '../support/browser.js';
import type {Language} from '../support/browser_copy.js';
import {World} from '../support/browser_world.js';
import {eventually} from '../support/shop.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());
afterEach(async () => {
  await world.shop.bank.calm();
  world.shop.assertWebhooksHold();
});

const looks: [Language, Look][] = [
  ['en', {width: 'wide'}],
  ['ar', {width: 'narrow', scheme: 'dark'}],
];

/** What is told of a bank that was chosen. */
const bank = {bank_identifier: 'LEANMB1', is_supported: true};

for (const [language, look] of looks) {
  test(`createBeneficiary adds a payee to the source that is there: ${language}`, async () =>
    world.browser.in(look, async (window) => {
      const {shop} = world;
      const first = await shop.destination();
      const customer = await shop.connected('payer-plain', first);
      const second = await shop.destination();
      const flow = await world.visit(window, {language});
      await flow.open('createBeneficiary', {app_token: shop.appToken, customer_id: customer, payment_destination_id: second.id, destination_alias: 'Acme Café'});
      await flow.at('add_payee_title');
      const shown = await flow.text();
      for (const part of ['Acme Corp.', 'Acme Café']) assert.ok(shown.includes(part), `${part} in: ${shown}`);
      assert.ok(shown.replaceAll(' ', '').includes(second.iban), 'whoever is called otherwise keeps their IBAN');
      await window.screenshot(flow.page, `sdk-beneficiary-${language}`);
      await flow.press('add_payee');
      await flow.code('payee');
      await flow.at('connected');
      const {lean_correlation_id, ...result} = await flow.end('done');
      assert.match(String(lean_correlation_id), /^\S{8,}$/);
      assert.deepEqual(result, {
        status: 'SUCCESS', method: 'CREATE_BENEFICIARY', message: 'Customer created Beneficiary successfully', bank, exit_point: 'SUCCESS', last_api_response: 'OK',
      });
      const {id, beneficiaries} = (await shop.source(customer)) as any;
      assert.deepEqual(beneficiaries.map((row: any) => row.payment_destination_id), [first.id, second.id]);
      await shop.event(id, 'payment_source.beneficiary.created');
    }));

  test(`checkout connects a bank and pays in one flow: ${language}`, async () =>
    world.browser.in(look, async (window) => {
      const {shop} = world;
      const destination = await shop.destination();
      const customer = await shop.customer();
      const intent = await shop.intent(customer, destination);
      const flow = await world.visit(window, {language});
      await flow.open('checkout', {
        app_token: shop.appToken, payment_intent_id: intent, customer_name: 'Sara Ali', bank_identifier: 'LEANMB1', risk_details: {any: ['shape']},
      });
      await flow.welcome();
      await flow.signIn('payer-plain', 'wrong');
      await flow.reads('wrong_password');
      await flow.signIn('payer-plain');
      await flow.foundAccounts();
      await flow.addPayee();
      await flow.code('payee');
      await flow.at('choose_account');
      await window.screenshot(flow.page, `sdk-checkout-${language}`);
      await flow.frame.getByRole('radio').first().check();
      await flow.press('continue');
      await flow.review();
      await flow.code('payment');
      await flow.at('bank_accepted');
      const {lean_correlation_id: _, ...result} = await flow.end();
      assert.deepEqual(result, {
        status: 'SUCCESS', method: 'CHECKOUT', message: 'The bank accepted the payment', secondary_status: 'ACCEPTED_BY_BANK', bank,
        exit_point: 'SUCCESS', user_exit_intent: 'USER_COMPLETED_PAYMENT', last_api_response: 'OK',
      });
      assert.equal((await shop.transfersTo(destination)).length, 1);
      const steps = await flow.visit.steps();
      const named = steps.map(({step}) => step).filter((step) => step !== 'PROCESSING');
      assert.deepEqual(named, [
        'START', 'APPLICATION_INFO', 'CREDENTIALS', 'WRONG_CREDENTIALS', 'ACCOUNTS', 'BENEFICIARY', 'BENEFICIARY_OTP', 'ACCOUNT_SELECTION',
        'PAYMENT_REVIEW', 'PAYMENT_OTP', 'SUCCESS',
      ]);
      assert.deepEqual(steps.at(-1), {step: 'SUCCESS', method: 'CHECKOUT', bank_identifier: 'LEANMB1'});
      for (const typed of ['payer-plain', 'sandbox-pass', '1111', destination.iban]) assert.ok(!JSON.stringify(steps).includes(typed), 'nothing of the payer');
    }));

  test(`reconnect lets the payer sign in again where the bank has ended the consent: ${language}`, async () =>
    world.browser.in(look, async (window) => {
      const {shop} = world;
      const destination = await shop.destination();
      const customer = await shop.customer();
      assert.equal((await shop.connect(customer, destination, {user: 'payer-4h'})).kind, 'COOL_OFF');
      const intent = await shop.intent(customer, destination);
      await shop.bank.next({call: 'beneficiary_status', effect: 'consent_lapsed', times: 1_000});
      await shop.advance('4h');
      const lapsed = (await eventually(() => shop.source(customer), (source: any) => source.reconnect_id !== undefined, 'the source waits to be reconnected')) as any;
      await shop.bank.calm();

      window.expect(/409/, /RECONNECT_REQUIRED/);
      const refused = await world.paying(window, intent, {language});
      await refused.begins(refused.say('failed'));
      await window.screenshot(refused.page, `sdk-reconnect-required-${language}`);
      const told = await refused.end();
      assert.deepEqual([told.status, told.secondary_status, told['last_api_response']], ['ERROR', 'RECONNECT_REQUIRED', 'RECONNECT_REQUIRED']);
      await refused.page.close();

      const flow = await world.visit(window, {language});
      await flow.open('reconnect', {app_token: shop.appToken, reconnect_id: lapsed.reconnect_id});
      await flow.signIn('payer-4h');
      await flow.code('login');
      await flow.at('connected');
      await flow.reads('reconnected_text');
      await window.screenshot(flow.page, `sdk-reconnected-${language}`);
      const result = await flow.end('done');
      assert.deepEqual([result.status, result.method, result.message], ['SUCCESS', 'RECONNECT', 'Customer reconnected Payment Source successfully']);
      await shop.event(lapsed.id, 'payment_source.beneficiary.updated');
      const source = (await shop.source(customer)) as any;
      assert.deepEqual([source.id, source.reconnect_id], [lapsed.id, undefined], 'the same source, and it waits no more');

      const paying = await world.paying(window, intent, {language});
      await paying.review();
      await paying.code('payment');
      await paying.at('bank_accepted');
    }));
}

test('link is connect under its old name', async () =>
  world.browser.in({}, async (window) => {
    const flow = await world.visit(window);
    await flow.open('link', {app_token: world.shop.appToken, customer_id: await world.shop.customer(), payment_destination_id: (await world.shop.destination()).id, permissions: ['payments']});
    await flow.at('welcome');
    await flow.page.keyboard.press('Escape');
    await flow.press('leave');
    const {status, method, exit_point, exit_intent_point, user_exit_intent} = await flow.visit.result();
    assert.deepEqual([status, method, exit_point, exit_intent_point, user_exit_intent],
      ['CANCELLED', 'CREATE_PAYMENT_SOURCE', 'APPLICATION_INFO', 'APPLICATION_INFO', undefined]);
  }));

test('what this gateway does not offer answers so', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/not offered by this gateway/);
    for (const method of ['authorize', 'authorise', 'authorizeConsent', 'manageConsents', 'verifyAddress'] as const) {
      const visit = await world.merchant.visit(await window.tab());
      await visit.open(method, {app_token: world.shop.appToken, customer_id: 'x'});
      const result = await visit.result();
      assert.deepEqual([result.status, result.message], ['ERROR', `${method} is not offered`]);
    }
  }));

test('a settled account is paid from, and there is no other', async () =>
  world.browser.in({}, async (window) => {
    const {shop} = world;
    const destination = await shop.destination();
    const customer = await shop.connected('payer-otp', destination);
    const {accounts} = (await shop.source(customer)) as any;
    const account = accounts.find(({currency}: any) => currency === 'AED');
    const config = {app_token: shop.appToken, account_id: account.id};
    const free = await world.visit(window);
    await free.open('pay', {...config, payment_intent_id: await shop.intent(customer, destination)});
    await free.at('review');
    assert.equal(await free.button('change_account').count(), 1);
    const settled = await world.visit(window);
    await settled.open('pay', {...config, payment_intent_id: await shop.intent(customer, destination), allow_payment_source_change: 'false'});
    await settled.at('review');
    assert.equal(await settled.button('change_account').count(), 0);
  }));

test('leaving a payment says where, and that the payer meant it', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.at('review');
    await flow.page.keyboard.press('Escape');
    await flow.asks('leave_paying');
    await flow.press('leave');
    const {lean_correlation_id: _, ...result} = await flow.visit.result();
    assert.deepEqual(result, {
      status: 'CANCELLED', method: 'PAY', message: 'Customer left before finishing', bank, exit_point: 'PAYMENT_REVIEW',
      exit_intent_point: 'PAYMENT_REVIEW', user_exit_intent: 'USER_CANCELLED_PAYMENT', last_api_response: 'OK',
    });
  }));

test('a page that takes the window away is told so', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.at('review');
    await flow.visit.told('PAYMENT_REVIEW');
    await flow.page.evaluate(() => document.body.lastElementChild?.remove());
    const result = await flow.visit.result();
    assert.deepEqual([result.status, result.exit_point], ['LINK_CLOSED_PROGRAMMATICALLY', 'PAYMENT_REVIEW']);
  }));

test('a page may pin the script by its hash', async () =>
  world.browser.in({}, async (window) => {
    window.expect(/integrity/);
    const {createHash} = await import('node:crypto');
    const address = `${world.shop.gateway.url}/link/sdk/web/1.0.0/Lean.min.js`;
    const script = Buffer.from(await (await fetch(address)).arrayBuffer());
    const right = `sha384-${createHash('sha384').update(script).digest('base64')}`;
    const {page} = await world.merchant.visit(await window.tab());
    for (const [integrity, runs] of [[right, true], [`sha384-${createHash('sha384').update('x').digest('base64')}`, false]] as const) {
      const ran = await page.evaluate(async ([src, hash]) => {
        const global = globalThis as any;
        delete global.Lean;
        const tag = Object.assign(document.createElement('script'), {src, integrity: hash, crossOrigin: 'anonymous'});
        await new Promise((resolve) => {
          tag.onload = tag.onerror = resolve;
          document.head.append(tag);
        });
        return 'Lean' in global;
      }, [address, integrity] as const);
      assert.equal(ran, runs, integrity);
    }
  }));
