import assert from 'node:assert/strict';
import {test} from 'node:test';

import {isOption} from '../sdk/config.js';
import {leanlinkOf, readQuery} from './webview_addresses.js';

const id = '9dafc6f5-37e8-4f72-aa0b-5323c0935c5f';
const read = (query: string) => {
  const {search, hash} = new URL(`https://pay.example/link/loader/prod/ae/latest/lean-sdk.html?${query}`);
  const {method, options} = readQuery({search, hash}, isOption);
  // What stands for nothing is nothing.
  return {method, options: Object.fromEntries(Object.entries(options).filter(([, value]) => value !== undefined))};
};

// As the wrappers for React Native and Flutter begin every address.
const head = (sdk: string) =>
  'implementation=webview-hosted-html&implementation_config=platform+mobile' +
  `&implementation_config=sdk+${sdk}&implementation_config=os+ios&implementation_config=sdk_version+4.2.2&implementation_config=is_version_pinned+false` +
  `&app_token=${id}&sandbox=true&language=en&version=latest&country=ae&env=production`;
const common = {app_token: id, sandbox: 'true', language: 'en', version: 'latest', country: 'ae', env: 'production'};

test('reads_an_address_in_which_everything_is_encoded', () => {
  const query = `${head('react_native')}&method=connect&customer_id=${id}&permissions=identity&permissions=payments&bank_identifier=LEANMB1` +
    '&fail_redirect_url=https%3A%2F%2Fshop.example%2Fno%3Fa%3D1%26b%3D2&success_redirect_url=https%3A%2F%2Fshop.example%2Fok&destination_alias=Acme%20%26%20Sons' +
    '&customization=theme_color+%23ff0000&customization=button_border_radius+8&customization=overlay_color+rgb(1%2C%202%2C%203)';
  assert.deepEqual(read(query), {
    method: 'connect',
    options: {
      ...common, customer_id: id, permissions: ['identity', 'payments'], bank_identifier: 'LEANMB1', destination_alias: 'Acme & Sons',
      fail_redirect_url: 'https://shop.example/no?a=1&b=2', success_redirect_url: 'https://shop.example/ok',
      customization: {theme_color: '#ff0000', button_border_radius: '8', overlay_color: 'rgb(1, 2, 3)'},
    },
  });
});

test('reads_an_address_in_which_nothing_is_encoded', () => {
  const query = `${head('flutter')}&method=checkout&payment_intent_id=${id}&success_redirect_url=https://shop.example/ok?order=7&lang=ar&a=b+c` +
    '&fail_redirect_url=https://shop.example/no#part&customization=theme_color+#ff0000&customization=link_color+rgb(1, 2, 3)&customer_name=Sara Ali&bank_identifier=null';
  assert.deepEqual(read(query), {
    method: 'checkout',
    options: {
      ...common, payment_intent_id: id, success_redirect_url: 'https://shop.example/ok?order=7&lang=ar&a=b+c',
      fail_redirect_url: 'https://shop.example/no#part', customer_name: 'Sara Ali', customization: {theme_color: '#ff0000', link_color: 'rgb(1, 2, 3)'},
    },
  });
});

test('reads_details_as_the_object_that_they_are', () => {
  const details = {debtor_indicators: {name: 'Sara & Ali', flags: ['#1', 'a+b']}};
  assert.deepEqual(read(`method=pay&risk_details=${encodeURIComponent(JSON.stringify(details))}`).options['risk_details'], details);
  assert.equal(read('method=pay&risk_details=%7Bbroken').options['risk_details'], '{broken');
});

test('takes_what_is_no_address_for_what_it_is', () => {
  assert.deepEqual(read(''), {method: '', options: {}});
  assert.deepEqual(read('&&=x&method=pay&more=1&payment_intent_id=undefined&account_id='), {method: 'pay', options: {more: '1'}});
  assert.deepEqual(read('method=%E0%A4%A&customization=nothing&customization=+x').options, {});
});

test('answers_with_everything_that_is_known_and_the_bank_in_both_spellings', () => {
  const address = leanlinkOf({
    status: 'SUCCESS', method: 'PAY', message: 'The bank accepted the payment', secondary_status: 'ACCEPTED_BY_BANK',
    bank: {bank_identifier: 'LEANMB1', is_supported: true}, exit_point: 'SUCCESS', user_exit_intent: 'USER_COMPLETED_PAYMENT',
    last_api_response: 'OK', lean_correlation_id: 'VAUWNYowtPcaBbhU',
  });
  assert.ok(address.startsWith('leanlink://success?'), address);
  assert.ok(!address.includes('+'), 'a blank is %20');
  assert.deepEqual(Object.fromEntries(new URL(address).searchParams), {
    status: 'SUCCESS', method: 'PAY', message: 'The bank accepted the payment', secondary_status: 'ACCEPTED_BY_BANK', exit_point: 'SUCCESS',
    user_exit_intent: 'USER_COMPLETED_PAYMENT', last_api_response: 'OK', lean_correlation_id: 'VAUWNYowtPcaBbhU',
    bank_identifier: 'LEANMB1', bank_id: 'LEANMB1', bank_is_supported: 'true', is_supported: 'true',
  });
  assert.ok(leanlinkOf({status: 'CANCELLED', method: 'PAY', message: ''}).startsWith('leanlink://cancelled?status=CANCELLED&'));
  assert.ok(leanlinkOf({status: 'ERROR', method: 'PAY', message: 'a&b'}).startsWith('leanlink://error?status=ERROR&method=PAY&message=a%26b'));
});
