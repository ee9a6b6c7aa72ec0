// Lists and look-ups: pages in both documented styles, a cursor that meets everything once, filters, and intents that end.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {LinkSession, type Wanted} from '../support/payer.js';
import {Receiver} from '../support/receiver.js';
import {assertRefused, invalid, refused} from '../support/refusals.js';

const kCustomers = 7;
const kNobody = '01a1fe52-0000-7000-8000-000000000000';

let receiver: Receiver;
let gateway: Gateway;
let call: ReturnType<typeof api>;
const customers: string[] = [];

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  call = api(gateway.url, gateway.info.app_token);
  for (let i = 0; i < kCustomers; ++i) {
    customers.push((await call('POST', '/customers/v1', {body: {app_user_id: `user ${i}/ق`}})).body.customer_id);
  }
  await call('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}});
});
after(async () => {
  await gateway?.dispose();
  await receiver.close();
});

const intentOf = async (customer_id = customers[0], amount = 100) =>
  (await call('POST', '/payments/v1/intents', {body: {customer_id, amount, currency: 'AED'}})).body;

/** Everything that the cursor meets; `meanwhile` happens between two answers. */
async function walked(path: string, id: string, meanwhile: () => Promise<unknown> = async () => undefined): Promise<string[]> {
  const ids: string[] = [];
  for (let cursor = ''; ; ) {
    const {body} = await call('GET', `${path}${path.includes('?') ? '&' : '?'}size=2&after=${cursor}`);
    ids.push(...body.data.map((one: Record<string, string>) => one[id]));
    if (!body.has_more) return ids;
    cursor = body.cursor;
    await meanwhile();
  }
}

test('a page is the same under both names, and pages join without gaps', async () => {
  const pages = [];
  for (let number = 0; number < 3; ++number) {
    const [one, other] = [`page=${number}&size=3`, `page_number=${number}&page_size=3`];
    const {body, text} = await call('GET', `/customers/v1/?${one}`);
    assert.equal((await call('GET', `/customers/v1?${other}`)).text, text);
    assert.deepEqual(body.page, {number, size: 3, total_elements: kCustomers, total_pages: 3});
    pages.push(...body.data.map(({customer_id}: {customer_id: string}) => customer_id));
  }
  assert.deepEqual([...pages].sort(), [...customers].sort());
  assert.equal((await call('GET', '/customers/v1?page=9')).body.data.length, 0);
});

test('a page that is none is refused by its name', async () => {
  const wrong: [query: string, field: string][] = [
    ['size=0', 'size'], ['size=101', 'size'], ['page_size=x', 'page_size'], ['page=-1', 'page'], ['page_number=1e3', 'page_number'],
    ['after=x', 'after'],
  ];
  for (const path of ['/customers/v1', '/payments/v1/intents', '/payments/v1']) {
    for (const [query, field] of wrong) assertRefused(await call('GET', `${path}?${query}`), invalid(field), `${path}?${query}`);
  }
});

test('the cursor meets everything that was there all the time once', async () => {
  let made = 0;
  const met = await walked('/customers/v1', 'customer_id', async () => {
    await call('POST', '/customers/v1', {body: {app_user_id: `meanwhile-${made++}`}});
  });
  assert.equal(new Set(met).size, met.length);
  for (const id of customers) assert.ok(met.includes(id));
});

test('a customer is found by its id and by the name that the merchant gave it', async () => {
  const shown = (await call('GET', `/customers/v1/${customers[3]}`)).body;
  assert.deepEqual(shown, {customer_id: customers[3], app_user_id: 'user 3/ق'});
  assert.deepEqual((await call('GET', `/customers/v1/app-user-id/${encodeURIComponent('user 3/ق')}`)).body, shown);
  assertRefused(await call('GET', '/customers/v1/app-user-id/nobody'), refused(404, 'UNKNOWN_CUSTOMER', 'app_user_id'), 'nobody');
});

test('government identifiers are told, replaced and refused by name', async () => {
  const path = `/customers/v1/${customers[4]}`;
  const put = (government_identifiers: unknown) => call('PUT', path, {body: {government_identifiers}});
  const identifiers = [{type: 'EMIRATES_ID', value: '784-1990-1234567-1'}, {type: 'TRADE_LICENSE_NUMBER', value: 'CN-1'}];
  assert.deepEqual((await put(identifiers)).body.government_identifiers, identifiers);
  assert.deepEqual((await call('GET', path)).body.government_identifiers, identifiers);
  const item = 'government_identifiers[0]';
  assertRefused(await put('x'), invalid('government_identifiers'), 'no array');
  assertRefused(await put([7]), invalid('government_identifiers'), 'no objects');
  assertRefused(await put([{type: 'EMIRATES_ID'}]), refused(400, 'MISSING_PARAMETERS', `${item}.value`), 'no value');
  assertRefused(await put([{type: 'PASSPORT', value: 'x'}]), invalid(`${item}.type`), 'another type');
  assertRefused(await put([{type: 'EMIRATES_ID', value: 'x', colour: 'red'}]), invalid(`${item}.colour`), 'an unknown member');
  assertRefused(await put([identifiers[0], identifiers[0]]), invalid('government_identifiers[1].type'), 'twice');
  assert.deepEqual((await put([])).body, {customer_id: customers[4], app_user_id: 'user 4/ق'});
  const created = await call('POST', '/customers/v1', {body: {app_user_id: 'with papers', government_identifiers: identifiers}});
  assert.deepEqual(created.body.government_identifiers, identifiers);
});

test('intents and payments are listed by customer, time and status', async () => {
  const walk = async (wanted: Wanted) => (await (await LinkSession.open(gateway.url, gateway.info.app_token, wanted)).walk({user: 'payer-otp'})).result?.status;
  assert.equal(await walk({method: 'CONNECT', customer_id: customers[0], bank_identifier: 'LEANMB1'}), 'SUCCESS');
  await gateway.json('clock', 'advance', '24h');
  await receiver.event('payment_source.beneficiary.updated');
  const ids = async (query: string) => (await call('GET', `/payments/v1/intents?${query}`)).body.data.map(({payment_intent_id}: any) => payment_intent_id);

  const unpaid = await intentOf(customers[0], 100);
  const others = await intentOf(customers[1], 200);
  await gateway.json('clock', 'advance', '1h');
  const paid = await intentOf(customers[0], 300);
  assert.equal(unpaid.status, 'INTENT_CREATED');
  assert.equal(await walk({method: 'PAY', payment_intent_id: paid.payment_intent_id}), 'SUCCESS');

  const [one, two, three] = [unpaid, others, paid].map(({payment_intent_id}) => payment_intent_id);
  assert.deepEqual(await ids(''), [one, two, three]);
  assert.deepEqual(await walked('/payments/v1/intents', 'payment_intent_id'), [one, two, three]);
  assert.deepEqual(await walked(`/payments/v1/intents?customer_id=${customers[0]}`, 'payment_intent_id'), [one, three]);
  assert.deepEqual(await ids(`customer_id=${customers[0]}`), [one, three]);
  assert.deepEqual(await ids(`customer_id=${kNobody}`), []);
  assert.deepEqual(await ids('status=INTENT_CREATED'), [one, two]);
  assert.deepEqual(await ids('status=INTENT_USED'), [three]);
  assert.deepEqual(await ids('status=ACCEPTED_BY_BANK'), [three]);
  assert.deepEqual(await ids('status=FAILED'), []);
  assert.deepEqual(await ids('status=AWAITING_LOGIN_MFA_TOKEN'), []);
  assert.deepEqual(await ids(`from=${paid.created_at}`), [three]);
  assert.deepEqual(await ids(`to=${paid.created_at}&customer_id=${customers[0]}&status=INTENT_CREATED`), [one]);

  const {body} = await call('GET', '/payments/v1?page=0&size=5');
  assert.deepEqual(body.page, {number: 0, size: 5, total_elements: 1, total_pages: 1});
  const shown = await call('GET', `/payments/v1/intents/${three}`);
  assert.equal(shown.body.status, 'INTENT_USED');
  assert.deepEqual(body.data, shown.body.payments);
  assert.deepEqual(await walked('/payments/v1?status=ACCEPTED_BY_BANK', 'id'), [body.data[0].id]);
  assert.deepEqual(await walked('/payments/v1?status=FAILED', 'id'), []);
  for (const query of ['status=INTENT_CREATED', 'status=SUBMITTING', 'customer_id=x', 'from=yesterday', 'to=x']) {
    assertRefused(await call('GET', `/payments/v1?${query}`), invalid(query.split('=')[0]!), query);
  }
});

test('a cancelled intent is not paid, and a paid one not cancelled', async () => {
  const {payment_intent_id} = await intentOf();
  const cancel = (id: string) => call('POST', `/payments/v1/intents/${id}/cancel`);
  const cancelled = await cancel(payment_intent_id);
  assert.equal(cancelled.body.status, 'INTENT_CANCELLED');
  assert.deepEqual((await cancel(payment_intent_id)).body, cancelled.body);
  const story = await gateway.json<any>('explain', payment_intent_id);
  assert.deepEqual([story.status, story.why, story.next], ['INTENT_CANCELLED', 'The merchant cancelled it before anybody began to pay.', '']);
  const told = story.entries.map(({text}: {text: string}) => text);
  assert.ok(told.includes('cancelled the request before anybody began to pay'), told.join('; '));
  const event = await receiver.event('payment_intent.cancelled', ({payload}) => payload['intent_id'] === payment_intent_id);
  assert.equal(event.payload['status'], 'INTENT_CANCELLED');
  const opened = await api(gateway.url)('POST', '/link/v1/sessions', {body: {app_token: gateway.info.app_token, method: 'PAY', payment_intent_id}});
  assertRefused(opened, {...refused(409, 'PAYMENT_INTENT_EXPIRED'), details: ['step']}, 'opening');
  assert.equal(opened.body.metadata.step.reason, 'cancelled_by_merchant');
  const used = (await call('GET', '/payments/v1/intents?status=INTENT_USED')).body.data[0].payment_intent_id;
  assertRefused(await cancel(used), refused(409, 'PAYMENT_INTENT_ALREADY_USED'), 'a used one');
  assertRefused(await cancel(kNobody), refused(404, 'UNKNOWN_PAYMENT_INTENT', 'payment_intent_id'), 'none');
});

test('an intent expires with its event after a day, also if the gateway was not there', async () => {
  const {payment_intent_id, expires_at} = await intentOf();
  await gateway.kill();
  await gateway.start();
  call = api(gateway.url, gateway.info.app_token);
  await gateway.json('clock', 'advance', '23h');
  assert.equal((await call('GET', `/payments/v1/intents/${payment_intent_id}`)).body.status, 'INTENT_CREATED');
  await gateway.json('clock', 'advance', '1h');
  const event = await receiver.event('payment_intent.expired', ({payload}) => payload['intent_id'] === payment_intent_id);
  assert.equal(event.payload['status'], 'INTENT_EXPIRED');
  const {body} = await call('GET', `/payments/v1/intents/${payment_intent_id}`);
  assert.equal(body.status, 'INTENT_EXPIRED');
  assert.equal(body.expires_at, expires_at);
  assertRefused(await call('POST', `/payments/v1/intents/${payment_intent_id}/cancel`), refused(409, 'PAYMENT_INTENT_EXPIRED'), 'expired');
});
