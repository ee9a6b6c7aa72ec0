// SIGKILL at every moment that matters, with the bank alive beside it: nothing acknowledged is lost, nothing is paid twice, and
// what nobody knows is found out by asking.
import assert from 'node:assert/strict';
import {afterEach, beforeEach, test} from 'node:test';
import {setTimeout as wait} from 'node:timers/promises';

import {type Gateway, run, startGateway} from '../support/gateway.js';
import {type LinkSession, type Step} from '../support/payer.js';
import {type Event, Receiver} from '../support/receiver.js';
import {eventually, type Payment, Shop} from '../support/shop.js';

/** CI has the time to look for what happens seldom. */
const kRounds = process.env['CI'] === 'true' ? 10 : 1;
/** Longer than any test takes: an answer that comes after everything is over. */
const kTooLateMs = 60_000;

let bank: Gateway;
let shop: Shop;

beforeEach(async () => {
  bank = await startGateway({verb: 'sandbox-bank'});
  const receiver = await Receiver.listen();
  const gateway = await startGateway({
    verb: 'serve',
    flags: ['--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '10s'],
  });
  const app = await gateway.json<{app_token: string; webhook_secret: string}>(
    'app', 'create', '--name', 'Marsa Wallet', '--mode', 'sandbox', '--webhook-url', receiver.url,
  );
  receiver.secret = app.webhook_secret;
  shop = new Shop(gateway, receiver, app.app_token, bank.bankUrl);
});

afterEach(async () => {
  shop.assertWebhooksHold();
  await shop.close();
  await bank.dispose();
});

/** Acts, and kills the gateway when the bank has had the call and still owes the answer. */
async function killDuring(call: string, act: () => Promise<unknown>, meanwhile?: () => Promise<void>): Promise<void> {
  const strikes = await shop.bank.next({call, effect: 'answer_late', delay_ms: kTooLateMs});
  const acting = assert.rejects(act(), 'the gateway died before it could answer');
  await eventually(strikes, (count) => count === 1, `${call} at the bank`);
  await meanwhile?.();
  await shop.gateway.kill();
  await acting;
}

/** The session at the gateway that came back, with the step it shows there. */
async function back(session: LinkSession): Promise<LinkSession> {
  const same = session.at(shop.gateway.url);
  await same.look();
  return same;
}

async function told(intent: string, type: 'payment.created' | 'payment.updated'): Promise<unknown[]> {
  await shop.event(intent, type);
  const events = shop.paymentEventsOf(intent);
  return events.map((event) => [event.type, event.payload['status'], event.payload['status_additional_info']]);
}

test('killed between the order and the answer: unknown after the restart, accepted by asking, paid once', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const onlyOnce = async () => assert.equal((await shop.transfersTo(destination)).length, 1);

  await killDuring('authorise_payment', async () => session.act('submit', {otp: '1111'}), async () => {
    // The bank has paid and the gateway does not know. Outside the status is the published one, and another window waits.
    await onlyOnce();
    assert.equal((await shop.payment(intent)).status, 'AWAITING_PAYMENT_MFA');
    const window = await shop.openPay(intent);
    assert.deepEqual([window.step.kind, window.step.money], ['WORKING', 'unknown']);
    assert.equal((await window.leave()).result?.secondary_status, 'PENDING_WITH_BANK', 'the order may have left');
  });
  const sentAgain = await shop.bank.count('authorise_payment');
  await shop.gateway.start();

  const payment = await shop.payment(intent);
  assert.deepEqual([payment.status, payment.status_detail], ['PENDING_WITH_BANK', 'OUTCOME_UNKNOWN']);
  const page = await back(session);
  assert.deepEqual([page.step.kind, page.step.money], ['UNKNOWN', 'unknown']);
  const story = await shop.explain(intent);
  assert.match(story.next, /Nothing will be sent again/);
  assert.ok(story.entries.some(({symbol, text}) => symbol === 'unknown' && /stopped between sending the order/.test(text)));

  await shop.advance('2s');
  assert.deepEqual(await told(intent, 'payment.updated'), [
    ['payment.created', 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN'],
    ['payment.updated', 'ACCEPTED_BY_BANK', null],
  ]);
  assert.deepEqual(shop.paymentEventsOf(intent).map(({sequence}) => sequence), [2, 3]);
  assert.equal((await page.look()).kind, 'ACCEPTED');
  await onlyOnce();

  // Once more, with nothing under way: nothing happens.
  await shop.gateway.kill();
  await shop.gateway.start();
  assert.equal((await shop.payment(intent)).status, 'ACCEPTED_BY_BANK');
  await shop.advance('24h');
  await onlyOnce();
  assert.equal(await sentAgain(), 0);
  assert.equal(shop.paymentEventsOf(intent).length, 2);
});

test('another one started on the folder while the bank has an order: refused, and the order is answered to the first', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const strikes = await shop.bank.next({call: 'authorise_payment', effect: 'answer_late', delay_ms: 3000});
  const acting = session.act('submit', {otp: '1111'});
  await eventually(strikes, (count) => count === 1, 'the order at the bank');
  const {dataFolder, databaseFlags} = shop.gateway;
  const {code, err} = await run(['serve', '--listen', '127.0.0.1:0', '--data', dataFolder, ...databaseFlags]);
  assert.equal(code, 1, err);
  assert.ok(err.includes(`another gateway runs on the data folder ${dataFolder}`), err);
  await acting;
  assert.deepEqual(await told(intent, 'payment.created'), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('killed with an order that the bank never got: unknown, and FAILED only when the bank gives it up', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  // The connection closes without an effect; the gateway dies before or after it sees that.
  const strikes = await shop.bank.next({call: 'authorise_payment', effect: 'request_lost'});
  const acting = session.act('submit', {otp: '1111'}).catch(() => undefined);
  await eventually(strikes, (count) => count === 1, 'the lost request');
  await shop.gateway.kill();
  await acting;
  await shop.gateway.start();
  for (const by of ['2s', '1m', '5m']) {
    await shop.advance(by);
    assert.equal((await shop.payment(intent)).status, 'PENDING_WITH_BANK');
  }
  await shop.advance('15m');
  assert.deepEqual((await told(intent, 'payment.updated')).at(-1), ['payment.updated', 'FAILED', 'SESSION_EXPIRED_ON_OTP']);
  assert.deepEqual(await shop.transfersTo(destination), []);
});

test('killed while the order is created: nothing moved, and to try again pays once', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
  await killDuring('create_payment', async () => session.act('pay'));
  await shop.gateway.start();
  const page = await back(session);
  assert.deepEqual([page.step.kind, page.step.money], ['BANK_UNREACHABLE', 'not_moved']);
  assert.equal((await shop.payment(intent)).status, 'AWAITING_LOGIN_MFA');
  await page.act('try_again');
  assert.equal((await page.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
  assert.deepEqual(await told(intent, 'payment.created'), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
});

test('killed while the authorisation starts: the payer may have been asked, and to try again pays once', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
  await killDuring('start_payment_authorisation', async () => session.act('pay'));
  const orders = await shop.bank.count('create_payment');
  await shop.gateway.start();
  const page = await back(session);
  assert.deepEqual([page.step.kind, page.step.money], ['BANK_UNREACHABLE', 'unknown']);
  await page.act('try_again');
  assert.deepEqual([page.step.kind, page.step.money], ['CODE', 'not_moved']);
  assert.equal((await page.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  assert.equal(await orders(), 0);
  assert.equal((await shop.transfersTo(destination)).length, 1);
  assert.deepEqual(await told(intent, 'payment.created'), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
});

test('killed while the bank asks in its app: an approval is found, although nobody comes back to the page', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-app');
  await killDuring('start_payment_authorisation', async () => session.act('pay'));
  assert.equal(await shop.bank.decideApprovals('approve'), 1);
  await shop.gateway.start();
  await shop.advance('5s');
  assert.deepEqual(await told(intent, 'payment.created'), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('killed while an approval is awaited: it goes on, and the approval is found', async () => {
  const {session, intent, destination} = await shop.at('APPROVAL', 'payer-app');
  await shop.gateway.kill();
  assert.equal(await shop.bank.decideApprovals('approve'), 1);
  await shop.gateway.start();
  await shop.advance('5s');
  assert.deepEqual(await told(intent, 'payment.created'), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await back(session)).step.kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('killed at any call of connecting: the payer is asked again, and one source comes of it', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  let session = await shop.openConnect(customer, destination);
  const moments: [kind: string, stage: Step['stage'] | undefined, call: string][] = [
    ['CREDENTIALS', 'LOGIN', 'create_consent'],
    ['CREDENTIALS', 'LOGIN', 'authorise_consent'],
    ['CODE', 'LOGIN', 'authorise_consent'],
    ['CODE', 'LOGIN', 'accounts'],
    ['PAYEE', undefined, 'create_beneficiary'],
    ['CODE', 'BENEFICIARY', 'authorise_beneficiary'],
  ];
  for (const [kind, stage, call] of moments) {
    await session.walk({user: 'payer-otp'}, kind, stage);
    await killDuring(call, async () => session.walk({user: 'payer-otp'}, 'COOL_OFF'));
    await shop.gateway.start();
    session = await back(session);
    assert.deepEqual([session.step.kind, session.step.stage, session.step.money], [kind, stage, 'not_moved'], `after ${call}`);
    assert.deepEqual(await shop.sources(customer), [], 'nothing is half done');
  }
  assert.equal((await session.walk({user: 'payer-otp'})).kind, 'COOL_OFF');
  const source = await shop.source(customer);
  assert.equal(source.beneficiaries.length, 1);
  await shop.event(source.id, 'payment_source.beneficiary.created');
  assert.deepEqual(shop.eventsOf(source.id).map(({type}) => type), [
    'payment_source.created',
    'payment_source.beneficiary.created',
  ]);
});

test('killed before the receiver answered: the same event comes again, byte for byte, and before the next one', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  await shop.event(intent, 'payment_intent.created');
  await shop.bank.next({call: 'authorise_payment', effect: 'held', for: '1h'});
  shop.receiver.script.push('hang');
  await session.act('submit', {otp: '1111'});
  const created = await shop.event(intent, 'payment.created');
  await shop.gateway.kill();
  await shop.gateway.start();
  await shop.advance('2h');
  await shop.event(intent, 'payment.updated');

  const isOfPayment = ({type, payload}: Event) => payload['intent_id'] === intent && type.startsWith('payment.');
  const arrivals = shop.receiver.deliveries.filter(({event}) => isOfPayment(event));
  assert.deepEqual(arrivals.map(({event}) => [event.type, event.sequence]), [
    ['payment.created', 2],
    ['payment.created', 2],
    ['payment.updated', 3],
  ]);
  assert.equal(arrivals[1]?.event.event_id, created.event_id);
  assert.equal(arrivals[1]?.body, arrivals[0]?.body);
});

test('events for a receiver that is away wait for it over a kill, and arrive in order', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  await shop.event(intent, 'payment_intent.created');
  await shop.bank.next({call: 'authorise_payment', effect: 'held', for: '1h'});
  shop.receiver.script.push(503, 503, 'close');
  // As the gateway has recorded them: one whose end it did not live to see is made again.
  const attempts = async () => {
    const {entries} = await shop.explain(intent);
    return entries.filter(({text}) => text.startsWith('payment.created to ')).length;
  };
  const attempted = async (times: number) => eventually(attempts, (count) => count === times, `attempt ${times}`);

  await session.act('submit', {otp: '1111'});
  await attempted(1);
  await shop.advance('2h');  // The payment is executed meanwhile; its news waits behind what was not taken.
  await attempted(2);
  await shop.gateway.kill();
  await shop.gateway.start();
  await shop.advance('5h');  // Late retries are four hours apart, give or take a tenth.
  await attempted(3);
  assert.deepEqual(shop.paymentEventsOf(intent).map(({type}) => type), ['payment.created']);
  await shop.advance('5h');
  await shop.event(intent, 'payment.updated');
  assert.equal(await attempts(), 4);
  assert.deepEqual(shop.paymentEventsOf(intent).map(({type, sequence}) => [type, sequence]), [
    ['payment.created', 2],
    ['payment.updated', 3],
  ]);
});

test('the bank is down: nothing is sent, nobody pays, and when it is back the payer goes on', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const other = await shop.at('REVIEW', 'payer-choice');
  const address = new URL(bank.bankUrl).host;
  await bank.kill();

  const code = await session.act('submit', {otp: '1111'});
  assert.deepEqual([code.kind, code.money], ['CODE', 'not_moved']);
  const order = await other.session.act('pay');
  assert.deepEqual([order.kind, order.money], ['BANK_UNREACHABLE', 'not_moved']);
  assert.deepEqual([...shop.paymentEventsOf(intent), ...shop.paymentEventsOf(other.intent)], []);

  await bank.start(address);
  assert.equal((await session.act('submit', {otp: '1111'})).kind, 'ACCEPTED');
  await other.session.act('try_again');
  assert.equal((await other.session.walk({user: 'payer-choice'})).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
  assert.equal((await shop.transfersTo(other.destination)).length, 1);
});

test('the clock stands where it was, after SIGKILL and after SIGTERM', async () => {
  await shop.advance('30h');
  const ahead = async () => (await shop.gateway.json<{offset_seconds: number}>('clock')).offset_seconds;
  assert.equal(await ahead(), 30 * 3600);
  await shop.gateway.kill();
  await shop.gateway.start();
  assert.equal(await ahead(), 30 * 3600);
  assert.equal(await shop.gateway.stop(), 0);
  await shop.gateway.start();
  assert.equal(await ahead(), 30 * 3600);
  await shop.advance('1h');
  assert.equal(await ahead(), 31 * 3600);
});

test('a cool-off that ended while the gateway was dead is noticed', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const end = await shop.connect(customer, destination, {user: 'payer-4h'});
  assert.equal(end.kind, 'COOL_OFF');
  const {id} = await shop.source(customer);
  const strikes = await shop.bank.next({call: 'beneficiary_status', effect: 'answer_late', delay_ms: kTooLateMs});
  await shop.advance('4h');
  await eventually(strikes, (count) => count === 1, 'the question at the bank');
  await shop.gateway.kill();
  await shop.gateway.start();
  assert.equal((await shop.event(id, 'payment_source.beneficiary.updated')).payload['status'], 'ACTIVE');
});

test('dev on the same folder is the same application, after SIGKILL and after SIGTERM', async () => {
  const receiver = await Receiver.listen();
  const gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  const dev = new Shop(gateway, receiver, gateway.info.app_token, gateway.bankUrl);
  try {
    const {app_token, client_id, client_secret, webhook_secret} = gateway.info;
    const destination = await dev.destination();
    const customer = await dev.connected('payer-plain', destination);
    for (const end of [async () => gateway.kill(), async () => gateway.stop()]) {
      await end();
      await gateway.start();
      const {info} = gateway;
      assert.deepEqual(
        [info.app_token, info.client_id, info.client_secret, info.webhook_secret],
        [app_token, client_id, client_secret, webhook_secret],
      );
      const intent = await dev.intent(customer, destination);
      const session = await dev.openPay(intent);
      assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
      await dev.event(intent, 'payment.created');
    }
    dev.assertWebhooksHold();
  } finally {
    await dev.close();
  }
});

test('SIGKILL at random while intents are created: every one that was acknowledged is there, and is told of', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const acknowledged: string[] = [];
  for (let cycle = 0; cycle < 20 * kRounds; ++cycle) {
    const mine: string[] = [];
    const writers = Array.from({length: 4}, async () => {
      for (;;) {
        try {
          mine.push(await shop.intent(customer, destination));
        } catch {
          return;
        }
      }
    });
    // At some moment after the first: a slow machine has one to lose as well.
    await eventually(async () => mine.length, (count) => count > 0, 'an intent');
    await wait(Math.random() * 60);
    await shop.gateway.kill();
    await Promise.all(writers);
    await shop.gateway.start();
    await Promise.all(mine.map(async (intent) => shop.ok('GET', `/payments/v1/intents/${intent}`)));
    acknowledged.push(...mine);
  }
  const isAllHeard = () => {
    const heard = new Set(shop.receiver.events.map(({payload}) => payload['intent_id']));
    return acknowledged.every((intent) => heard.has(intent));
  };
  await shop.receiver.until(isAllHeard, 10_000, 'an intent that nobody was told of');
});

test('SIGKILL at random while many pay: the books agree with every payment', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  const intents: string[] = [];
  for (let round = 0; round < 2 * kRounds; ++round) {
    await shop.bank.next({call: 'any', effect: 'answer_late', delay_ms: 30, percent: 50, times: 100_000});
    const fresh = await Promise.all(Array.from({length: 10}, async () => shop.intent(customer, destination, {amount: 10})));
    for (let kill = 0; kill < 3; ++kill) {
      const payers = fresh.map(async (intent) => pay(intent).catch(() => undefined));
      await wait(Math.random() * 150);
      await shop.gateway.kill();
      await Promise.all(payers);
      await shop.gateway.start();
    }
    await shop.bank.calm();
    await Promise.all(fresh.map(pay));
    intents.push(...fresh);
  }
  await shop.advance('20m');
  const payments = await Promise.all(intents.map(async (intent) => {
    const isOver = ({status}: Payment) => status === 'ACCEPTED_BY_BANK' || status === 'FAILED';
    return eventually(async () => shop.payment(intent), isOver, `the end of ${intent}`);
  }));
  const paid = payments.filter(({status}) => status === 'ACCEPTED_BY_BANK').map(({id}) => id.replaceAll('-', ''));
  const booked = (await shop.transfersTo(destination)).map(({endToEndIdentification}) => endToEndIdentification);
  assert.deepEqual(booked.sort(), paid.sort());
  for (const intent of intents) await shop.event(intent, 'payment.created');
  const firstWord = (intent: string) => shop.paymentEventsOf(intent)[0]?.payload['status_additional_info'];
  const unknown = intents.filter((intent) => firstWord(intent) === 'OUTCOME_UNKNOWN');
  // In so many rounds; in a few it is luck.
  if (kRounds > 1) assert.ok(unknown.length > 0, 'no kill hit an order under way: this proves nothing');
});

async function pay(intent: string): Promise<void> {
  const session = await shop.openPay(intent);
  const tryAgain = ({kind}: Step) => (kind === 'BANK_UNREACHABLE' ? {action: 'try_again'} : undefined);
  await session.walk({user: 'payer-plain', at: tryAgain});
}
