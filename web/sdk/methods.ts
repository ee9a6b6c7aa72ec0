// The published methods, a row each: what a method cannot do without, and what else it takes. One without a session is not
// offered here: it answers ERROR and says so in the console.
import type {OpenSession} from '../shared/protocol.js';

export interface Row {
  /** As the session calls it. */
  method?: OpenSession['method'];
  /** What results call it, if the page has not said yet: a connect that asks for payments makes a payment source. */
  result: string;
  required: readonly string[];
  optional: readonly string[];
}

const row = (method: OpenSession['method'], required: string, optional = ''): Row => ({
  method,
  result: method === 'CONNECT' ? 'CREATE_PAYMENT_SOURCE' : method,
  required: required.split(' '),
  optional: optional.split(' '),
});
const notOffered = (result: string): Row => ({result, required: [], optional: []});

const connect = row('CONNECT', 'customer_id permissions', 'payment_destination_id bank_identifier');
const kPaying = 'account_id bank_identifier allow_payment_source_change';

export const kMethods = {
  connect,
  link: connect,
  createPaymentSource: row('CREATE_PAYMENT_SOURCE', 'customer_id', 'payment_destination_id bank_identifier'),
  updatePaymentSource: row('UPDATE_PAYMENT_SOURCE', 'customer_id payment_source_id payment_destination_id'),
  createBeneficiary: row('CREATE_BENEFICIARY', 'customer_id', 'payment_destination_id payment_source_id bank_identifier'),
  reconnect: row('RECONNECT', 'reconnect_id'),
  pay: row('PAY', 'payment_intent_id', kPaying),
  checkout: row('CHECKOUT', 'payment_intent_id', kPaying),
  captureRedirect: row('CAPTURE_REDIRECT', 'customer_id consent_attempt_id'),
  authorize: notOffered('AUTHORIZE'),
  authorise: notOffered('AUTHORIZE'),
  authorizeConsent: notOffered('AUTHORIZE_CONSENT'),
  authoriseConsent: notOffered('AUTHORIZE_CONSENT'),
  manageConsents: notOffered('MANAGE_CONSENTS'),
  verifyAddress: notOffered('VERIFY_ADDRESS'),
} satisfies Record<string, Row>;

export type MethodName = keyof typeof kMethods;
