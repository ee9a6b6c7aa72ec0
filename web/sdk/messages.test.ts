import assert from 'node:assert/strict';
import {test} from 'node:test';

import {readMessage} from './messages.js';

const nonce = '00112233445566778899aabbccddeeff';
const result = {status: 'SUCCESS', method: 'PAY', message: 'Payment accepted', secondary_status: 'ACCEPTED_BY_BANK'};
const circumstances = {
  bank: {bank_identifier: 'LEANMB1', is_supported: true}, exit_point: 'SUCCESS', exit_intent_point: 'PAYMENT_REVIEW',
  user_exit_intent: 'USER_COMPLETED_PAYMENT', last_api_response: 'OK', lean_correlation_id: 'VAUWNYowtPcaBbhU',
};

test('takes_what_the_protocol_names', () => {
  const {secondary_status: _, ...short} = result;
  const cases = [
    {type: 'ready'},
    {type: 'step', title: 'Check and pay', over: false, screen: 'PAYMENT_REVIEW'},
    {type: 'step', title: 'Check and pay', over: false, screen: 'PAYMENT_REVIEW', bank: 'LEANMB1'},
    {type: 'result', result: {...result, ...circumstances}},
    {type: 'result', result},
    {type: 'result', result: short},
    {type: 'close'},
    {type: 'open_url', url: 'https://bank.example/approve?x=1'},
    {type: 'open_url', url: 'http://127.0.0.1:7071/'},
    {type: 'problem', text: 'customer_id is not known'},
  ];
  for (const rest of cases) assert.deepEqual(readMessage({qantara: 1, nonce, ...rest}, nonce), {qantara: 1, nonce, ...rest}, rest.type);
});

test('passes_on_no_member_that_the_protocol_does_not_name', () => {
  const message = readMessage({qantara: 1, nonce, type: 'result', result: {...result, customer_id: 'x', iban: 'y', bank: {...circumstances.bank, iban: 'z'}}, more: 1}, nonce);
  assert.deepEqual(message, {qantara: 1, nonce, type: 'result', result: {...result, bank: circumstances.bank}});
  assert.deepEqual(readMessage({qantara: 1, nonce, type: 'ready', url: 'https://a.example'}, nonce), {qantara: 1, nonce, type: 'ready'});
});

test('ignores_what_is_not_of_this_opening', () => {
  for (const other of [undefined, '', nonce.toUpperCase(), nonce.slice(1), 0, null, [nonce], {toString: () => nonce}]) {
    assert.equal(readMessage({qantara: 1, nonce: other, type: 'close'}, nonce), undefined);
  }
  for (const version of [undefined, 0, 2, '1', true]) assert.equal(readMessage({qantara: version, nonce, type: 'close'}, nonce), undefined);
});

test('ignores_what_the_protocol_does_not_know', () => {
  const types = ['', 'Ready', 'open', 'leave', 'constructor', '__proto__', 'toString', 'hasOwnProperty', 7, null, ['close'], {}];
  for (const type of types) assert.equal(readMessage({qantara: 1, nonce, type}, nonce), undefined, String(type));
  for (const data of [undefined, null, 1, 'close', true, [], () => 1]) assert.equal(readMessage(data, nonce), undefined);
});

test('ignores_a_message_with_a_member_of_another_kind', () => {
  const cases = [
    {type: 'step', title: 1, over: false, screen: 'X'},
    {type: 'step', title: 'x', over: 'true', screen: 'X'},
    {type: 'step', title: 'x', screen: 'X'},
    {type: 'step', title: 'x', over: false},
    {type: 'step', title: 'x', over: false, screen: 'X', bank: {}},
    {type: 'result', result: {...result, exit_point: 7}},
    {type: 'result', result: {...result, bank: 'LEANMB1'}},
    {type: 'result', result: {...result, bank: {bank_identifier: 'LEANMB1'}}},
    {type: 'problem'},
    {type: 'result'},
    {type: 'result', result: null},
    {type: 'result', result: 'SUCCESS'},
    {type: 'result', result: {...result, status: 'success'}},
    {type: 'result', result: {...result, status: 'PAID'}},
    {type: 'result', result: {...result, method: undefined}},
    {type: 'result', result: {...result, message: {}}},
    {type: 'result', result: {...result, secondary_status: null}},
  ];
  for (const rest of cases) assert.equal(readMessage({qantara: 1, nonce, ...rest}, nonce), undefined, JSON.stringify(rest));
});

test('opens_web_addresses_only', () => {
  const wrong = ['', '/relative', 'javascript:alert(1)', ' javascript:alert(1)', 'java\nscript:alert(1)', 'data:text/html,x', 'blob:https://a.example/1',
    'file:///etc/passwd', 'intent://x', 'ftp://a.example', '//a.example', 'https:', 7, null, {href: 'https://a.example'}];
  for (const url of wrong) assert.equal(readMessage({qantara: 1, nonce, type: 'open_url', url}, nonce), undefined, String(url));
});
