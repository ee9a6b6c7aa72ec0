import assert from 'node:assert/strict';
import {test} from 'node:test';

import {screenOf} from './screens.js';
import type {Step} from './step.js';

test('names_each_screen_and_whether_an_answer_was_right', () => {
  const cases: [Parameters<typeof screenOf>[0], string][] = [
    [{kind: 'WELCOME'}, 'APPLICATION_INFO'],
    [{kind: 'BANKS'}, 'BANK_LIST'],
    [{kind: 'CREDENTIALS', stage: 'LOGIN'}, 'CREDENTIALS'],
    [{kind: 'CREDENTIALS', stage: 'LOGIN', wrong_answer: true}, 'WRONG_CREDENTIALS'],
    [{kind: 'CODE', stage: 'LOGIN'}, 'LOGIN_OTP'],
    [{kind: 'CODE', stage: 'BENEFICIARY'}, 'BENEFICIARY_OTP'],
    [{kind: 'CODE', stage: 'PAYMENT', wrong_answer: true}, 'WRONG_OTP'],
    [{kind: 'REVIEW'}, 'PAYMENT_REVIEW'],
    [{kind: 'ACCEPTED'}, 'SUCCESS'],
    [{kind: 'UNKNOWN'}, 'PENDING'],
    [{kind: 'SOMETHING_NEW' as Step['kind']}, 'SOMETHING_NEW'],
  ];
  for (const [step, name] of cases) assert.equal(screenOf(step), name);
});
