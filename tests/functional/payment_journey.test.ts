// A payment from nothing to the bank's reference, and every ordinary turn that a payer may take on the way.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import {api, assertWritten} from '../support/http.js';
import {LinkSession, type Payer, type Step} from '../support/payer.js';
import type {Event} from '../support/receiver.js';
import {eventually, Shop} from '../support/shop.js';

let shop: Shop;

before(async () => (shop = await Shop.open('5s')));
after(async () => shop.close());
afterEach(async () => {
  await shop.bank.calm();
  shop.assertWebhooksHold();
});

/** Walks to the end. Result: the kinds of all steps that a person saw; steps that only wait are left out. */
async function trail(session: LinkSession, payer: Payer): Promise<string[]> {
  const kinds: string[] = [];
  const end = await session.walk({
    ...payer,
    at: async (step) => {
      const seen = `${step.kind}#${step.number}`;
      if (step.kind !== 'WORKING' && kinds.at(-1) !== seen) kinds.push(seen);
      return payer.at?.(step);
    },
  });
  return [...kinds.map((kind) => kind.replace(/#.*/, '')), end.kind];
}

/** Somebody with the bank's app says yes as soon as they are asked. */
const approves: Payer['at'] = async (step) => {
  // The gateway asks the bank every two seconds.
  if (step.kind === 'APPROVAL' && (await shop.bank.decideApprovals('approve')) > 0) await shop.advance('2s');
  return undefined;
};

/** Sends an act as some window shows it, whatever has happened since. */
async function press(session: LinkSession, number: number, action: string, fields: Record<string, string> = {}) {
  const path = `/link/v1/sessions/${session.id}/steps/${number}`;
  return api(shop.gateway.url)('POST', path, {body: {action, fields}, headers: {'link-session-token': session.token}});
}

test('a payment goes from a destination to the reference of the bank, with every word of it told', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();

  // Connect: a password, a code, the accounts, the payee and a code for it; then the bank lets the payee wait.
  const connecting = await shop.openConnect(customer, destination);
  assert.deepEqual(await trail(connecting, {user: 'payer-otp'}), [
    'WELCOME', 'BANKS', 'CREDENTIALS', 'CODE', 'ACCOUNTS', 'PAYEE', 'CODE', 'COOL_OFF',
  ]);
  const {result, cool_off_until, money} = connecting.step;
  assert.equal(result?.status, 'SUCCESS');
  assert.equal(result?.method, 'CREATE_PAYMENT_SOURCE');
  assert.equal(money, 'not_moved');
  assert.ok(typeof cool_off_until === 'string');

  const source = await shop.source(customer);
  assert.deepEqual(source.accounts.map(({currency}) => currency), ['AED', 'USD']);
  assert.equal(source.beneficiaries[0]?.status, 'AWAITING_BENEFICIARY_COOL_OFF');
  assert.equal(source.beneficiaries[0]?.beneficiary_cool_off_expiry, cool_off_until);
  const added = await shop.event(source.id, 'payment_source.beneficiary.created');
  assert.deepEqual(shop.eventsOf(source.id).map(({type, sequence}) => [type, sequence]), [
    ['payment_source.created', 1],
    ['payment_source.beneficiary.created', 2],
  ]);
  assert.deepEqual(added.payload, {
    id: source.beneficiaries[0]?.id,
    customer_id: customer,
    payment_source_id: source.id,
    payment_destination_id: destination.id,
    status: 'AWAITING_BENEFICIARY_COOL_OFF',
    payment_source_bank_identifier: 'LEANMB1',
  });

  // To pay during the cool-off is refused with its end, and the bank hears nothing of it.
  const orders = await shop.bank.count('create_payment');
  const early = await shop.intent(customer, destination);
  const {status, refusal} = await shop.refusedToPay(early);
  assert.equal(status, 409);
  assert.equal(refusal.status, 'PENDING_BENEFICIARY_COOL_OFF');
  assert.equal(refusal.metadata['beneficiary_cool_off_expiry'], cool_off_until);
  assert.equal(await orders(), 0);
  assert.deepEqual((await shop.ok('GET', `/payments/v1/intents/${early}`)).payments, []);

  await shop.advance('24h');
  const active = await shop.event(source.id, 'payment_source.beneficiary.updated');
  assert.equal(active.payload['status'], 'ACTIVE');
  assert.equal(active.sequence, 3);
  const [beneficiary] = (await shop.source(customer)).beneficiaries;
  assert.equal(beneficiary?.status, 'ACTIVE');
  assert.equal(beneficiary?.beneficiary_cool_off_expiry, cool_off_until, 'kept after it ended');

  // Pay. The bank has ended the payer's session meanwhile, so it asks for the password again.
  const intent = await shop.intent(customer, destination, {description: 'ACME TXN001'});
  const paying = await shop.openPay(intent);
  assert.equal(paying.step.kind, 'REVIEW', 'one account can pay, so there is nothing to choose');
  assert.equal((paying.step['payee'] as {iban: string}).iban, destination.iban);
  assert.equal(paying.step['reference'], 'ACME TXN001');
  assert.deepEqual(await trail(paying, {user: 'payer-otp'}), ['REVIEW', 'CREDENTIALS', 'CODE', 'ACCEPTED']);
  assert.equal(paying.step.money, 'accepted');
  assert.deepEqual(paying.step.result, {
    status: 'SUCCESS', method: 'PAY', message: paying.step.result?.message, secondary_status: 'ACCEPTED_BY_BANK',
  });

  const payment = await shop.payment(intent);
  assert.equal(payment.status, 'ACCEPTED_BY_BANK');
  assert.match(String(payment.bank_transaction_reference), /^\d{16}$/);
  const created = await shop.event(intent, 'payment.created');
  assert.equal(created.sequence, 2, 'after payment_intent.created');
  assert.deepEqual(created.payload, {
    id: payment.id,
    customer_id: customer,
    intent_id: intent,
    payment_destination_id: destination.id,
    status: 'ACCEPTED_BY_BANK',
    amount: 1000,
    currency: 'AED',
    bank_transaction_reference: payment.bank_transaction_reference,
    status_additional_info: null,
  });
  const text = (await shop.call('GET', `/payments/v1/intents/${intent}`)).text;
  assertWritten(text, /"amount":1000\.00[,}]/);
  assert.match(text, new RegExp(payment.id));

  // The bank's own books: what the payer saw is what was paid, once.
  const transfers = await shop.transfersTo(destination);
  assert.equal(transfers.length, 1);
  const {amount, currency, reference, bankTransactionReference, endToEndIdentification} = transfers[0]!;
  assert.deepEqual(
    {amount, currency, reference, bankTransactionReference, endToEndIdentification},
    {
      amount: '1000.00',
      currency: 'AED',
      reference: 'ACME TXN001',
      bankTransactionReference: payment.bank_transaction_reference,
      endToEndIdentification: payment.id.replaceAll('-', ''),
    },
  );

  for (const id of [intent, payment.id, payment.id.slice(-8)]) {
    const story = await shop.explain(id);
    assert.equal(story.status, 'ACCEPTED_BY_BANK');
    assert.match(story.why, /accepted the order/);
    assert.deepEqual((await shop.told(id)).map((line) => line.replace(/reference \d{16}/, 'reference …')), [
      'shop ok: asked for AED 1000.00',
      'payer ok: confirmed the review: AED 1000.00 to Acme Corp., reference ACME TXN001, from LEANMB1',
      'bank waiting: asks the payer to sign in',
      'bank waiting: asks the payer for a code',
      'gateway sent: SUBMITTING committed; the order leaves now',
      'bank ok: ACCEPTED_BY_BANK, reference …, bank status ACSC',
    ]);
  }
  const story = await shop.explain(source.id);
  assert.equal(story.status, 'ACTIVE');
  assert.deepEqual(await shop.told(source.id), [
    'payer ok: connected Lean Mockbank 1',
    'bank waiting: beneficiary added: AWAITING_BENEFICIARY_COOL_OFF',
    'timer ok: beneficiary ACTIVE',
  ]);
});

test('the same by the command line: sandbox connect, clock advance, sandbox pay', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const cli = async (...args: string[]) => shop.gateway.json<{step: Step}>(...args);
  const where = ['--bank', 'LEANMB1', '--destination', destination.id];
  const connected = await cli('sandbox', 'connect', '--customer', customer, ...where);
  assert.equal(connected.step.kind, 'COOL_OFF');
  const early = await shop.intent(customer, destination);
  const refused = await shop.gateway.cli('sandbox', 'pay', '--intent', early);
  assert.equal(refused.code, 1);
  assert.match(refused.err, /PENDING_BENEFICIARY_COOL_OFF/);
  await shop.advance('24h');
  await shop.event((await shop.source(customer)).id, 'payment_source.beneficiary.updated');
  const intent = await shop.intent(customer, destination);
  const paid = await cli('sandbox', 'pay', '--intent', intent);
  assert.equal(paid.step.kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

// What each test user of the bank meets. `coolOff` is when the payee may be paid.
const users: {payer: Payer; connecting: string[]; coolOff?: string; paying: string[]; story: RegExp[]}[] = [
  {
    payer: {user: 'payer-plain'},
    connecting: ['WELCOME', 'BANKS', 'CREDENTIALS', 'ACCOUNTS', 'PAYEE', 'CODE', 'CONNECTED'],
    paying: ['REVIEW', 'CODE', 'ACCEPTED'],
    story: [/asks the payer for a code/, /SUBMITTING committed/, /ACCEPTED_BY_BANK/],
  },
  {
    payer: {user: 'payer-4h'},
    connecting: ['WELCOME', 'BANKS', 'CREDENTIALS', 'CODE', 'ACCOUNTS', 'PAYEE', 'CODE', 'COOL_OFF'],
    coolOff: '4h',
    paying: ['REVIEW', 'CREDENTIALS', 'CODE', 'ACCEPTED'],
    story: [/asks the payer to sign in/, /asks the payer for a code/, /SUBMITTING committed/, /ACCEPTED_BY_BANK/],
  },
  {
    payer: {user: 'payer-app'},
    connecting: ['WELCOME', 'BANKS', 'CREDENTIALS', 'ACCOUNTS', 'PAYEE', 'CODE', 'CONNECTED'],
    paying: ['REVIEW', 'APPROVAL', 'ACCEPTED'],
    story: [/asks the payer to approve in its app/, /ACCEPTED_BY_BANK/],
  },
  {
    payer: {user: 'payer-choice', method: 'sms'},
    connecting: ['WELCOME', 'BANKS', 'CREDENTIALS', 'ACCOUNTS', 'PAYEE', 'CODE', 'CONNECTED'],
    paying: ['REVIEW', 'METHOD', 'CODE', 'ACCEPTED'],
    story: [/asks the payer for a code/, /SUBMITTING committed/, /ACCEPTED_BY_BANK/],
  },
  {
    payer: {user: 'payer-choice', method: 'app'},
    connecting: ['WELCOME', 'BANKS', 'CREDENTIALS', 'ACCOUNTS', 'PAYEE', 'CODE', 'CONNECTED'],
    paying: ['REVIEW', 'METHOD', 'APPROVAL', 'ACCEPTED'],
    story: [/asks the payer to approve in its app/, /ACCEPTED_BY_BANK/],
  },
];

for (const {payer, connecting, coolOff, paying, story} of users) {
  test(`${payer.user}${payer.method ? ` by ${payer.method}` : ''} connects and pays`, async () => {
    const destination = await shop.destination();
    const customer = await shop.customer();
    const session = await shop.openConnect(customer, destination);
    assert.deepEqual(await trail(session, payer), connecting);
    if (coolOff) {
      const source = await shop.source(customer);
      await shop.advance('3h59m');
      assert.equal((await shop.refusedToPay(await shop.intent(customer, destination))).status, 409);
      await shop.advance('1m');
      assert.equal((await shop.event(source.id, 'payment_source.beneficiary.updated')).payload['status'], 'ACTIVE');
    }
    const intent = await shop.intent(customer, destination);
    const pay = await shop.openPay(intent);
    assert.deepEqual(await trail(pay, {...payer, at: approves}), paying);
    assert.equal((await shop.event(intent, 'payment.created')).payload['status'], 'ACCEPTED_BY_BANK');
    assert.equal((await shop.payment(intent)).status, 'ACCEPTED_BY_BANK');
    assert.equal((await shop.transfersTo(destination)).length, 1);
    const told = (await shop.explain(intent)).entries.map(({text}) => text).join('\n');
    for (const line of story) assert.match(told, line);
  });
}

test('payer-poor is told that there is not enough money', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-poor', destination);
  const intent = await shop.intent(customer, destination);
  const session = await shop.openPay(intent);
  assert.deepEqual(await trail(session, {user: 'payer-poor'}), ['REVIEW', 'CODE', 'FAILED']);
  assert.equal(session.step.money, 'not_moved');
  assert.equal((session.step['failure'] as {kind: string}).kind, 'insufficient_funds');
  assert.deepEqual([session.step.result?.status, session.step.result?.secondary_status], ['ERROR', 'INSUFFICIENT_BALANCE']);

  const created = await shop.event(intent, 'payment.created');
  assert.equal(created.payload['status'], 'FAILED');
  assert.equal(created.payload['status_additional_info'], 'INSUFFICIENT_BALANCE');
  const payment = await shop.payment(intent);
  assert.deepEqual([payment.status, payment.status_detail], ['FAILED', 'INSUFFICIENT_BALANCE']);
  assert.deepEqual(await shop.transfersTo(destination), []);
  const {why, entries} = await shop.explain(intent);
  assert.match(why, /INSUFFICIENT_BALANCE.*No money moved/);
  assert.ok(entries.some(({symbol, text}) => symbol === 'fail' && text.includes('AM04')), JSON.stringify(entries));
});

test('connecting again adds a payee to the source that is there', async () => {
  const [first, second] = [await shop.destination(), await shop.destination()];
  const customer = await shop.connected('payer-plain', first);
  const source = await shop.source(customer);
  await shop.event(source.id, 'payment_source.beneficiary.created');

  const end = await shop.connect(customer, second, {user: 'payer-plain'});
  assert.equal(end.result?.status, 'SUCCESS');
  const refreshed = await shop.source(customer);
  assert.equal(refreshed.id, source.id);
  assert.deepEqual(refreshed.accounts, source.accounts, 'the same accounts with the same ids');
  assert.deepEqual(refreshed.beneficiaries.map(({payment_destination_id}) => payment_destination_id), [first.id, second.id]);
  const isOfSecond = ({payload}: Event) => payload['payment_destination_id'] === second.id;
  await shop.receiver.event('payment_source.beneficiary.created', isOfSecond);

  // The same once more: SUCCESS, and nothing is told, since nothing is new.
  assert.equal((await shop.connect(customer, second, {user: 'payer-plain'})).result?.status, 'SUCCESS');
  assert.equal((await shop.source(customer)).beneficiaries.length, 2);
  const story = await shop.explain(source.id);
  assert.equal(story.entries.filter(({text}) => text === 'connected the same bank again').length, 2);
  assert.deepEqual(shop.eventsOf(source.id).map(({type}) => type), [
    'payment_source.created',
    'payment_source.beneficiary.created',
    'payment_source.beneficiary.created',
  ]);
});

test('another user of the same bank is another source', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  await shop.connect(customer, destination, {user: 'payer-choice'});
  assert.equal((await shop.sources(customer)).length, 2);
  const session = await shop.openPay(await shop.intent(customer, destination));
  assert.equal(session.step.kind, 'ACCOUNT', 'now there is a choice');
  assert.equal(session.step.accounts?.filter(({usable}) => usable).length, 2);
});

test('updatePaymentSource adds a payee, and refuses one that is linked', async () => {
  const [first, second] = [await shop.destination(), await shop.destination()];
  const customer = await shop.connected('payer-plain', first);
  const source = await shop.source(customer);
  const update = async (destination: string) =>
    LinkSession.open(shop.gateway.url, shop.appToken, {
      method: 'UPDATE_PAYMENT_SOURCE',
      customer_id: customer,
      payment_source_id: source.id,
      payment_destination_id: destination,
    });

  const adding = await update(second.id);
  assert.deepEqual(await trail(adding, {user: 'payer-plain'}), ['PAYEE', 'CODE', 'CONNECTED']);
  assert.deepEqual([adding.step.result?.status, adding.step.result?.method], ['SUCCESS', 'UPDATE_PAYMENT_SOURCE']);
  const isOfSecond = ({payload}: Event) => payload['payment_destination_id'] === second.id;
  await shop.receiver.event('payment_source.beneficiary.created', isOfSecond);
  assert.equal((await shop.source(customer)).beneficiaries.length, 2);

  const again = await update(second.id);
  assert.equal(again.step.kind, 'FAILED');
  assert.deepEqual([again.step.result?.status, again.step.result?.method], ['ERROR', 'UPDATE_PAYMENT_SOURCE']);
  assert.match(String(again.step.result?.message), /already exists/);
  assert.equal((await shop.source(customer)).beneficiaries.length, 2);
});

test('updatePaymentSource by another user of the bank than the one of the source is an error', async () => {
  const [first, second] = [await shop.destination(), await shop.destination()];
  const customer = await shop.connected('payer-4h', first);
  const source = await shop.source(customer);
  const session = await LinkSession.open(shop.gateway.url, shop.appToken, {
    method: 'UPDATE_PAYMENT_SOURCE',
    customer_id: customer,
    payment_source_id: source.id,
    payment_destination_id: second.id,
  });
  assert.deepEqual(await trail(session, {user: 'payer-plain'}), ['PAYEE', 'CREDENTIALS', 'FAILED']);
  assert.equal(session.step.result?.status, 'ERROR');
  assert.equal((await shop.source(customer)).beneficiaries.length, 1);
});

test('to pay without a source offers to connect one, and goes on to pay', async () => {
  const destination = await shop.destination();
  const intent = await shop.intent(await shop.customer(), destination);
  const session = await shop.openPay(intent);
  assert.deepEqual(await trail(session, {user: 'payer-plain'}), [
    'WELCOME', 'BANKS', 'CREDENTIALS', 'ACCOUNTS', 'PAYEE', 'CODE', 'ACCOUNT', 'REVIEW', 'CODE', 'ACCEPTED',
  ]);
  assert.equal(session.step.result?.method, 'PAY');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('to pay without a source at a bank with a cool-off connects and says when it ends; then the intent can be paid', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const intent = await shop.intent(customer, destination);
  const session = await shop.openPay(intent);
  const end = await session.walk({user: 'payer-4h'});
  assert.equal(end.kind, 'COOL_OFF');
  assert.deepEqual([end.result?.status, end.result?.secondary_status], ['ERROR', 'PENDING_BENEFICIARY_COOL_OFF']);
  assert.equal((await shop.refusedToPay(intent)).refusal.metadata['beneficiary_cool_off_expiry'], end['cool_off_until']);
  await shop.advance('4h');
  await shop.event((await shop.source(customer)).id, 'payment_source.beneficiary.updated');
  const paying = await shop.openPay(intent);
  assert.equal((await paying.walk({user: 'payer-4h'})).kind, 'ACCEPTED');
});

test('two windows of one payer are one session, and a code pressed twice is sent once', async () => {
  const {session: window1, intent, destination} = await shop.at('REVIEW', 'payer-plain');
  const window2 = await shop.openPay(intent);
  assert.equal(window2.id, window1.id);
  const orders = await shop.bank.count('create_payment');
  const codes = await shop.bank.count('authorise_payment');

  const review = window1.step.number;
  const paid = await Promise.all([press(window1, review, 'pay'), press(window2, review, 'pay')]);
  assert.deepEqual(paid.map(({status}) => status).sort(), [200, 409]);
  const loser = paid.find(({status}) => status === 409);
  assert.equal(loser?.body.status, 'STEP_OUTDATED');
  assert.ok(loser?.body.metadata.step_number > review);
  assert.equal((await window2.look()).kind, 'CODE');
  assert.equal(await orders(), 1);

  const code = window2.step.number;
  const presses = await Promise.all([1, 2, 3, 4].map(() => press(window2, code, 'submit', {otp: '1111'})));
  assert.deepEqual(presses.map(({status}) => status).sort(), [200, 409, 409, 409]);
  assert.equal((await window1.look()).kind, 'ACCEPTED');
  assert.equal(await codes(), 1);
  assert.equal((await shop.transfersTo(destination)).length, 1);
  await shop.event(intent, 'payment.created');
  assert.equal(shop.eventsOf(intent).filter(({type}) => type === 'payment.created').length, 1);
});

test('two windows opened at the same moment are one session', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  const intent = await shop.intent(customer, destination);
  const windows = await Promise.all([1, 2, 3, 4].map(() => shop.openPay(intent)));
  assert.equal(new Set(windows.map(({id, token}) => `${id} ${token}`)).size, 1);
});

test('whoever comes back to an unfinished payment goes on where it stood', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const orders = await shop.bank.count('create_payment');
  const before = await shop.payment(intent);
  assert.equal(before.status, 'AWAITING_PAYMENT_MFA');
  assert.equal((await session.leave()).result?.status, 'CANCELLED');
  assert.equal((await shop.payment(intent)).status, 'AWAITING_PAYMENT_MFA', 'the status stands where the payer left');

  const back = await shop.openPay(intent);
  assert.equal(back.step.kind, 'CODE');
  assert.equal((await back.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  assert.equal((await shop.payment(intent)).id, before.id);
  assert.equal(await orders(), 0, 'the order that exists at the bank is the one that was paid');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('a paid intent is spent: to pay it again shows how it ended', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await session.walk({user: 'payer-plain'});
  const orders = await shop.bank.count('create_payment');
  const again = await shop.openPay(intent);
  assert.equal(again.step.kind, 'ACCEPTED');
  assert.equal(again.step.result?.status, 'SUCCESS');
  assert.equal(await orders(), 0);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('an intent that nobody began to pay expires after a day', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  const intent = await shop.intent(customer, destination);
  await shop.advance('24h');
  const {status, refusal} = await shop.refusedToPay(intent);
  assert.deepEqual([status, refusal.status], [409, 'PAYMENT_INTENT_EXPIRED']);
  assert.equal((await shop.explain(intent)).status, 'INTENT_EXPIRED');
});

test('a payer who goes away at the code leaves a payment that the bank ends, as FAILED', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await session.leave();
  await shop.advance('16m');
  const created = await shop.event(intent, 'payment.created');
  const {status, status_additional_info} = created.payload;
  assert.deepEqual([status, status_additional_info], ['FAILED', 'SESSION_EXPIRED_ON_OTP']);
  assert.equal((await shop.openPay(intent)).step.kind, 'FAILED');
  assert.deepEqual(await shop.transfersTo(destination), []);
});

test('an account in another currency is shown, with the reason, and cannot pay', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-otp', destination);
  const dollars = await shop.openPay(await shop.intent(customer, destination, {currency: 'USD', amount: 99.5}));
  assert.equal(dollars.step.kind, 'REVIEW', 'the one account in dollars');
  await dollars.act('change_account');
  assert.deepEqual(dollars.step.accounts?.map(({currency, usable, reason}) => [currency, usable, reason]), [
    ['USD', true, undefined],
    ['AED', false, 'CURRENCY'],
  ]);
  const dirhams = dollars.step.accounts?.find(({currency}) => currency === 'AED')!.id;
  const refused = await press(dollars, dollars.step.number, 'select', {account_id: dirhams!});
  assert.deepEqual([refused.status, refused.body.status], [400, 'INVALID_PARAMETERS']);
  assert.equal(refused.body.metadata.errors[0].field, 'fields.account_id');

  assert.equal((await dollars.walk({user: 'payer-otp'})).kind, 'ACCEPTED');
  const [transfer] = await shop.transfersTo(destination);
  assert.deepEqual([transfer?.currency, transfer?.amount, transfer?.debtorIban], ['USD', '99.50', 'AE790260000315528734002']);

  // No account in the currency at all: the flow offers to connect another bank.
  const dinars = await shop.openPay(await shop.intent(customer, destination, {currency: 'BHD', amount: 18}));
  assert.equal(dinars.step.kind, 'WELCOME');
});

test('three decimals reach the bank as they were asked for', async () => {
  const destination = await shop.destination();
  const customer = await shop.connected('payer-plain', destination);
  const intent = await shop.intent(customer, destination, {currency: 'BHD', amount: '18.125'});
  const session = await shop.openPay(intent);
  await session.walk({user: 'payer-plain'});
  assert.deepEqual((await shop.transfersTo(destination)).map(({currency, amount}) => [currency, amount]), [['BHD', '18.125']]);
  const {event_id} = await shop.event(intent, 'payment.created');
  const {body} = shop.receiver.deliveries.find(({event}) => event.event_id === event_id)!;
  assert.match(body, /"amount":18\.125,/);
});

test('to leave while connecting is CANCELLED at every step, and nothing is kept', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const steps: [kind: string, stage?: Step['stage']][] = [
    ['WELCOME'], ['BANKS'], ['CREDENTIALS'], ['CODE', 'LOGIN'], ['ACCOUNTS'], ['PAYEE'], ['CODE', 'BENEFICIARY'],
  ];
  for (const [kind, stage] of steps) {
    const session = await shop.openConnect(customer, destination);
    const step = await session.walk({user: 'payer-otp'}, kind, stage);
    assert.deepEqual([step.kind, step.money], [kind, 'not_moved']);
    const {result} = await session.leave();
    assert.deepEqual([result?.status, result?.method], ['CANCELLED', 'CREATE_PAYMENT_SOURCE'], kind);
    assert.equal((await session.look()).kind, 'END', 'a connection that was left is over');
  }
  assert.deepEqual(await shop.sources(customer), []);
});

test('to leave while paying is CANCELLED only while it is sure that no order left', async () => {
  const cases: [kind: string, user: string, status: string, secondary: string | undefined][] = [
    ['REVIEW', 'payer-plain', 'CANCELLED', undefined],
    ['METHOD', 'payer-choice', 'CANCELLED', undefined],
    ['CODE', 'payer-plain', 'CANCELLED', undefined],
    ['APPROVAL', 'payer-app', 'SUCCESS', 'PENDING_WITH_BANK'],
    ['ACCEPTED', 'payer-plain', 'SUCCESS', 'ACCEPTED_BY_BANK'],
    ['FAILED', 'payer-poor', 'ERROR', 'INSUFFICIENT_BALANCE'],
  ];
  for (const [kind, user, status, secondary] of cases) {
    const {session} = await shop.at(kind, user);
    const {result} = await session.leave();
    assert.deepEqual([result?.status, result?.secondary_status], [status, secondary], kind);
  }
});

test('an approval given after the payer left is found by asking', async () => {
  const {session, intent, destination} = await shop.at('APPROVAL', 'payer-app');
  await session.leave();
  assert.equal((await shop.payment(intent)).status, 'AWAITING_APP_AUTH');
  await shop.bank.decideApprovals('approve');
  await shop.advance('5s');
  assert.equal((await shop.event(intent, 'payment.created')).payload['status'], 'ACCEPTED_BY_BANK');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('an act for another step than the one that stands is STEP_OUTDATED, and does nothing', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  const codes = await shop.bank.count('authorise_payment');
  const {number} = session.step;
  for (const wrong of [0, 1, number - 1, number + 1, 999]) {
    const answer = await press(session, wrong, 'submit', {otp: '1111'});
    const {status, metadata} = answer.body;
    assert.deepEqual([answer.status, status, metadata.step_number], [409, 'STEP_OUTDATED', number], `step ${wrong}`);
  }
  assert.equal((await session.look()).number, number);
  assert.equal(await codes(), 0);
  assert.deepEqual(await shop.transfersTo(destination), []);
  assert.equal((await shop.payment(intent)).status, 'AWAITING_PAYMENT_MFA');
});

test('a step takes its own actions and fields only, and a session its own token', async () => {
  const {session} = await shop.at('CODE', 'payer-plain');
  const {number} = session.step;
  const cases: [action: string, fields: Record<string, string>, status: number, code: string][] = [
    ['pay', {}, 400, 'INVALID_PARAMETERS'],
    ['cancel', {}, 400, 'INVALID_PARAMETERS'],
    ['submit', {}, 400, 'MISSING_PARAMETERS'],
    ['submit', {otp: '  '}, 400, 'MISSING_PARAMETERS'],
    ['submit', {otp: '1'.repeat(257)}, 400, 'INVALID_PARAMETERS'],
  ];
  for (const [action, fields, status, code] of cases) {
    const answer = await press(session, number, action, fields);
    assert.deepEqual([answer.status, answer.body.status], [status, code], `${action} ${JSON.stringify(fields)}`);
  }
  const stranger = {headers: {'link-session-token': '0'.repeat(64)}};
  assert.equal((await api(shop.gateway.url)('GET', `/link/v1/sessions/${session.id}`, stranger)).status, 404);
  assert.equal((await session.look()).kind, 'CODE', 'nothing was spent');
});

test('codes may be typed with blanks and in Arabic digits', async () => {
  const {session} = await shop.at('CODE', 'payer-plain');
  assert.equal((await session.act('submit', {otp: '١١ ١-١'})).kind, 'ACCEPTED');
});

test('the webhooks of one payment tell the same as the API does, when all is over', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  await session.walk({user: 'payer-plain'});
  const payment = await shop.payment(intent);
  const created = await shop.event(intent, 'payment.created');
  assert.equal(created.payload['status'], payment.status);
  const story = await eventually(
    async () => shop.explain(intent),
    ({entries}) => entries.some(({source, text}) => source === 'webhook' && text.startsWith('payment.created')),
    'the delivery of payment.created in the story',
  );
  assert.ok(story.entries.every(({since_ms}) => since_ms >= 0), 'in order');
});
