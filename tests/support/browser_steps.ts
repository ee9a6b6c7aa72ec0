// One step of each kind that the hosted pages draw, as the gateway would send it: for looking at every screen, also those that
// no sandbox bank leads to.
import type {BrowserContext} from 'playwright-core';

import type {CopyKey, Slots} from './browser_copy.js';
import type {SdkMethod} from './merchant.js';

export interface Screen {
  name: string;
  step: Record<string, unknown>;
  /** Its heading. */
  title: CopyKey;
  /** Sentences that it must hold. */
  says: CopyKey[];
  /** And slots that are not the usual ones. */
  slots?: Slots;
  /** Sentences that would be a lie here. */
  never?: CopyKey[];
}

const kBank = {
  identifier: 'LEANMB1', name: 'Lean Mockbank 1', arabic_name: 'بنك لين التجريبي 1', main_color: '#1B5E8C', background_color: '#FFFFFF',
  available: true,
};
const kPayee = {name: 'Acme Corp.', display_name: 'Acme Corp.', iban: 'AE260260001008223921001', account_number: '1008223921001'};
const kUntil = '2031-11-23T09:40:00.000000Z';

const common = {
  number: 7,
  method: 'PAY',
  money: 'not_moved',
  actions: [],
  merchant: {name: 'Marsa Wallet'},
  operator: {name: 'Qantara', terms_url: 'https://pay.example/terms', privacy_url: 'https://pay.example/privacy'},
  sandbox: true,
  now: new Date().toISOString(),
  test_code: '1111',
  expires_in_ms: 1_800_000,
};
const connecting = {...common, method: 'CONNECT', payee: kPayee};
const paying = {...common, bank: kBank, payee: kPayee, amount: {amount: '1000.00', currency: 'AED'}, reference: 'ACME TXN001'};
const account = {
  id: 'a1', name: 'CURRENT ACCOUNT', number_masked: 'AE34 •••• 4001', currency: 'AED', bank_identifier: 'LEANMB1', usable: true,
};
const otp = [{name: 'otp', kind: 'OTP', label: '', max_length: 8, numeric: true}];
const result = (status: string, secondary_status?: string, method = 'PAY') => ({
  status, method, message: 'Told to the shop', ...(secondary_status !== undefined && {secondary_status}),
});

const failure = (kind: string, code: string, more: Record<string, unknown> = {}): Record<string, unknown> => ({
  ...paying, kind: 'FAILED', accounts: [account], failure: {kind, code, text: `The bank said ${code}.`}, result: result('ERROR', code), ...more,
});

const kFailures: [kind: string, code: string][] = [
  ['insufficient_funds', 'INSUFFICIENT_BALANCE'],
  ['limit', 'EXCEEDS_DAILY_LIMIT'],
  ['rejected', 'REJECTED_BY_BANK'],
  ['denied', 'USER_CANCELLED'],
  ['approval_expired', 'SESSION_EXPIRED_ON_OTP'],
  ['code_exhausted', 'MFA_ATTEMPTS_EXHAUSTED'],
  ['login_exhausted', 'EU_ACCOUNT_LOCKED'],
  ['signed_out', 'CREDENTIALS_UPDATE_REQUIRED'],
  ['bank_unreachable', 'BANK_ISSUE'],
  ['account_unusable', 'EU_FUNCTIONALITY_RESTRICTED'],
  ['payee_refused', 'BENEFICIARY_NOT_FOUND'],
  ['ours', 'INTERNAL'],
];

export const screens: Screen[] = [
  {
    name: 'welcome', title: 'welcome', says: ['welcome_text', 'ribbon'],
    step: {...connecting, kind: 'WELCOME', actions: ['continue', 'cancel']},
  },
  {
    name: 'banks', title: 'banks', says: ['ribbon'],
    step: {
      ...connecting, kind: 'BANKS', actions: ['select', 'cancel'],
      banks: [
        kBank,
        {...kBank, identifier: 'SANDBOX_SLOW', name: 'Sandbox Slow Bank', arabic_name: 'بنك التجربة البطيء', main_color: '#7A5C00'},
        {...kBank, identifier: 'SANDBOX_APP', name: 'Sandbox App Bank', arabic_name: 'بنك التجربة بالتطبيق', main_color: '#3B2F8F'},
        {
          ...kBank, identifier: 'SANDBOX_MAINTENANCE', name: 'Sandbox Maintenance Bank', arabic_name: 'بنك التجربة قيد الصيانة',
          main_color: '#8C2F1B', available: false, back_at: '2026-11-21T14:00:00.000000Z',
        },
      ],
    },
  },
  {
    name: 'credentials', title: 'sign_in_to', says: ['password_note'],
    step: {
      ...connecting, kind: 'CREDENTIALS', bank: kBank, stage: 'LOGIN', actions: ['submit', 'back', 'cancel'],
      fields: [{name: 'username', kind: 'TEXT', label: ''}, {name: 'password', kind: 'PASSWORD', label: ''}],
    },
  },
  {
    name: 'credentials-wrong', title: 'sign_in_to', says: ['wrong_password'],
    step: {
      ...connecting, kind: 'CREDENTIALS', bank: kBank, stage: 'LOGIN', actions: ['submit', 'back', 'cancel'], wrong_answer: true, tries_left: 2,
      fields: [{name: 'username', kind: 'TEXT', label: ''}, {name: 'password', kind: 'PASSWORD', label: ''}],
    },
  },
  {
    name: 'login-code', title: 'login_code', says: ['test_code'], slots: {code: '1111'},
    step: {...connecting, kind: 'CODE', bank: kBank, stage: 'LOGIN', actions: ['submit', 'cancel'], fields: otp, target: '+971 •• ••• 1234'},
  },
  {
    name: 'question', title: 'question', says: [],
    step: {
      ...connecting, kind: 'CREDENTIALS', bank: kBank, stage: 'LOGIN', actions: ['submit', 'cancel'], message: 'What was the name of your first school?',
      fields: [{name: 'answer', kind: 'TEXT', label: 'What was the name of your first school?'}],
    },
  },
  {
    name: 'accounts', title: 'accounts_found', says: [],
    step: {
      ...connecting, kind: 'ACCOUNTS', bank: kBank, actions: ['continue', 'cancel'],
      accounts: [
        {name: 'CURRENT ACCOUNT', number_masked: 'AE34 •••• 4001', currency: 'AED'},
        {name: 'DOLLAR ACCOUNT', number_masked: 'AE79 •••• 4002', currency: 'USD'},
      ],
    },
  },
  {
    name: 'payee', title: 'add_payee_title', says: [],
    step: {...connecting, kind: 'PAYEE', bank: kBank, actions: ['confirm', 'cancel']},
  },
  {
    name: 'payee-code', title: 'payee_code', says: [],
    step: {...connecting, kind: 'CODE', bank: kBank, stage: 'BENEFICIARY', actions: ['submit', 'cancel'], fields: otp, target: '+971 •• ••• 1234'},
  },
  {
    name: 'connected', title: 'connected', says: ['can_pay_now'],
    step: {...connecting, kind: 'CONNECTED', bank: kBank, result: result('SUCCESS', undefined, 'CREATE_PAYMENT_SOURCE')},
  },
  {
    name: 'cool-off', title: 'cool_off', says: ['cool_off_text'],
    step: {...connecting, kind: 'COOL_OFF', bank: kBank, cool_off_until: kUntil, result: result('SUCCESS', undefined, 'CREATE_PAYMENT_SOURCE')},
  },
  {
    name: 'account', title: 'choose_account', says: [],
    step: {
      ...paying, kind: 'ACCOUNT', actions: ['select', 'cancel'],
      accounts: [
        account,
        {...account, id: 'a2', name: 'DOLLAR ACCOUNT', number_masked: 'AE79 •••• 4002', currency: 'USD', usable: false, reason: 'CURRENCY'},
        {...account, id: 'a3', name: 'SAVINGS', number_masked: 'AE12 •••• 4003', usable: false, reason: 'NOT_LINKED'},
        {...account, id: 'a4', name: 'JOINT ACCOUNT', number_masked: 'AE13 •••• 4004', usable: false, reason: 'COOL_OFF', cool_off_until: kUntil},
        {...account, id: 'a5', name: 'SECOND BANK', number_masked: 'AE14 •••• 4005', usable: false, reason: 'BANK_UNAVAILABLE'},
        {...account, id: 'a6', name: 'SMALL ACCOUNT', number_masked: 'AE15 •••• 4006', usable: false, reason: 'LIMIT'},
      ],
    },
  },
  {
    name: 'account-none', title: 'choose_account', says: ['no_account'],
    step: {...paying, kind: 'ACCOUNT', actions: ['cancel'], accounts: [{...account, currency: 'USD', usable: false, reason: 'CURRENCY'}]},
  },
  {
    name: 'review', title: 'review', says: ['confirmed_at_bank'], never: ['sent_on_press'],
    step: {...paying, kind: 'REVIEW', actions: ['pay', 'change_account', 'cancel'], accounts: [account], confirms_at_bank: true},
  },
  {
    name: 'review-sends', title: 'review', says: ['sent_on_press'], never: ['confirmed_at_bank'],
    step: {...paying, kind: 'REVIEW', actions: ['pay', 'cancel'], accounts: [account], confirms_at_bank: false},
  },
  {
    name: 'method', title: 'choose_method', says: [],
    step: {
      ...paying, kind: 'METHOD', stage: 'PAYMENT', actions: ['submit', 'cancel'],
      fields: [{
        name: 'method', kind: 'CHOICE', label: '',
        options: [{value: 'sms', label: 'Code by text message'}, {value: 'app', label: 'Approve in the app'}],
      }],
    },
  },
  {
    name: 'payment-code', title: 'payment_code', says: [],
    step: {...paying, kind: 'CODE', stage: 'PAYMENT', actions: ['submit', 'cancel'], fields: otp, target: '+971 •• ••• 1234'},
  },
  {
    name: 'payment-code-wrong', title: 'payment_code', says: ['wrong_code', 'tries_left'], slots: {n: 2},
    step: {...paying, kind: 'CODE', stage: 'PAYMENT', actions: ['submit', 'cancel'], fields: otp, target: '+971 •• ••• 1234', wrong_answer: true, tries_left: 2},
  },
  {
    name: 'approval', title: 'approve_in_app', says: ['approve_text', 'waiting_for_approval'],
    step: {
      ...paying, bank: {...kBank, app_url: 'http://127.0.0.1:9/app'}, kind: 'APPROVAL', money: 'unknown', actions: ['cancel'],
      expires_at: kUntil, ask_again_in_ms: 600_000,
    },
    never: ['not_moved', 'try_again'],
  },
  {
    name: 'working', title: 'talking', says: [],
    step: {...paying, kind: 'WORKING', ask_again_in_ms: 600_000},
  },
  {
    name: 'working-sent', title: 'talking', says: [],
    step: {...paying, kind: 'WORKING', money: 'unknown', order_sent: true, ask_again_in_ms: 600_000},
    never: ['not_moved', 'try_again'],
  },
  {
    name: 'unreachable', title: 'not_answering', says: ['bank_not_answering'],
    step: {...connecting, kind: 'BANK_UNREACHABLE', bank: kBank, actions: ['try_again', 'back', 'cancel']},
  },
  {
    name: 'accepted', title: 'bank_accepted', says: ['amount_to_payee', 'merchant_confirms'],
    step: {...paying, kind: 'ACCEPTED', money: 'accepted', bank_reference: '0492981211381081', result: result('SUCCESS', 'ACCEPTED_BY_BANK')},
    never: ['not_moved', 'try_again'],
  },
  {
    name: 'pending', title: 'processing', says: ['processing_text', 'check_again'],
    step: {
      ...paying, kind: 'PENDING', actions: ['check_again'], asked_at: '2031-11-22T09:43:12.000000Z', money: 'unknown', order_sent: true, ordered_at: '2031-11-22T09:41:02.131000Z', ask_again_in_ms: 600_000,
      result: result('SUCCESS', 'PENDING_WITH_BANK'),
    },
    never: ['not_moved', 'try_again', 'accepted'],
  },
  {
    name: 'unknown', title: 'unknown_title', says: ['unknown_text', 'do_not_pay_again', 'check_again'],
    step: {
      ...paying, kind: 'UNKNOWN', actions: ['check_again'], asked_at: '2031-11-22T09:43:12.000000Z', money: 'unknown', order_sent: true, ordered_at: '2031-11-22T09:41:02.131000Z', ask_again_in_ms: 600_000,
      result: result('SUCCESS', 'PENDING_WITH_BANK'),
    },
    never: ['not_moved', 'try_again', 'accepted'],
  },
  ...kFailures.map(([kind, code]): Screen => ({
    name: `failed-${kind}`, title: 'failed', says: [kind as CopyKey, 'not_moved'],
    step: failure(kind, code, {can_start_again: true}),
  })),
  {
    name: 'failed-unlisted', title: 'failed', says: ['rejected', 'not_moved'],
    step: failure('a_kind_of_next_year', 'SOMETHING'),
    never: ['try_again'],
  },
  {
    name: 'failed-connecting', title: 'not_connected', says: ['code_exhausted', 'not_moved'],
    step: {
      ...connecting, kind: 'FAILED', bank: kBank, failure: {kind: 'code_exhausted', code: 'MFA_ATTEMPTS_EXHAUSTED', text: ''},
      can_start_again: true, result: result('ERROR', 'MFA_ATTEMPTS_EXHAUSTED', 'CREATE_PAYMENT_SOURCE'),
    },
  },
  {
    name: 'already-accepted', title: 'already_accepted', says: ['nothing_more'],
    step: {
      ...paying, kind: 'ACCEPTED', money: 'accepted', already: true, ordered_at: '2031-11-22T09:41:02.131000Z',
      bank_reference: '0492981211381081', result: result('SUCCESS', 'ACCEPTED_BY_BANK'),
    },
    never: ['not_moved', 'try_again'],
  },
  {
    name: 'timed-out', title: 'timed_out', says: ['not_moved', 'start_again'],
    step: {...paying, kind: 'END', reason: 'timed_out', can_start_again: true, result: result('CANCELLED')},
  },
  {
    name: 'request-expired', title: 'request_expired', says: ['not_moved', 'makes_new_one'],
    step: {...paying, kind: 'END', reason: 'intent_expired', result: result('ERROR', 'PAYMENT_INTENT_EXPIRED')},
  },
  {
    name: 'request-withdrawn', title: 'request_withdrawn', says: ['not_moved'],
    step: {...paying, kind: 'END', reason: 'cancelled_by_merchant', result: result('ERROR', 'PAYMENT_INTENT_EXPIRED')},
  },
  {
    name: 'other-window', title: 'other_window', says: ['other_window_text', 'continue_here'],
    step: {...paying, kind: 'REVIEW', actions: ['pay', 'cancel'], accounts: [account], elsewhere: true},
  },
];

/** From here on the gateway's part in the window is played: whatever the pages ask, the answer is this step. */
export async function play(context: BrowserContext, step: () => Record<string, unknown>): Promise<void> {
  await context.route(/\/link\/v1\/sessions/, async (route) => {
    const opens = route.request().method() === 'POST' && route.request().url().endsWith('/sessions');
    await route.fulfill({
      status: opens ? 201 : 200,
      contentType: 'application/json',
      body: JSON.stringify({session_id: 's', ...(opens && {session_token: 't', window: 1}), step: step()}),
    });
  });
}

/** What the shop would call to get to a step. */
export function callFor(step: Record<string, unknown>): {method: SdkMethod; config: Record<string, unknown>} {
  return step['method'] === 'PAY'
    ? {method: 'pay', config: {payment_intent_id: '0192f0c1-0000-7000-8000-000000000001'}}
    : {method: 'connect', config: {customer_id: '0192f0c1-0000-7000-8000-000000000002', permissions: ['payments']}};
}
