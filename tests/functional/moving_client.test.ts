// A merchant's backend that was written for the Lean Payments API moves here: their published client for Node goes on working.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import published from '@leantechnologies/node-sdk';

import {LinkSession} from '../support/payer.js';
import {Shop, unusedIban} from '../support/shop.js';

const {default: Client} = published;

let shop: Shop;
let lean: InstanceType<typeof Client>;

before(async () => {
  shop = await Shop.open('5s');
  lean = new Client(shop.appToken, 'sandbox' as never, undefined, shop.gateway.info.webhook_secret);
  // The one line that changes. (The client has no option for it.)
  (lean as unknown as {_axios: {defaults: {baseURL: string}}})._axios.defaults.baseURL = shop.gateway.url;
});
after(async () => shop?.close());

test('its calls make a payment, and its check of signatures takes our webhooks', async () => {
  const iban = unusedIban();
  const account = ['LEANMB1', 'Acme Towers', 'Dubai', 'ARE', iban.slice(7), iban, ''] as const;
  const destination = await lean.createAppPaymentDestination('Acme', 'Acme Corp.', ...account);
  assert.equal(destination.iban, iban);
  const {customer_id} = await lean.createCustomer('mover-1');
  assert.ok((await lean.getSupportedBanks()).some(({identifier}) => identifier === 'LEANMB1'));
  assert.deepEqual((await lean.getAppPaymentDestinations()).map(({id}) => id), [destination.id]);

  await shop.connect(customer_id, {id: destination.id, iban}, {user: 'payer-otp'});
  await shop.advance('24h');
  const [source] = await lean.getCustomerPaymentSources(customer_id);
  await shop.event(source!.id, 'payment_source.beneficiary.updated');
  assert.equal((await lean.getCustomerPaymentSources(customer_id))[0]!.beneficiaries[0]!.status, 'ACTIVE');

  const {payment_intent_id} = await lean.createPaymentIntent(1000, 'AED', 'Order 1', destination.id, customer_id);
  const session = await LinkSession.open(shop.gateway.url, shop.appToken, {method: 'PAY', payment_intent_id});
  await session.walk({user: 'payer-otp'});
  const intent = await lean.getPaymentIntent(payment_intent_id);
  assert.equal(intent.amount, 1000);
  assert.equal(intent.payments[0]!.status, 'ACCEPTED_BY_BANK');
  assert.match(intent.payments[0]!.bank_transaction_reference, /./);

  const {event_id} = await shop.event(payment_intent_id, 'payment.created');
  const {body, headers} = shop.receiver.deliveries.find(({event}) => event.event_id === event_id)!;
  assert.equal(lean.verifyWebhook(body, String(headers['lean-signature'])), true);
  assert.equal(lean.verifyWebhook(`${body} `, String(headers['lean-signature'])), false);
});

test('its errors carry our code, message and metadata', async () => {
  const {customer_id} = await lean.createCustomer('mover-2');
  const own = await lean.createCustomerPaymentDestination(
    customer_id, 'Sara', 'Sara Ahmed', 'LEANMB1', 'Street 1', 'Dubai', 'ARE', '', unusedIban(), '');
  assert.deepEqual((await lean.getCustomerPaymentDestinations(customer_id)).map(({id}) => id), [own.id]);
  const refusals: [code: string, call: () => Promise<unknown>][] = [
    ['CUSTOMER_ALREADY_EXISTS', () => lean.createCustomer('mover-2')],
    ['UNKNOWN_PAYMENT_INTENT', () => lean.getPaymentIntent(own.id)],
    ['AMOUNT_UNDER_MIN_VALUE', () => lean.createPaymentIntent(1, 'AED', '', own.id, customer_id)],
    ['INVALID_IBAN', () => lean.createAppPaymentDestination('Acme', 'Acme Corp.', '', '', '', 'ARE', '', 'AE123030303000', '')],
    ['INVALID_URL', () => lean.getAccounts(customer_id)],
  ];
  for (const [code, call] of refusals) {
    await assert.rejects(call, (error: Error & {metadata?: {request_id?: string}}) => {
      assert.equal(error.name, code, error.message);
      assert.ok(error.metadata?.request_id);
      return true;
    });
  }
});
