// The names of the screens, as the shop's page is told them: the published ones where there are any.
import type {Step, StepKind} from './step.js';

const kNames: Readonly<Record<Exclude<StepKind, 'CODE'>, string>> = {
  WELCOME: 'APPLICATION_INFO',
  BANKS: 'BANK_LIST',
  CREDENTIALS: 'CREDENTIALS',
  METHOD: 'CONFIRMATION_METHOD',
  ACCOUNTS: 'ACCOUNTS',
  PAYEE: 'BENEFICIARY',
  ACCOUNT: 'ACCOUNT_SELECTION',
  REVIEW: 'PAYMENT_REVIEW',
  APPROVAL: 'APP_APPROVAL',
  REDIRECT: 'REDIRECT',
  WORKING: 'PROCESSING',
  BANK_UNREACHABLE: 'BANK_UNAVAILABLE',
  CONNECTED: 'SUCCESS',
  ACCEPTED: 'SUCCESS',
  COOL_OFF: 'COOL_OFF',
  PENDING: 'PENDING',
  UNKNOWN: 'PENDING',
  FAILED: 'FAILURE',
  END: 'EXIT',
};

/** Says nothing of what the payer has typed, but whether the bank took it. */
export function screenOf({kind, stage, wrong_answer: wrong}: Pick<Step, 'kind' | 'stage' | 'wrong_answer'>): string {
  if (kind === 'CODE') return wrong ? 'WRONG_OTP' : `${stage ?? 'LOGIN'}_OTP`;
  if (kind === 'CREDENTIALS' && wrong) return 'WRONG_CREDENTIALS';
  // A newer server may know kinds that this page does not.
  return kNames[kind] ?? kind;
}
