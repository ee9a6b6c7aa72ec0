// State lives at the server: whoever leaves, reloads, goes back, opens a second window or loses the connection finds the
// payment where it stood, and pays once.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import {languages} from '../support/browser_copy.js';
import {type Flow, type FlowOptions, kCode} from '../support/browser_flow.js';
import {World} from '../support/browser_world.js';
import {eventually} from '../support/shop.js';

let world: World;

before(async () => (world = await World.openApart()));
after(async () => world?.close());
afterEach(async () => {
  await world.shop.bank.calm();
  world.shop.assertWebhooksHold();
});

const wantsPay = (intent: string) => ({app_token: world.shop.appToken, payment_intent_id: intent});

/** Escape, as a person in the middle of the flow presses it. */
async function escape(flow: Flow): Promise<void> {
  await flow.heading().waitFor();
  await flow.page.keyboard.press('Escape');
}

/** Goes on with what the flow asks for after the review of payer-plain. */
async function finish(flow: Flow): Promise<void> {
  await flow.code('payment');
  await flow.at('bank_accepted');
  assert.equal((await flow.end()).secondary_status, 'ACCEPTED_BY_BANK');
}

for (const language of languages) {
  test(`a payer leaves, is asked first, and comes back to the same payment: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const {intent, destination} = await world.payable('payer-plain');
      const flow = await world.paying(window, intent, {language});
      await flow.review();
      await flow.at('payment_code');
      await escape(flow);
      await flow.asks('leave_paying');
      await flow.reads('not_moved');
      await flow.press('stay');
      await flow.at('payment_code');

      await escape(flow);
      await flow.asks('leave_paying');
      await flow.press('leave');
      const left = await flow.visit.result();
      assert.deepEqual([left.status, left.method], ['CANCELLED', 'PAY']);
      assert.deepEqual(await world.shop.transfersTo(destination), []);

      const again = await world.paying(window, intent, {language});
      await finish(again);
      assert.equal((await world.shop.transfersTo(destination)).length, 1);
    }));
}

test('leaving while the app may be approving warns, and is told as pending', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-app');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('approve_in_app');
    await escape(flow);
    await flow.asks('leave_approval');
    await flow.reads('leave_approval_text');
    await flow.press('leave');
    const left = await flow.visit.result();
    assert.deepEqual([left.status, left.secondary_status], ['SUCCESS', 'PENDING_WITH_BANK']);

    // The bank's customer approves after all, and looks again.
    assert.equal(await world.shop.bank.decideApprovals('approve'), 1);
    await world.shop.advance('2s');
    await world.shop.event(intent, 'payment.created');
    const again = await world.paying(window, intent);
    await again.at('already_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- Reload and Back, at every step ----

/** Reloads the frame, reloads the shop and opens again, goes back and stays: each time the same screen is there. */
function stubborn(seen: string[], reopen: (flow: Flow) => Promise<unknown>): NonNullable<FlowOptions['onScreen']> {
  let busy = false;
  return async (screen, flow) => {
    if (busy) return;
    busy = true;
    seen.push(screen);
    const title = await flow.heading().innerText();
    const isStill = async () => flow.titled(title, screen);
    const isEnd = screen === 'connected' || screen === 'bank_accepted';

    const frame = await flow.hosted();
    await frame.evaluate(() => location.reload()).catch(() => undefined);
    if (!isEnd) await isStill();

    if (!isEnd) {
      await flow.page.reload();
      await reopen(flow);
      await isStill();

      // Back goes to the screen before where there is one to go to, and else asks before it leaves.
      await flow.page.evaluate(() => history.back());
      if (screen === 'sign_in_to') {
        await flow.chooseBank();
      } else {
        await flow.button('stay').click();
      }
      await isStill();
    }
    busy = false;
  };
}

test('reload and Back at every step of connecting', async () =>
  world.browser.in({}, async (window) => {
    const seen: string[] = [];
    const wanted = {customer: await world.shop.customer(), destination: await world.shop.destination()};
    const config = {
      app_token: world.shop.appToken, permissions: ['payments'],
      customer_id: wanted.customer, payment_destination_id: wanted.destination.id,
    };
    const flow = await world.connecting(window, wanted, {onScreen: stubborn(seen, async (open) => open.open('connect', config))});
    await flow.connect('payer-otp');
    await flow.reads('cool_off_text');
    assert.deepEqual(seen, ['welcome', 'banks', 'sign_in_to', 'login_code', 'accounts_found', 'add_payee_title', 'payee_code']);
    assert.equal((await world.shop.source(wanted.customer)).beneficiaries.length, 1);
  }));

test('reload and Back at every step of paying', async () =>
  world.browser.in({}, async (window) => {
    const seen: string[] = [];
    const {intent, destination} = await world.payable('payer-choice');
    const flow = await world.paying(window, intent, {onScreen: stubborn(seen, async (open) => open.open('pay', wantsPay(intent)))});
    await flow.review();
    await flow.at('choose_method');
    await flow.frame.getByRole('radio').first().check();
    await flow.press('continue');
    await flow.code('payment');
    await flow.at('bank_accepted');
    assert.deepEqual(seen, ['review', 'choose_method', 'payment_code', 'bank_accepted']);
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- Two windows ----

test('two tabs pay the same intent: one is told where the other is, and one transfer is made', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const orders = await world.shop.bank.count('create_payment');
    const first = await world.paying(window, intent);
    await first.at('review');
    const second = await world.paying(window, intent);
    await second.at('review');

    // The older one notices at its next act, and may take the payment back.
    await first.page.bringToFront();
    window.expect(/409 \(Conflict\)/);
    await first.press('pay');
    await first.at('other_window');
    await first.reads('other_window_text');
    await first.press('continue_here');
    await first.review();
    await first.at('payment_code');

    await second.page.bringToFront();
    await second.press('pay');
    await second.at('other_window');
    await second.press('continue_here');
    await finish(second);

    // And the other finds it done, whatever it still shows.
    await first.page.bringToFront();
    await first.code('payment');
    await first.reads('amount_to_payee');
    assert.equal(await orders(), 1);
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('two people press at the same moment: one transfer', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    window.expect(/409 \(Conflict\)/);
    const flows: Flow[] = [];
    for (const _ of [1, 2]) {
      const flow = await world.paying(window, intent);
      await flow.at('review');
      flows.push(flow);
    }
    await Promise.all(flows.map(async (flow) => flow.press('pay')));
    // Whoever opened last has the payment.
    await finish(flows[1]!);
    await flows[0]!.page.bringToFront();
    await flows[0]!.reads('amount_to_payee');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('a double press sends once', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.at('review');
    await flow.button('pay').dblclick();
    await flow.at('payment_code');
    await flow.field('payment_code').fill('1111');
    await flow.button('confirm_payment').dblclick();
    await flow.at('bank_accepted');
    const sent = window.requests.filter((url) => /\/steps\/\d+$/.test(url));
    assert.equal(sent.length, 2, sent.join(' '));
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('a press that meets a call to the bank in work is sent again by itself, once it may be', async () =>
  world.browser.in({width: 'narrow'}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent, {language: 'ar'});
    await flow.review();
    await flow.at('payment_code');
    window.expect(/409 \(Conflict\)/);
    const body = JSON.stringify({status: 'STEP_OUTDATED', message: 'a call to the bank is in work for this payment'});
    await window.context.route(/\/steps\/\d+$/, (route) => route.fulfill({status: 409, contentType: 'application/json', body}), {times: 1});
    await finish(flow);
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- Connection and gateway lost ----

test('offline is said, and the flow continues when the connection is back', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('payment_code');
    window.expect(/ERR_INTERNET_DISCONNECTED/);
    await window.context.setOffline(true);
    await flow.reads('offline');
    await flow.type(flow.field('payment_code'), kCode);
    await flow.press('confirm_payment');
    await flow.reads('dropped');
    assert.deepEqual(await world.shop.transfersTo(destination), []);
    await window.context.setOffline(false);
    await flow.code('payment');
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

const kGatewayGone = /ERR_CONNECTION_(REFUSED|RESET|CLOSED)|ERR_EMPTY_RESPONSE|ERR_SOCKET_NOT_CONNECTED|409 \(Conflict\)/;

test('the gateway is killed before it gets the code, and started again while the page is open: paid once', async () =>
  world.browser.in({}, async (window) => {
    const {gateway} = world.shop;
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('payment_code');
    const {host} = new URL(gateway.url);
    window.expect(kGatewayGone);
    await gateway.kill();
    await flow.type(flow.field('payment_code'), kCode);
    await flow.press('confirm_payment');
    await flow.reads('dropped');
    await gateway.start(host);
    // It never left the page: the code is asked for again.
    await flow.code('payment');
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

test('the gateway is killed between the order and the answer: the page finds out what happened, and it is paid once', async () =>
  world.browser.in({}, async (window) => {
    const {gateway, bank} = world.shop;
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('payment_code');
    const {host} = new URL(gateway.url);
    window.expect(kGatewayGone);
    const strikes = await bank.next({call: 'authorise_payment', effect: 'answer_late', delay_ms: 60_000});
    await bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
    await flow.type(flow.field('payment_code'), kCode);
    await flow.press('confirm_payment');
    await eventually(strikes, (count) => count === 1, 'the order at the bank');
    await gateway.kill();
    await flow.reads('dropped');
    await gateway.start(host);
    await flow.at('unknown_title');
    await flow.reads('do_not_pay_again');
    await bank.calm();
    await world.shop.advance('1m');
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));
