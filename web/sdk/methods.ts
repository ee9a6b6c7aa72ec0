// The published methods: a row each. One that is `later` answers ERROR and says so in the console.
import type {Method} from '../shared/step.js';

export interface Available {
  name: string;
  method: Method;
}

export interface Later {
  name: string;
  later: string;
}

export const kMethods: readonly (Available | Later)[] = [
  {name: 'connect', method: 'CONNECT'},
  {name: 'createPaymentSource', method: 'CREATE_PAYMENT_SOURCE'},
  {name: 'updatePaymentSource', method: 'UPDATE_PAYMENT_SOURCE'},
  {name: 'pay', method: 'PAY'},
  {name: 'link', later: 'LINK'},
  {name: 'reconnect', later: 'RECONNECT'},
  {name: 'createBeneficiary', later: 'CREATE_BENEFICIARY'},
  {name: 'authorize', later: 'AUTHORIZE'},
  {name: 'authorise', later: 'AUTHORIZE'},
  {name: 'checkout', later: 'CHECKOUT'},
  {name: 'authorizeConsent', later: 'AUTHORIZE_CONSENT'},
  {name: 'manageConsents', later: 'MANAGE_CONSENTS'},
  {name: 'captureRedirect', later: 'CAPTURE_REDIRECT'},
  {name: 'verifyAddress', later: 'VERIFY_ADDRESS'},
];
