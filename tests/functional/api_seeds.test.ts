// Every request and every answer that the public documentation shows, in the order in which an integration meets them:
// destination, customer, payment source, intent, payment. The tests are one story; each goes on where the one before ended.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api, assertWritten} from '../support/http.js';
import {LinkSession, type Payer, type Step, type Wanted} from '../support/payer.js';
import {type Delivery, type Event, Receiver} from '../support/receiver.js';
import {assertShape} from '../support/shape.js';

const kPayer: Payer = {user: 'payer-otp'};
const kIbanAed = 'AE260260001008223921001';
const kIbanUsd = 'AE760260001015000000601';
const kIbanOfCustomer = 'AE870355336367411337523';

let receiver: Receiver;
let gateway: Gateway;
/** As a merchant's backend calls, with the headers of the documentation's examples. */
let call: ReturnType<typeof api>;

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  call = api(gateway.url, gateway.info.app_token);
});
after(async () => {
  await gateway?.dispose();
  await receiver.close();
});

/** The spellings of a path that must all work: with and without a slash at its end, payment-sources and payment_sources. */
function spellings(path: string): string[] {
  return [...new Set([path, path.replace('payment-sources', 'payment_sources')])].flatMap((spelling) => [spelling, `${spelling}/`]);
}

/** GETs a path in all its spellings, which must answer alike. */
async function read(path: string): Promise<Answer> {
  const answers = [];
  for (const spelling of spellings(path)) {
    answers.push(await call('GET', spelling, {headers: {'content-type': 'application/json'}}));
  }
  const [first, ...others] = answers as [Answer, ...Answer[]];
  assert.equal(first.status, 200, `${path}: ${first.text}`);
  for (const other of others) assert.equal(other.text, first.text, `the spellings of ${path}`);
  return first;
}

async function write(path: string, body: unknown): Promise<Answer> {
  const answer = await call('POST', path, {body});
  assert.equal(answer.status, 200, `${path}: ${answer.text}`);
  return answer;
}

async function walk(wanted: Wanted): Promise<Step> {
  const session = await LinkSession.open(gateway.url, gateway.info.app_token, wanted);
  return session.walk(kPayer);
}

/** The webhook of this type about `about`: an id in its payload. It is compared with the sample, words included. */
async function webhook(sample: {type: string; message: string; payload: {status: string}} & object, about: string): Promise<Event> {
  const status = (event: Event) => event.payload['status'] === sample.payload.status;
  const event = await receiver.event(sample.type, (one) => status(one) && Object.values(one.payload).includes(about));
  assertShape(sample, event, sample.type);
  assert.equal(event.message, sample.message);
  return event;
}

function deliveryOf(event: Event): Delivery {
  return receiver.deliveries.find((delivery) => delivery.event.event_id === event.event_id) as Delivery;
}

// What the story makes, for the tests further down.
let aedDestination: string;
let usdDestination: string;
let customer: string;
let source: string;
let beneficiary: string;
let coolOffExpiry: string;
let describedIntent: string;
let usdIntent: string;
let smallIntent: string;

// --- Destinations -----------------------------------------------------------------------------------------------------

const kDestinationDetails = {
  bank_identifier: 'HSBC_UAE',
  name: 'Acme Corp.',
  iban: 'AE870200000XXXXXXXXXXXX',
  display_name: 'Acme Corp.',
  account_number: 'XXXXXXXXXXXX',
  swift_code: 'BBMEAEAD',
  address: 'Acme Towers, 51st Floor',
  country: 'ARE',
  city: 'Dubai',
};
const kDestinationShown = {
  ...kDestinationDetails,
  id: '95c29647-c568-40d7-8710-3e330de1b5f2',
  status: 'CONFIRMED',
  default: true,
  customer_id: null,
  owner_type: 'APPLICATION',
};

/** Members that the guides do not know, and that nobody gave. */
const kOfLaterVersions = Object.fromEntries(
  [
    'routing_number', 'sort_code', 'ifsc', 'transit_code', 'branch_address', 'postal_code', 'emirate', 'currency_iso_code', 'bank_type',
    'government_identifier', 'confirmation_of_payee_status',
  ].map((name) => [name, null]),
);

test('creates a destination; the first becomes the default', async () => {
  const sent = {...kDestinationDetails, iban: kIbanAed, account_number: '1008223921001'};
  const {body} = await write('/payments/v1/destinations', sent);
  assertShape(kDestinationShown, body);
  assert.deepEqual(body, {...kDestinationShown, ...sent, ...kOfLaterVersions, id: body.id});
  aedDestination = body.id;
});

test('creates a destination with empty texts, which are echoed as sent', async () => {
  // Word for word, but for the IBAN: an empty one is a placeholder.
  const sent = `{"display_name": "Acme USD Account","name": "Acme Inc.","bank_identifier": "ENBD_UAE","address": "","city": "","country": "","account_number": "","iban": "${kIbanUsd}"}`;
  const sample = {
    id: '266733cc-6f46-4e87-af7e-9bb46b99601d',
    display_name: 'Acme USD Account',
    name: 'Acme Inc.',
    bank_identifier: 'ENBD_UAE',
    address: '',
    city: '',
    country: '',
    account_number: '',
    iban: '',
  };
  const {body} = await write('/payments/v1/destinations/', sent);
  assertShape(sample, body);
  const {id, ...echoed} = Object.fromEntries(Object.keys(sample).map((name) => [name, body[name]]));
  assert.deepEqual(echoed, JSON.parse(sent));
  assert.equal(body.default, false);
  usdDestination = id;
});

test('lists destinations, and shows one', async () => {
  const {body} = await read('/payments/v1/destinations');
  assert.deepEqual(body.map(({id}: {id: string}) => id), [aedDestination, usdDestination]);
  assertShape(kDestinationShown, body[0]);
  assert.deepEqual((await read(`/payments/v1/destinations/${usdDestination}`)).body, body[1]);
});

test('makes another destination the default on the operator\'s word', async () => {
  const defaults = async () => (await read('/payments/v1/destinations')).body.map((one: {default: boolean}) => one.default);
  assert.deepEqual(await defaults(), [true, false]);
  await gateway.json('destination', 'default', usdDestination);
  assert.deepEqual(await defaults(), [false, true]);
  await gateway.json('destination', 'default', aedDestination);
  assert.deepEqual(await defaults(), [true, false]);
});

// --- Customers --------------------------------------------------------------------------------------------------------

test('creates customers at both paths', async () => {
  const paths = ['/payments/v1/customer', '/customers/v1'].flatMap(spellings);
  for (const [index, path] of paths.entries()) {
    const {body} = await write(path, `{"app_user_id": "IDENTIFIER_FOR_CUSTOMER ${index}"}`);
    assert.deepEqual(Object.keys(body), ['customer_id', 'app_user_id']);
    assertShape({customer_id: '781fc40c-746e-4627-a441-8eff6888826a', app_user_id: 'IDENTIFIER_FOR_CUSTOMER'}, body);
    assert.equal(body.app_user_id, `IDENTIFIER_FOR_CUSTOMER ${index}`);
    customer = body.customer_id;
  }
});

test('creates a destination that a customer owns, listed with that customer', async () => {
  assert.deepEqual((await read(`/customers/v1/${customer}/destinations`)).body, []);
  const {body} = await write('/payments/v1/destinations', {
    name: 'John Doe',
    display_name: 'John',
    iban: kIbanOfCustomer,
    customer_id: customer,
  });
  const absent = {bank_identifier: null, account_number: null, swift_code: null, address: null, country: null, city: null};
  assertShape({...kDestinationShown, ...absent, customer_id: customer}, body);
  assert.deepEqual([body.customer_id, body.owner_type, body.default], [customer, 'CUSTOMER', false]);
  assert.deepEqual((await read(`/customers/v1/${customer}/destinations`)).body, [body]);
  assert.equal((await read('/payments/v1/destinations')).body.length, 3);
});

// --- Payment sources --------------------------------------------------------------------------------------------------

const kSourceCreated = {
  type: 'payment_source.created',
  payload: {
    id: '93845ad9-5cd9-4a78-b66a-07b95497d573',
    customer_id: '781fc40c-746e-4627-a441-8eff6888826a',
    status: 'AWAITING_BENEFICIARY_COOL_OFF',
    bank_identifier: 'ENBD_UAE',
    bank_name: 'Emirates NBD',
  },
  message: 'A payment source was pre-authorized by your customer.',
  timestamp: '2021-02-23T13:23:27.448337Z',
};
const kBeneficiaryCreated = {
  payload: {
    id: 'bda4dcee-e786-4a85-9032-737c06a27944',
    customer_id: 'a14943ad-ee75-45cd-a5aa-69ba76a359b5',
    payment_source_id: '22e904e9-9c35-45b4-ad31-dec8270fadd0',
    payment_destination_id: '9de0f453-6f54-4e18-956e-2008761b189f',
    status: 'AWAITING_BENEFICIARY_COOL_OFF',
    payment_source_bank_identifier: 'LEANMB1_SAU',
  },
  type: 'payment_source.beneficiary.created',
  message: 'A beneficiary was added for a payment source.',
  timestamp: '2023-03-21T12:39:55.65440435Z',
  event_id: 'e2f7dd66-84a2-44bf-afe8-32922ae66833',
};
const kBeneficiaryUpdated = {
  ...kBeneficiaryCreated,
  payload: {...kBeneficiaryCreated.payload, status: 'ACTIVE'},
  type: 'payment_source.beneficiary.updated',
  message: 'A beneficiary was updated for a payment source.',
};
const kSourceShown = {
  id: 'd8d7a9b3-c401-49f6-81a4-386d8398aa2c',
  customer_id: '6db94cb7-3a02-4a57-a03a-e2a92ce86406',
  app_id: '2c9280887230f322017231b408cf0007',
  bank_identifier: 'LEANMB1',
  beneficiaries: [
    {
      id: '26891A75-9406-4E06-97BA-F4D6DA664F3C',
      payment_destination_id: '266733cc-6f46-4e87-af7e-9bb46b99601d',
      status: 'AWAITING_BENEFICIARY_COOL_OFF',
      beneficiary_cool_off_expiry: '2021-02-13T13:20:57.674299Z',
    },
  ],
  accounts: [
    {
      id: '9acde98e-9d19-495d-934c-b2ff966262c8',
      account_id: 'aaadbc4e-96a4-420f-ba01-597fa63502ee',
      account_name: 'CURRENT ACCOUNT',
      account_number: '1015528734001',
      iban: 'AE340260001015528734001',
      balance: null,
      currency: 'AED',
      balance_last_updated: null,
    },
  ],
};

test('connects a bank: the page is told that it worked, and nothing more', async () => {
  const step = await walk({method: 'CONNECT', customer_id: customer, bank_identifier: 'LEANMB1'});
  assert.deepEqual(step.result, {
    status: 'SUCCESS',
    method: 'CREATE_PAYMENT_SOURCE',
    message: 'Customer created Payment Source successfully',
  });
});

test('tells the backend of the new source', async () => {
  const {payload} = await webhook(kSourceCreated, customer);
  assert.deepEqual([payload['bank_identifier'], payload['bank_name']], ['LEANMB1', 'Lean Mockbank 1']);
  source = String(payload['id']);
});

test('tells the backend of the beneficiary: without a destination in the call, of the default one', async () => {
  const {payload} = await webhook(kBeneficiaryCreated, source);
  assert.equal(payload['customer_id'], customer);
  assert.equal(payload['payment_destination_id'], aedDestination);
  assert.equal(payload['payment_source_bank_identifier'], 'LEANMB1');
  beneficiary = String(payload['id']);
});

test('shows the payment source in its cool-off', async () => {
  const {body} = await read(`/customers/v1/${customer}/payment-sources/${source}`);
  assertShape(kSourceShown, body);
  assert.deepEqual([body.id, body.customer_id, body.app_id], [source, customer, gateway.info.app_token]);
  assert.equal(body.status, 'AWAITING_BENEFICIARY_COOL_OFF', 'the oldest clients still read it');
  assert.equal(body.beneficiaries.length, 1);
  assert.equal(body.beneficiaries[0].id, beneficiary);
  assert.equal(body.beneficiaries[0].status, 'AWAITING_BENEFICIARY_COOL_OFF');
  assert.deepEqual(body.accounts.map(({currency}: {currency: string}) => currency), ['AED', 'USD']);
  coolOffExpiry = body.beneficiaries[0].beneficiary_cool_off_expiry;
  assert.ok(Date.parse(coolOffExpiry) - Date.now() > 23 * 3600_000, coolOffExpiry);
  assert.deepEqual((await read(`/customers/v1/${customer}/payment-sources`)).body, [body]);
});

test('tells when the beneficiary becomes active, and keeps showing when that was', async () => {
  await gateway.json('clock', 'advance', '24h');
  const {payload} = await webhook(kBeneficiaryUpdated, source);
  assert.equal(payload['id'], beneficiary);
  const {body} = await read(`/customers/v1/${customer}/payment-sources/${source}`);
  assert.deepEqual(body.beneficiaries, [
    {id: beneficiary, payment_destination_id: aedDestination, status: 'ACTIVE', beneficiary_cool_off_expiry: coolOffExpiry},
  ]);
  assert.equal(body.status, 'ACTIVE');
});

test('adds a second destination to the source', async () => {
  const wanted = {customer_id: customer, payment_source_id: source, payment_destination_id: usdDestination};
  const step = await walk({method: 'UPDATE_PAYMENT_SOURCE', ...wanted});
  assert.deepEqual([step.result?.status, step.result?.method], ['SUCCESS', 'UPDATE_PAYMENT_SOURCE']);

  const {payload} = await webhook(kBeneficiaryCreated, usdDestination);
  assert.deepEqual([payload['payment_source_id'], payload['customer_id']], [source, customer]);
  assert.equal(receiver.events.filter(({type}) => type === 'payment_source.created').length, 1, 'the source is the old one');

  const {body} = await read(`/customers/v1/${customer}/payment-sources/${source}`);
  assertShape(kSourceShown, body);
  const shown = body.beneficiaries.map((one: Record<string, string>) => [one['id'], one['payment_destination_id'], one['status']]);
  assert.deepEqual(shown, [
    [beneficiary, aedDestination, 'ACTIVE'],
    [payload['id'], usdDestination, 'AWAITING_BENEFICIARY_COOL_OFF'],
  ]);

  await gateway.json('clock', 'advance', '24h');
  assert.equal((await webhook(kBeneficiaryUpdated, usdDestination)).payload['id'], payload['id']);
});

// --- Payment intents --------------------------------------------------------------------------------------------------

const kIntentShown = {
  payment_intent_id: 'd964ed9b-e6c1-4bd9-bf8f-4a1028fa8b1f',
  customer_id: '6dc68854-e3fc-46e2-880a-9e3afbf50e5e',
  amount: 1000.0,
  currency: 'AED',
  payments: [],
  description: 'ACME TXN001',
  payment_destination: kDestinationShown,
};
const kPaymentShown = {
  id: '25c90cc6-67dc-4193-a6e9-a7c875fcc0af',
  payment_intent_id: '77f0c07e-7b7b-4677-bb05-6261f9eead0c',
  payment_source_id: 'b6fba7da-1054-5e82-8a9a-afd3ab4d1710',
  sender_details: {account_number: 'XXXXXXXXXXXX', iban: 'AE940030011XXXXXXXXXXXX', name: 'John Doe'},
  recipient_details: {account_number: 'XXXXXXXXXXXX', iban: 'AE870200000XXXXXXXXXXXX', name: 'Al Fulani'},
  amount: 1000.0,
  currency: 'AED',
  description: '77f0c07e7b7b4677bb056261f9eead0c',
  submission_timestamp: '2021-05-18T13:58:03.427045Z',
  initiation_timestamp: '2021-05-18T13:58:42.445103Z',
  status: 'ACCEPTED_BY_BANK',
  bank_transaction_reference: '0492981211381081',
};

test('creates an intent with a description', async () => {
  const sent = `{
    "customer_id": "${customer}",
    "amount": 1000.00,
    "description": "ACME TXN001",
    "currency": "AED",
    "payment_destination_id": "${aedDestination}"
  }`;
  const {body, text} = await write('/payments/v1/intents', sent);
  assertShape(kIntentShown, body);
  assert.deepEqual([body.customer_id, body.currency, body.description], [customer, 'AED', 'ACME TXN001']);
  assert.equal(body.payment_destination.id, aedDestination);
  assertWritten(text, /"amount":1000\.00,/);
  describedIntent = body.payment_intent_id;
});

test('creates an intent without a description: it is the intent\'s id without hyphens', async () => {
  const sent = `{"amount": 1000, "currency": "USD", "payment_destination_id": "${usdDestination}", "customer_id": "${customer}"}`;
  const {body, text} = await write('/payments/v1/intents/', sent);
  const {swift_code, account_number, ...others} = kDestinationShown;
  assertShape({...kIntentShown, payment_destination: others}, body);
  assert.deepEqual([body.currency, body.payment_destination.id], ['USD', usdDestination]);
  assert.equal(body.description, body.payment_intent_id.replaceAll('-', ''));
  assertWritten(text, /"amount":1000\.00,/, 'with the decimals of its currency, however it was written');
  usdIntent = body.payment_intent_id;
});

test('creates an intent without a destination: it goes to the default one', async () => {
  const {body, text} = await write('/payments/v1/intents', `{"customer_id": "${customer}", "amount": 10.12, "currency": "AED"}`);
  assertShape(kIntentShown, body);
  assert.equal(body.payment_destination.id, aedDestination);
  assertWritten(text, /"amount":10\.12,/);
  smallIntent = body.payment_intent_id;
});

test('shows an intent that nobody has paid yet', async () => {
  const {body} = await read(`/payments/v1/intents/${describedIntent}`);
  assertShape(kIntentShown, body);
  // The documentation lists app_token among the parameters; only the header counts.
  const tolerated = await call('GET', `/payments/v1/intents/${describedIntent}?app_token=${gateway.info.app_token}&more=1`);
  assert.deepEqual(tolerated.body, body);
});

// --- Payments ---------------------------------------------------------------------------------------------------------

const kPaymentCreated = {
  payload: {
    id: '81f686b5-0cf3-4ee1-9250-9f8dae030a1d',
    customer_id: 'e52d8b7e-7c4d-40af-b851-90ab5c061028',
    intent_id: '88f73a6d-f017-4fc6-85bf-2cc2804c2a4a',
    status: 'ACCEPTED_BY_BANK',
    amount: 10.12,
    currency: 'AED',
  },
  type: 'payment.created',
  message: 'A payment object has been created.',
  timestamp: '2021-03-24T12:50:47.521324Z',
};

test('pays an intent, tells the backend, and shows the payment in the intent and alone', async () => {
  // The second destination came without an account number; what is not known is null.
  const withoutNumber = {...kPaymentShown, recipient_details: {...kPaymentShown.recipient_details, account_number: null}};
  const cases: [id: string, currency: string, destination: string, amount: string, sample: object][] = [
    [describedIntent, 'AED', aedDestination, '1000.00', kPaymentShown],
    [smallIntent, 'AED', aedDestination, '10.12', kPaymentShown],
    [usdIntent, 'USD', usdDestination, '1000.00', withoutNumber],
  ];
  for (const [id, currency, destination, amount, sample] of cases) {
    const step = await walk({method: 'PAY', payment_intent_id: id});
    assert.deepEqual([step.kind, step.result?.status, step.result?.method], ['ACCEPTED', 'SUCCESS', 'PAY']);

    const created = await webhook(kPaymentCreated, id);
    assert.deepEqual(
      [created.payload['customer_id'], created.payload['intent_id'], created.payload['currency'], created.payload['payment_destination_id']],
      [customer, id, currency, destination],
    );
    assert.match(deliveryOf(created).body, new RegExp(`"amount":${amount},`));

    const {body, text} = await read(`/payments/v1/intents/${id}`);
    const {swift_code, ...destinationShown} = kDestinationShown;
    assertShape({...kIntentShown, payments: [sample], payment_destination: destinationShown}, body);
    assertWritten(text, new RegExp(`"amount":${amount},.*"amount":${amount},`), 'of the intent and of the payment');
    assert.equal(body.payments.length, 1);
    const [payment] = body.payments;
    assert.deepEqual([payment.id, payment.payment_intent_id, payment.payment_source_id], [created.payload['id'], id, source]);
    assert.deepEqual([payment.status, payment.currency, payment.description], ['ACCEPTED_BY_BANK', currency, body.description]);
    assert.equal(payment.recipient_details.iban, body.payment_destination.iban);
    assert.equal(payment.recipient_details.name, body.payment_destination.name);
    assert.equal(payment.bank_transaction_reference, created.payload['bank_transaction_reference']);
    assert.ok(payment.submission_timestamp <= payment.initiation_timestamp);

    assert.deepEqual((await read(`/payments/v1/${payment.id}`)).body, payment);
  }
});

test('every webhook came signed, once for each event, numbered without gaps', async () => {
  const expected = [
    'payment.created', 'payment.created', 'payment.created',
    'payment_intent.created', 'payment_intent.created', 'payment_intent.created',
    'payment_source.beneficiary.created', 'payment_source.beneficiary.created',
    'payment_source.beneficiary.updated', 'payment_source.beneficiary.updated',
    'payment_source.created',
  ];
  await receiver.until(() => receiver.events.length >= expected.length, 10_000, `fewer than ${expected.length} events`);
  assert.deepEqual(receiver.events.map(({type}) => type).sort(), expected);
  assert.ok(receiver.secret, 'signatures were checked');
  assert.deepEqual(receiver.deliveries.map(({badSignature}) => badSignature), expected.map(() => undefined));
  const ofSource = receiver.events.filter(({type}) => type.startsWith('payment_source.'));
  assert.deepEqual(ofSource.map(({sequence}) => sequence), [1, 2, 3, 4, 5]);
});
