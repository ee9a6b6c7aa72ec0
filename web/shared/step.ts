// The steps of the hosted flow as the gateway sends them: docs/reference/link-api.md says what each member means.

export type Method =
  | 'CONNECT' | 'CREATE_PAYMENT_SOURCE' | 'UPDATE_PAYMENT_SOURCE' | 'CREATE_BENEFICIARY' | 'RECONNECT' | 'PAY' | 'CHECKOUT';

export type StepKind =
  | 'WELCOME' | 'BANKS' | 'CREDENTIALS' | 'CODE' | 'METHOD' | 'ACCOUNTS' | 'PAYEE' | 'ACCOUNT' | 'REVIEW'
  | 'APPROVAL' | 'REDIRECT' | 'WORKING' | 'BANK_UNREACHABLE'
  | 'CONNECTED' | 'COOL_OFF' | 'ACCEPTED' | 'PENDING' | 'UNKNOWN' | 'FAILED' | 'END';

export type Action =
  | 'continue' | 'select' | 'submit' | 'back' | 'confirm' | 'pay' | 'change_account' | 'try_again'
  | 'check_again' | 'cancel';

/** Why an account cannot pay: another currency than the payment's, no such payee at its bank, the payee cools off there
 *  (`cool_off_until`), its bank is not available now, or the amount is outside what its bank lets through. */
export type AccountReason = 'CURRENCY' | 'NOT_LINKED' | 'COOL_OFF' | 'BANK_UNAVAILABLE' | 'LIMIT';

/** What can be proved about the payer's money. */
export type MoneyWord = 'not_moved' | 'accepted' | 'unknown';

export interface Bank {
  identifier: string;
  name: string;
  arabic_name: string;
  main_color: string;
  background_color: string;
  available: boolean;
  /** Of one that is not available: when it has said it will be back. */
  back_at?: string;
  /** The bank's own app or page for approvals, where the operator has set one. */
  app_url?: string;
}

export interface Payee {
  name: string;
  display_name: string;
  iban: string;
  account_number: string;
}

export interface Field {
  name: string;
  kind: 'TEXT' | 'PASSWORD' | 'OTP' | 'CHOICE';
  /** Empty: the page has the words. */
  label: string;
  max_length?: number;
  numeric?: boolean;
  options?: {value: string; label: string}[];
}

export interface Account {
  id?: string;
  name: string;
  number_masked: string;
  currency: string;
  bank_identifier?: string;
  usable?: boolean;
  reason?: AccountReason;
  cool_off_until?: string;
}

export interface Result {
  status: 'SUCCESS' | 'ERROR' | 'CANCELLED';
  method: string;
  message: string;
  secondary_status?: string;
}

export interface Step {
  number: number;
  kind: StepKind;
  method: Method;
  money: MoneyWord;
  actions: Action[];
  merchant: {name: string};
  /** Who runs the gateway. */
  operator: {name: string; terms_url?: string; privacy_url?: string};
  sandbox: boolean;
  /** The gateway's clock, which the step's times stand on: in the sandbox it may be ahead of the device's. */
  now: string;
  /** In the sandbox: the code that every test user gets. */
  test_code?: string;
  /** Until the page times out, from the moment of the answer. */
  expires_in_ms: number;
  /** True in a window that is not the one that opened the session last. */
  elsewhere?: boolean;
  /** True at an end after which the same call may be opened anew: nothing moved, and it may come out otherwise. */
  can_start_again?: boolean;
  /** True in the answer to an opening if the flow had ended before it. */
  already?: boolean;
  /** Of END. Nobody can cancel an intent yet, so the last one is not sent. */
  reason?: 'left' | 'timed_out' | 'intent_expired' | 'cancelled_by_merchant';
  bank?: Bank;
  payee?: Payee;
  /** `amount` is decimal text with all the currency's digits: never a number. */
  amount?: {amount: string; currency: string};
  reference?: string;
  stage?: 'LOGIN' | 'BENEFICIARY' | 'PAYMENT';
  fields?: Field[];
  /** The bank's words. */
  message?: string;
  /** Where a code went, masked by the bank. */
  target?: string;
  tries_left?: number;
  wrong_answer?: boolean;
  /** Of REDIRECT: where the browser goes for the bank's own page; in the whole window, by the payer's press. */
  url?: string;
  /** Of REDIRECT: the payer is back and the bank is being asked; with `check_again` among the actions it waits to be sent. */
  came_back?: boolean;
  /** When the bank stops waiting for an approval. */
  expires_at?: string;
  ask_again_in_ms?: number;
  banks?: Bank[];
  accounts?: Account[];
  /** Of REVIEW: whether the bank asks the payer after `pay`, so that nothing moves before. */
  confirms_at_bank?: boolean;
  /** Of PENDING and UNKNOWN: when the bank was last asked. */
  asked_at?: string;
  /** When the order left for the bank. */
  ordered_at?: string;
  /** The order may have left for the bank: leaving does not stop it. */
  order_sent?: boolean;
  cool_off_until?: string;
  bank_reference?: string;
  failure?: {kind: string; code: string; text: string};
  result?: Result;
}
