// What a payer, a merchant and the bank's books see when the bank misbehaves: no payment twice, and none that has FAILED
// without the bank's word.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import type {Scenario} from '../support/bank.js';
import type {Step} from '../support/payer.js';
import {eventually, type Payment, Shop} from '../support/shop.js';

let shop: Shop;

before(async () => (shop = await Shop.open('500ms')));
after(async () => shop.close());
afterEach(async () => {
  await shop.bank.calm();
  shop.assertWebhooksHold();
});

type Fault = Pick<Scenario, 'effect'> & {delay_ms?: number};

/** The call has its effect, and the answer is no good. */
const answerFaults: Fault[] = [
  {effect: 'answer_lost'},
  {effect: 'answer_late', delay_ms: 1000},
  {effect: 'answer_cut'},
  {effect: 'status_503_after_effect'},
];
/** The call has no effect, which nobody can know who sent it. */
const requestFaults: Fault[] = [{effect: 'request_lost'}, {effect: 'status_503'}];
const faults = [...answerFaults, ...requestFaults];

/** What `payment.created` and `payment.updated` say, in order. */
async function told(intent: string, updates: number): Promise<unknown[]> {
  await shop.event(intent, 'payment.created');
  await shop.receiver.until(() => shop.paymentEventsOf(intent).length >= updates + 1, 10_000, `no ${updates} payment.updated`);
  return shop.paymentEventsOf(intent).map(({type, payload}) => [type, payload['status'], payload['status_additional_info']]);
}

/** Of each entry of the story: who, with which sign. */
async function signs(intent: string): Promise<string[]> {
  return (await shop.told(intent)).map((line) => line.replace(/:.*/, ''));
}

/** Moves the clock, and waits until the bank has been asked about the payment again and the answer is stored. */
async function advanceUntilAsked(intent: string, by: string): Promise<void> {
  const questions = async () => {
    const {entries} = await shop.explain(intent);
    return entries.filter(({text}) => /^(asked: |no answer to our question)/.test(text)).length;
  };
  const before = await questions();
  await shop.advance(by);
  await eventually(questions, (count) => count > before, `a question within ${by}`);
}

async function assertPayment(intent: string, status: string, detail: string | null): Promise<void> {
  const payment = await shop.payment(intent);
  assert.deepEqual([payment.status, payment.status_detail], [status, detail]);
}

function assertEnd(step: Step, kind: string, money: Step['money'], status: string, secondary: string): void {
  assert.deepEqual([step.kind, step.money, step.result?.status, step.result?.secondary_status], [kind, money, status, secondary]);
}

// ---- The one call that moves money ----

for (const fault of answerFaults) {
  test(`the code reached the bank, ${fault.effect}: unknown, then accepted by asking, and paid once`, async () => {
    const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
    await shop.bank.next({call: 'authorise_payment', ...fault});
    const sentAgain = await shop.bank.count('authorise_payment');
    const orders = await shop.bank.count('create_payment');

    assertEnd(await session.act('submit', {otp: '1111'}), 'UNKNOWN', 'unknown', 'SUCCESS', 'PENDING_WITH_BANK');
    await assertPayment(intent, 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN');
    const {why, next} = await shop.explain(intent);
    assert.match(why, /no clear answer/);
    assert.match(next, /asked again at .*Nothing will be sent again/);

    await shop.advance('2s');
    assert.deepEqual(await told(intent, 1), [
      ['payment.created', 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN'],
      ['payment.updated', 'ACCEPTED_BY_BANK', null],
    ]);
    await assertPayment(intent, 'ACCEPTED_BY_BANK', null);
    assertEnd(await session.look(), 'ACCEPTED', 'accepted', 'SUCCESS', 'ACCEPTED_BY_BANK');
    const transfers = await shop.transfersTo(destination);
    assert.deepEqual(transfers.map(({bankTransactionReference}) => bankTransactionReference), [
      (await shop.payment(intent)).bank_transaction_reference,
    ]);
    assert.deepEqual([await sentAgain(), await orders()], [0, 0]);
    assert.deepEqual(await signs(intent), ['shop ok', 'payer ok', 'bank waiting', 'gateway sent', 'bank unknown', 'bank ok']);
  });
}

for (const fault of requestFaults) {
  test(`the code did not reach the bank, ${fault.effect}: unknown until the bank itself gives the order up`, async () => {
    const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
    await shop.bank.next({call: 'authorise_payment', ...fault});
    const sentAgain = await shop.bank.count('authorise_payment');

    assertEnd(await session.act('submit', {otp: '1111'}), 'UNKNOWN', 'unknown', 'SUCCESS', 'PENDING_WITH_BANK');
    // "Not yet" is no fact, however often the bank says it: the request may still arrive.
    for (const by of ['2s', '5s', '15s', '1m', '5m']) {
      await advanceUntilAsked(intent, by);
      await assertPayment(intent, 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN');
    }
    await shop.advance('15m');
    assert.deepEqual(await told(intent, 1), [
      ['payment.created', 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN'],
      ['payment.updated', 'FAILED', 'SESSION_EXPIRED_ON_OTP'],
    ]);
    assertEnd(await session.look(), 'FAILED', 'not_moved', 'ERROR', 'SESSION_EXPIRED_ON_OTP');
    assert.deepEqual(await shop.transfersTo(destination), []);
    assert.equal(await sentAgain(), 0);
    assert.match((await shop.explain(intent)).why, /SESSION_EXPIRED_ON_OTP.*No money moved/);
  });
}

test('an unknown outcome stays unknown while the bank cannot say, for days', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'answer_lost'});
  await shop.bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
  await session.act('submit', {otp: '1111'});
  for (const by of ['2s', '1h', '24h', '240h']) {
    await advanceUntilAsked(intent, by);
    await assertPayment(intent, 'PENDING_WITH_BANK', 'OUTCOME_UNKNOWN');
    assert.match((await shop.explain(intent)).next, /asked again at/);
  }
  await shop.bank.calm();
  await shop.advance('1h');
  assert.deepEqual((await told(intent, 1)).at(-1), ['payment.updated', 'ACCEPTED_BY_BANK', null]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

// ---- The calls before it ----

for (const fault of faults) {
  test(`create_payment, ${fault.effect}: nothing has moved, and to try again pays once`, async () => {
    const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
    await shop.bank.next({call: 'create_payment', ...fault});
    const step = await session.act('pay');
    assert.deepEqual([step.kind, step.money, step.actions], ['BANK_UNREACHABLE', 'not_moved', ['try_again', 'cancel']]);
    await assertPayment(intent, 'AWAITING_LOGIN_MFA', null);
    assert.equal((await session.leave()).result?.status, 'CANCELLED');

    const back = await shop.openPay(intent);
    assert.equal(back.step.kind, 'BANK_UNREACHABLE');
    assert.equal((await back.act('try_again')).kind, 'CODE');
    assert.deepEqual(shop.paymentEventsOf(intent), [], 'nothing is told before it has completed');
    assert.equal((await back.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
    assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
    assert.equal((await shop.transfersTo(destination)).length, 1);
  });

  test(`start_payment_authorisation, ${fault.effect}: the bank may ask the payer, and to try again pays once`, async () => {
    const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
    const orders = await shop.bank.count('create_payment');
    await shop.bank.next({call: 'start_payment_authorisation', ...fault});
    const step = await session.act('pay');
    assert.deepEqual([step.kind, step.money, step.actions], ['BANK_UNREACHABLE', 'unknown', ['try_again', 'cancel']]);
    assert.equal((await session.leave()).result?.secondary_status, 'PENDING_WITH_BANK');

    assert.deepEqual([(await session.act('try_again')).kind, session.step.money], ['CODE', 'not_moved']);
    assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
    assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
    assert.equal(await orders(), 1);
    assert.equal((await shop.transfersTo(destination)).length, 1);
  });

  test(`payment_status after the right code, ${fault.effect}: with the bank, then accepted`, async () => {
    const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
    await shop.bank.next({call: 'payment_status', ...fault});
    assertEnd(await session.act('submit', {otp: '1111'}), 'PENDING', 'unknown', 'SUCCESS', 'PENDING_WITH_BANK');
    await shop.advance('2s');
    assert.deepEqual(await told(intent, 1), [
      ['payment.created', 'PENDING_WITH_BANK', null],
      ['payment.updated', 'ACCEPTED_BY_BANK', null],
    ]);
    assert.equal((await shop.transfersTo(destination)).length, 1);
  });
}

test('to try again from four windows at once makes one order', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
  await shop.bank.next({call: 'create_payment', effect: 'request_lost'});
  const orders = await shop.bank.count('create_payment');
  await session.act('pay');
  const windows = await Promise.all([1, 2, 3, 4].map(async () => shop.openPay(intent)));
  const pressed = await Promise.allSettled(windows.map(async (window) => window.act('try_again')));
  assert.equal(pressed.filter(({status}) => status === 'fulfilled').length, 1);
  assert.equal(await orders(), 1);
  await session.look();
  assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('an approval asked for by a call whose answer was lost is found, also when nobody comes back', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-app');
  await shop.bank.next({call: 'start_payment_authorisation', effect: 'answer_lost'});
  assert.deepEqual([(await session.act('pay')).kind, session.step.money], ['BANK_UNREACHABLE', 'unknown']);
  assert.equal(await shop.bank.decideApprovals('approve'), 1);
  await shop.advance('2s');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await session.look()).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('an approval asked for twice is given once', async () => {
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-app');
  await shop.bank.next({call: 'start_payment_authorisation', effect: 'answer_lost'});
  await session.act('pay');
  assert.equal((await session.act('try_again')).kind, 'APPROVAL');
  assert.ok((await shop.bank.decideApprovals('approve')) >= 1);
  await shop.advance('2s');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

for (const fault of faults) {
  test(`choose_method, ${fault.effect}: the app may ask by now, and to try again pays once`, async () => {
    const {session, intent, destination} = await shop.at('METHOD', 'payer-choice');
    await shop.bank.next({call: 'choose_method', ...fault});
    const step = await session.act('submit', {method: 'app'});
    assert.deepEqual([step.kind, step.money], ['BANK_UNREACHABLE', 'unknown']);
    await session.act('try_again');
    const end = await session.walk({
      user: 'payer-choice',
      method: 'app',
      at: async ({kind}) => {
        if (kind === 'APPROVAL' && (await shop.bank.decideApprovals('approve')) > 0) await shop.advance('2s');
        return undefined;
      },
    });
    assert.equal(end.kind, 'ACCEPTED');
    assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
    assert.equal((await shop.transfersTo(destination)).length, 1);
  });
}

for (const fault of faults) {
  test(`connecting, ${fault.effect} at every call: nothing moved, and to try again connects once`, async () => {
    const destination = await shop.destination();
    const customer = await shop.customer();
    const session = await shop.openConnect(customer, destination);
    const calls: [at: string, stage: Step['stage'] | undefined, call: string][] = [
      ['CREDENTIALS', 'LOGIN', 'create_consent'],
      ['CREDENTIALS', 'LOGIN', 'authorise_consent'],
      ['CREDENTIALS', 'LOGIN', 'accounts'],
      ['PAYEE', undefined, 'create_beneficiary'],
      ['CODE', 'BENEFICIARY', 'authorise_beneficiary'],
    ];
    for (const [kind, stage, call] of calls) {
      await session.walk({user: 'payer-plain'}, kind, stage);
      assert.equal(session.step.kind, kind, `before ${call}`);
      await shop.bank.next({call, ...fault});
      await session.walk({user: 'payer-plain'}, 'BANK_UNREACHABLE');
      const {kind: shown, money, actions} = session.step;
      assert.deepEqual([shown, money, actions], ['BANK_UNREACHABLE', 'not_moved', ['try_again', 'cancel']], call);
      await session.act('try_again');
    }
    assert.equal((await session.walk({user: 'payer-plain'})).kind, 'CONNECTED');
    const source = await shop.source(customer);
    assert.deepEqual(source.beneficiaries.map(({status}) => status), ['ACTIVE']);
    await shop.event(source.id, 'payment_source.beneficiary.created');
    assert.equal(shop.eventsOf(source.id).length, 2);
  });
}

test('beneficiary_status out of order when the cool-off ends: asked again, and ACTIVE only by the word of the bank', async () => {
  for (const fault of faults) {
    const destination = await shop.destination();
    const customer = await shop.customer();
    await shop.connect(customer, destination, {user: 'payer-4h'});
    const source = await shop.source(customer);
    await shop.bank.next({call: 'beneficiary_status', ...fault});
    const again = await shop.bank.count('beneficiary_status');
    await shop.advance('4h');
    await eventually(
      async () => (await shop.explain(source.id)).entries,
      (entries) => entries.some(({text}) => text.startsWith('could not be asked')),
      fault.effect,
    );
    assert.equal((await shop.source(customer)).beneficiaries[0]?.status, 'AWAITING_BENEFICIARY_COOL_OFF', fault.effect);
    assert.equal(await again(), 0);
    await shop.advance('1m');
    assert.equal((await shop.event(source.id, 'payment_source.beneficiary.updated')).payload['status'], 'ACTIVE');
    await shop.bank.calm();
  }
});

test('a bank in maintenance is unreachable, and another can be chosen', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const session = await shop.openConnect(customer, destination);
  await session.walk({user: 'payer-plain', bank: 'SANDBOX_MAINTENANCE'}, 'BANK_UNREACHABLE');
  assert.deepEqual([session.step.kind, session.step.money], ['BANK_UNREACHABLE', 'not_moved']);
  await session.act('try_again');
  assert.equal((await session.act('back')).kind, 'BANKS');
  assert.equal((await session.walk({user: 'payer-plain'})).kind, 'CONNECTED');
});

// ---- Approval in the bank's app ----

test('an approval denied is FAILED by the payer\'s own word', async () => {
  const {session, intent, destination} = await shop.at('APPROVAL', 'payer-app');
  assert.equal(session.step.money, 'unknown');
  await assertPayment(intent, 'AWAITING_APP_AUTH', null);
  await shop.bank.decideApprovals('deny');
  await shop.advance('2s');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', 'USER_CANCELLED']]);
  assertEnd(await session.look(), 'FAILED', 'not_moved', 'ERROR', 'USER_CANCELLED');
  assert.equal((session.step['failure'] as {kind: string}).kind, 'denied');
  assert.deepEqual(await shop.transfersTo(destination), []);
  assert.deepEqual(await signs(intent), ['shop ok', 'payer ok', 'bank waiting', 'bank fail']);
});

test('an approval ignored waits as long as the bank does, and fails by its word', async () => {
  const {session, intent, destination} = await shop.at('APPROVAL', 'payer-app');
  await advanceUntilAsked(intent, '4m50s');
  await assertPayment(intent, 'AWAITING_APP_AUTH', null);
  assert.equal((await session.look()).kind, 'APPROVAL');
  assert.deepEqual(shop.paymentEventsOf(intent), []);
  await shop.advance('15s');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', 'SESSION_EXPIRED_ON_OTP']]);
  assert.equal((await session.look()).kind, 'FAILED');
  assert.equal((session.step['failure'] as {kind: string}).kind, 'approval_expired');
  assert.deepEqual(await shop.transfersTo(destination), []);
});

for (const [effect, status, detail, transfers] of [
  ['approval_after', 'ACCEPTED_BY_BANK', null, 1],
  ['denial_after', 'FAILED', 'USER_CANCELLED', 0],
] as const) {
  test(`${effect} 90 s: found by asking, with nobody at the page`, async () => {
    const {session, destination, intent} = await shop.at('REVIEW', 'payer-app');
    await shop.bank.next({call: 'start_payment_authorisation', effect, after: '90s'});
    assert.equal((await session.act('pay')).kind, 'APPROVAL');
    await session.leave();
    await advanceUntilAsked(intent, '85s');
    await assertPayment(intent, 'AWAITING_APP_AUTH', null);
    await shop.advance('10s');
    assert.deepEqual(await told(intent, 0), [['payment.created', status, detail]]);
    assert.equal((await shop.transfersTo(destination)).length, transfers);
  });
}

// ---- Wrong passwords and codes ----

test('the third wrong password locks the user, and nothing is connected; unlocked, the right one connects', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const session = await shop.openConnect(customer, destination);
  await session.walk({user: 'payer-lock'}, 'CREDENTIALS');
  for (const _ of [1, 2]) {
    const step = await session.act('submit', {username: 'payer-lock', password: 'wrong'});
    assert.deepEqual([step.kind, step['wrong_answer'], step.money], ['CREDENTIALS', true, 'not_moved']);
  }
  const end = await session.act('submit', {username: 'payer-lock', password: 'wrong'});
  assertEnd(end, 'FAILED', 'not_moved', 'ERROR', 'EU_ACCOUNT_LOCKED');
  assert.equal((end['failure'] as {kind: string}).kind, 'login_exhausted');

  const right = await shop.connect(customer, destination, {user: 'payer-lock'});
  assert.equal(right.result?.secondary_status, 'EU_ACCOUNT_LOCKED', 'the right password does not help while it is locked');
  assert.deepEqual(await shop.sources(customer), []);
  await shop.bank.unlock('payer-lock');
  assert.equal((await shop.connect(customer, destination, {user: 'payer-lock'})).kind, 'CONNECTED');
});

for (const stage of ['LOGIN', 'BENEFICIARY'] as const) {
  test(`three wrong codes for ${stage === 'LOGIN' ? 'the login' : 'the payee'} end the connection`, async () => {
    const destination = await shop.destination();
    const customer = await shop.customer();
    const session = await shop.openConnect(customer, destination);
    await session.walk({user: 'payer-otp'}, 'CODE', stage);
    assert.equal(session.step.stage, stage);
    for (const left of [2, 1]) {
      const step = await session.act('submit', {otp: '9999'});
      assert.deepEqual([step.kind, step.stage, step['wrong_answer'], step['tries_left']], ['CODE', stage, true, left]);
    }
    assertEnd(await session.act('submit', {otp: '9999'}), 'FAILED', 'not_moved', 'ERROR', 'MFA_ATTEMPTS_EXHAUSTED');
    assert.deepEqual(await shop.sources(customer), []);
    assert.equal((await shop.connect(customer, destination, {user: 'payer-otp'})).kind, 'COOL_OFF', 'begun anew it works');
  });
}

test('a wrong code may be corrected', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const step = await session.act('submit', {otp: '9999'});
  assert.deepEqual([step.kind, step['wrong_answer'], step['tries_left'], step.money], ['CODE', true, 2, 'not_moved']);
  await assertPayment(intent, 'AWAITING_PAYMENT_MFA', null);
  assert.deepEqual(shop.paymentEventsOf(intent), []);
  assert.equal((await session.act('submit', {otp: '1111'})).kind, 'ACCEPTED');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'ACCEPTED_BY_BANK', null]]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('three wrong codes for a payment end it', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await session.act('submit', {otp: '9999'});
  await session.act('submit', {otp: '9999'});
  assertEnd(await session.act('submit', {otp: '9999'}), 'FAILED', 'not_moved', 'ERROR', 'MFA_ATTEMPTS_EXHAUSTED');
  assert.equal((session.step['failure'] as {kind: string}).kind, 'code_exhausted');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', 'MFA_ATTEMPTS_EXHAUSTED']]);
  await assertPayment(intent, 'FAILED', 'MFA_ATTEMPTS_EXHAUSTED');
  assert.deepEqual(await shop.transfersTo(destination), []);
  assert.match((await shop.explain(intent)).why, /MFA_ATTEMPTS_EXHAUSTED.*No money moved/);
});

/** An intent of payer-otp, whose session at the bank has ended, at the question for the password. */
async function atPassword() {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-otp', destination);
  const intent = await shop.intent(customer, destination);
  const session = await shop.openPay(intent);
  await session.walk({user: 'payer-otp'}, 'CREDENTIALS');
  assert.deepEqual(session.step.fields?.map(({name}) => name), ['password'], 'who it is, is known');
  return {session, intent, destination};
}

test('a wrong password while paying may be corrected', async () => {
  const {session, intent, destination} = await atPassword();
  assert.equal((await session.act('submit', {password: 'wrong'}))['wrong_answer'], true);
  await assertPayment(intent, 'AWAITING_LOGIN_MFA', null);
  assert.equal((await session.walk({user: 'payer-otp'})).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

// Nobody was asked to authorise anything yet, so the bank's refusal to let the payer in proves that no money moves.
test('the third wrong password while paying locks the user, and the payment has failed for good', async () => {
  const {session, intent, destination} = await atPassword();
  for (const _ of [1, 2, 3]) await session.act('submit', {password: 'wrong'});
  assertEnd(session.step, 'FAILED', 'not_moved', 'ERROR', 'EU_ACCOUNT_LOCKED');
  await assertPayment(intent, 'FAILED', 'EU_ACCOUNT_LOCKED');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', 'EU_ACCOUNT_LOCKED']]);
  await shop.bank.unlock('payer-otp');
  await shop.advance('2h');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', 'EU_ACCOUNT_LOCKED']]);
  assert.deepEqual(await shop.transfersTo(destination), []);
});

// ---- What the bank says of an order that it has ----

for (const [reason, code, kind] of [
  ['AM04', 'INSUFFICIENT_BALANCE', 'insufficient_funds'],
  ['AM02', 'EXCEEDS_DAILY_LIMIT', 'limit'],
  ['AC04', 'EU_ACCOUNT_LOCKED', 'login_exhausted'],
  ['FRAD', 'BANK_RISK_REJECTED', 'rejected'],
  ['ZZ99', 'UNSEEN_BANK_ERROR', 'rejected'],
] as const) {
  test(`rejected with ${reason} is FAILED with ${code}`, async () => {
    const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
    await shop.bank.next({call: 'authorise_payment', effect: 'rejected', reason});
    assertEnd(await session.act('submit', {otp: '1111'}), 'FAILED', 'not_moved', 'ERROR', code);
    assert.equal((session.step['failure'] as {kind: string}).kind, kind);
    assert.deepEqual(await told(intent, 0), [['payment.created', 'FAILED', code]]);
    await assertPayment(intent, 'FAILED', code);
    assert.deepEqual(await shop.transfersTo(destination), []);
    const {why, entries} = await shop.explain(intent);
    assert.ok(why.includes(code), why);
    assert.ok(entries.some(({symbol, text}) => symbol === 'fail' && text.includes(reason)), JSON.stringify(entries));
  });
}

test('held is with the bank, and accepted when it is executed', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'held', for: '2h'});
  assertEnd(await session.act('submit', {otp: '1111'}), 'PENDING', 'unknown', 'SUCCESS', 'PENDING_WITH_BANK');
  await advanceUntilAsked(intent, '1h');
  await assertPayment(intent, 'PENDING_WITH_BANK', null);
  assert.match((await shop.explain(intent)).why, /has not executed it yet/);
  assert.deepEqual(await shop.transfersTo(destination), []);
  await shop.advance('2h');
  assert.deepEqual(await told(intent, 1), [
    ['payment.created', 'PENDING_WITH_BANK', null],
    ['payment.updated', 'ACCEPTED_BY_BANK', null],
  ]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('held and then rejected is FAILED, told as an update', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'rejected', reason: 'AM04', after: '2h'});
  assert.equal((await session.act('submit', {otp: '1111'})).kind, 'PENDING');
  await shop.advance('3h');
  assert.deepEqual(await told(intent, 1), [
    ['payment.created', 'PENDING_WITH_BANK', null],
    ['payment.updated', 'FAILED', 'INSUFFICIENT_BALANCE'],
  ]);
  assert.deepEqual(await shop.transfersTo(destination), []);
});

test('accepted without a reference is with the bank, and stays so without one', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'accepted_without_reference'});
  assertEnd(await session.act('submit', {otp: '1111'}), 'PENDING', 'accepted', 'SUCCESS', 'PENDING_WITH_BANK');
  await assertPayment(intent, 'PENDING_WITH_BANK', 'NO_REFERENCE');
  await advanceUntilAsked(intent, '48h');
  await assertPayment(intent, 'PENDING_WITH_BANK', 'NO_REFERENCE');
  assert.deepEqual(await told(intent, 0), [['payment.created', 'PENDING_WITH_BANK', 'NO_REFERENCE']], 'said again is nothing new');
  assert.equal((await shop.transfersTo(destination)).length, 1);
  assert.match((await shop.explain(intent)).why, /gave no reference/);
});

test('a reference that comes an hour later makes it accepted', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'accepted_without_reference', for: '1h'});
  await session.act('submit', {otp: '1111'});
  await shop.advance('2h');
  assert.deepEqual(await told(intent, 1), [
    ['payment.created', 'PENDING_WITH_BANK', 'NO_REFERENCE'],
    ['payment.updated', 'ACCEPTED_BY_BANK', null],
  ]);
  assert.match(String((await shop.payment(intent)).bank_transaction_reference), /^\d{16}$/);
});

test('a status that no standard has keeps the payment in flight', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'payment_status', effect: 'unknown_status_word'});
  assert.equal((await session.act('submit', {otp: '1111'})).result?.secondary_status, 'PENDING_WITH_BANK');
  await shop.advance('2s');
  assert.deepEqual((await told(intent, 1)).at(-1), ['payment.updated', 'ACCEPTED_BY_BANK', null]);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('many payers with trouble of every kind: the books agree with every payment', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  await shop.bank.next({call: 'any', effect: 'status_503', percent: 10, times: 1000});
  await shop.bank.next({call: 'any', effect: 'answer_lost', percent: 10, times: 1000});
  await shop.bank.next({call: 'any', effect: 'status_503_after_effect', percent: 10, times: 1000});
  const intents = await Promise.all(Array.from({length: 30}, async () => shop.intent(customer, destination, {amount: 10})));
  await Promise.all(intents.map(async (intent) => {
    const session = await shop.openPay(intent);
    const tryAgain = ({kind}: Step) => (kind === 'BANK_UNREACHABLE' ? {action: 'try_again'} : undefined);
    await session.walk({user: 'payer-plain', at: tryAgain});
  }));
  await shop.bank.calm();
  await shop.advance('20m');
  const payments = await Promise.all(intents.map(async (intent) => {
    const isOver = ({status}: Payment) => ['ACCEPTED_BY_BANK', 'FAILED'].includes(status);
    return eventually(async () => shop.payment(intent), isOver, `the end of ${intent}`);
  }));
  const transfers = await shop.transfersTo(destination);
  const paid = payments.filter(({status}) => status === 'ACCEPTED_BY_BANK').map(({id}) => id.replaceAll('-', ''));
  assert.deepEqual(transfers.map(({endToEndIdentification}) => endToEndIdentification).sort(), paid.sort());
  assert.ok(paid.length >= 10, `${paid.length} of 30 were paid`);
});
