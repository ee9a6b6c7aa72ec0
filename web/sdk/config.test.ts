import assert from 'node:assert/strict';
import {test} from 'node:test';

import {describe, readConfig} from './config.js';
import {kMethods, type MethodName} from './methods.js';

Object.assign(globalThis, {CSS: {supports: (_: string, value: string) => value === 'teal'}});

const id = '9dafc6f5-37e8-4f72-aa0b-5323c0935c5f';
const callback = () => undefined;
const right = {
  connect: {app_token: id, permissions: ['payments'], customer_id: id},
  link: {app_token: id, permissions: ['payments'], customer_id: id},
  createPaymentSource: {app_token: id, customer_id: id},
  updatePaymentSource: {app_token: id, customer_id: id, payment_source_id: id, payment_destination_id: id},
  createBeneficiary: {app_token: id, customer_id: id},
  reconnect: {app_token: id, reconnect_id: id},
  pay: {app_token: id, payment_intent_id: id},
  checkout: {app_token: id, payment_intent_id: id},
  captureRedirect: {app_token: id, customer_id: id, consent_attempt_id: 'a1'},
} satisfies Partial<Record<MethodName, Record<string, unknown>>>;
type Offered = keyof typeof right;
const methods = Object.keys(right) as Offered[];

const read = (name: Offered, options: unknown) => readConfig(kMethods[name], options);
/** A token that ends in so many minutes. */
function tokenFor(minutes: number): string {
  const part = (members: object) => btoa(JSON.stringify(members)).replace(/\+/g, '-').replace(/\//g, '_').replace(/=+$/, '');
  return `${part({alg: 'RS256'})}.${part({exp: Date.now() / 1000 + 60 * minutes, note: '???>>>'})}.c2lnbmF0dXJl`;
}

test('reads_the_documented_calls', () => {
  for (const method of methods) {
    const reading = read(method, right[method]);
    assert.deepEqual(reading.config?.session, {...right[method], method: kMethods[method].method, language: 'en'});
    assert.deepEqual([reading.errors, reading.warnings, reading.wrong], [[], [], []]);
  }
});

test('names_each_field_that_is_missing', () => {
  for (const method of methods) {
    for (const field of Object.keys(right[method])) {
      for (const nothing of [undefined, null, '']) {
        const {config, wrong, errors} = read(method, {...right[method], [field]: nothing});
        assert.equal(config, undefined);
        assert.deepEqual(wrong, [field]);
        assert.match(errors[0] ?? '', new RegExp(`^${field} is missing\\. It must be `));
      }
    }
    assert.deepEqual(read(method, undefined).wrong.sort(), Object.keys(right[method]).sort());
  }
});

test('names_each_field_that_is_wrong', () => {
  const cases: [Offered, string, unknown, RegExp][] = [
    ['pay', 'app_token', 'YOUR_APP_TOKEN', /app_token is "YOUR…", text of 14 characters\. It must be an id like .*application/],
    ['pay', 'payment_intent_id', 42, /payment_intent_id is the number 42\. It must be an id like .*POST \/payments\/v1\/intents/],
    ['pay', 'account_id', 'x', /account_id is text of 1 characters/],
    ['connect', 'customer_id', `${id}0`, /customer_id/],
    ['connect', 'permissions', 'payments', /permissions is "payments"\. It must be a list that holds "payments"\./],
    ['connect', 'permissions', ['identity'], /permissions is a list\. It must be a list that holds/],
    ['connect', 'payment_destination_id', {}, /payment_destination_id is an object/],
    ['pay', 'bank_identifier', ['LEANMB1'], /bank_identifier is a list\. It must be text: .*GET \/banks\/v1/],
    ['pay', 'language', 'fr', /language is "fr"\. It must be "en" or "ar"\./],
    ['pay', 'sandbox', 'yes', /sandbox is "yes"\. It must be true or false or "true" or "false"\./],
    ['pay', 'show_logs', 1, /show_logs is the number 1/],
    ['pay', 'success_redirect_url', 'leanlink://redirect', /success_redirect_url is "leanlink:\/\/redirect"\. It must be an http or https address/],
    ['pay', 'destination_alias', 'x'.repeat(71), /destination_alias is "x+…"\. It must be text of at most 70 characters/],
    ['pay', 'destination_avatar', 'javascript:alert(1)', /destination_avatar/],
    ['pay', 'allow_payment_source_change', 'no', /allow_payment_source_change is "no"/],
    ['pay', 'access_token', `Bearer ${tokenFor(60)}`.replace('.', ' '), /without "Bearer"/],
    ['pay', 'access_token', tokenFor(9), /Token must be valid for at least 10 minutes/],
    ['pay', 'access_token', 'not.a.token', /access_token is "not\.…", text of 11 characters/],
    ['pay', 'risk_details', 7, /risk_details is the number 7\. It must be an object, or text/],
    ['connect', 'account_type', 'CHILD', /account_type is "CHILD"\. It must be "PERSONAL" or "BUSINESS"/],
    ['reconnect', 'reconnect_id', 'r', /reconnect_id is .*GET …\/payment-sources/],
    ['pay', 'on_step', {}, /on_step is an object\. It must be a function/],
    ['pay', 'callback', 'done()', /callback is "done\(\)"\. It must be a function\./],
    ['pay', 'customization', ['teal'], /customization is a list\. It must be an object\./],
  ];
  for (const [method, field, value, words] of cases) {
    const {config, wrong, errors} = read(method, {...right[method], [field]: value});
    assert.equal(config, undefined, field);
    assert.deepEqual(wrong, [field]);
    assert.match(errors.join('\n'), words);
    assert.match(errors.join('\n'), /^CONFIG_ERROR__INVALID_PARAM_TYPE: /);
  }
});

test('tells_no_token_to_the_console', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';
  const {errors} = read('connect', {app_token: token, customer_id: token, payment_destination_id: token, permissions: ['payments'], sandbox: true});
  assert.equal(errors.length, 3);
  for (const error of errors) assert.ok(!error.includes(token.slice(0, 5)), error);
  assert.equal(describe('short', true), 'text of 5 characters');
});

test('passes_over_what_another_method_or_nobody_needs', () => {
  const unused = {end_user_id: id, account_type: 'PERSONAL', destination_avatar: 'https://shop.example/a.png', risk_details: {a: 1},
    customer_metadata: 'x', customer_name: 'Sara Ali', show_balances: 'true', country: 'ae', version: 'latest', env: 'production'};
  const others = {customer_id: 'whoever', payment_source_id: 'x', permissions: 'x', payment_destination_id: 'x'};
  const reading = read('pay', {...right.pay, ...unused, ...others, sandbox: true});
  assert.deepEqual(reading.config?.session, {...right.pay, method: 'PAY', language: 'en'});
  assert.deepEqual(reading.warnings, []);
});

test('sends_what_changes_the_flow', () => {
  const options = {access_token: tokenFor(11), success_redirect_url: 'https://shop.example/ok?a=b', fail_redirect_url: 'http://127.0.0.1:1/no',
    destination_alias: 'Acme', bank_identifier: 'LEANMB1', account_id: id};
  for (const method of ['pay', 'checkout'] as const) {
    const {config} = read(method, {...right[method], ...options, allow_payment_source_change: 'false'});
    assert.deepEqual(config?.session,
      {...right[method], ...options, method: kMethods[method].method, language: 'en', allow_payment_source_change: false});
  }
});

test('takes_redirect_urls_only_in_pairs', () => {
  const {config, wrong, errors} = read('pay', {...right.pay, success_redirect_url: 'https://shop.example/ok'});
  assert.equal(config, undefined);
  assert.deepEqual(wrong, ['fail_redirect_url']);
  assert.match(errors[0] ?? '', /^fail_redirect_url is missing\. The two redirect URLs go together\.$/);
});

test('warns_of_a_name_that_nobody_knows', () => {
  const {config, warnings} = read('pay', {...right.pay, payment_intentid: id, constructor: 1, customization: {themecolor: 'teal', toString: 'x'}});
  assert.deepEqual(config?.customization, {});
  assert.deepEqual(warnings.map((warning) => warning.split(' ')[0]).sort(),
    ['constructor', 'customization.themecolor', 'customization.toString', 'payment_intentid']);
});

test('takes_permissions_beyond_payments', () => {
  const {config} = read('connect', {...right.connect, permissions: ['identity', 'payments', 7]});
  assert.deepEqual(config?.session.permissions, ['payments']);
});

test('counts_sandbox_as_text', () => {
  for (const [value, expected] of [[true, true], ['true', true], [false, false], ['false', false], [undefined, false]] as const) {
    assert.equal(read('pay', {...right.pay, sandbox: value}).config?.sandbox, expected);
    assert.equal(read('pay', {...right.pay, show_logs: value}).config?.logs, expected);
  }
});

test('refuses_a_bad_theme_in_the_sandbox_and_drops_it_in_live', () => {
  const cases: [string, unknown][] = [
    ['theme_color', '#12'], ['theme_color_dark', 7], ['button_text_color', 'hsl(1 1% 1%)'], ['button_text_color_dark', {}], ['link_color', 'tealish'],
    ['overlay_color', 'url(x)'], ['button_border_radius', 'round'], ['button_border_radius', -1], ['dialog_mode', 'full'],
    ['dialog_background_color_light', 'radial-gradient(#fff, #000)'], ['dialog_background_color_dark', 1], ['force_appearance', 'auto'],
    ['bottom_inset', '1em'],
  ];
  for (const [key, value] of cases) {
    const options = {...right.pay, callback, customization: {[key]: value, dialog_mode: key === 'dialog_mode' ? value : 'contained'}};
    const sandbox = read('pay', {...options, sandbox: true});
    assert.equal(sandbox.config, undefined, key);
    assert.deepEqual(sandbox.wrong, [`customization.${key}`]);
    assert.match(sandbox.errors[0] ?? '', new RegExp(`^CONFIG_ERROR__INVALID_PARAM_TYPE: customization\\.${key} is `));
    const live = read('pay', options);
    assert.deepEqual(live.config?.customization, key === 'dialog_mode' ? {} : {dialog_mode: 'contained'}, key);
  }
});

test('takes_the_published_theme_keys', () => {
  const customization = {theme_color: '#0B5F6E', theme_color_dark: 'teal', button_text_color: 'rgb(1, 2, 3)', button_text_color_dark: '#fff', link_color: '#000',
    overlay_color: 'rgb(0 0 0 / 50%)', button_border_radius: '8', dialog_mode: 'uncontained', dialog_background_color_light: '#fff',
    dialog_background_color_dark: '#000', force_appearance: 'dark', bottom_inset: 16};
  assert.deepEqual(read('pay', {...right.pay, customization}).config?.customization, customization);
  assert.deepEqual(read('pay', {...right.pay, customization: {button_border_radius: 'pill'}}).config?.customization, {button_border_radius: 'pill'});
});

test('keeps_the_callback_of_a_call_that_cannot_be_made', () => {
  assert.equal(read('pay', {callback}).callback, callback);
  assert.equal(read('pay', 'nonsense').callback, undefined);
});
