import assert from 'node:assert/strict';
import {test} from 'node:test';

import type {Method} from '../shared/step.js';
import {describe, readConfig} from './config.js';

Object.assign(globalThis, {CSS: {supports: (_: string, value: string) => value === 'teal'}});

const id = '9dafc6f5-37e8-4f72-aa0b-5323c0935c5f';
const callback = () => undefined;
const right: Record<Method, Record<string, unknown>> = {
  CONNECT: {app_token: id, permissions: ['payments'], customer_id: id},
  CREATE_PAYMENT_SOURCE: {app_token: id, customer_id: id},
  UPDATE_PAYMENT_SOURCE: {app_token: id, customer_id: id, payment_source_id: id, payment_destination_id: id},
  PAY: {app_token: id, payment_intent_id: id},
};
const methods = Object.keys(right) as Method[];

test('reads_the_documented_calls', () => {
  for (const method of methods) {
    const reading = readConfig(method, right[method]);
    assert.deepEqual(reading.config?.session, {...right[method], method, language: 'en'});
    assert.deepEqual([reading.errors, reading.warnings, reading.wrong], [[], [], []]);
  }
});

test('names_each_field_that_is_missing', () => {
  for (const method of methods) {
    for (const field of Object.keys(right[method])) {
      for (const nothing of [undefined, null, '']) {
        const {config, wrong, errors} = readConfig(method, {...right[method], [field]: nothing});
        assert.equal(config, undefined);
        assert.deepEqual(wrong, [field]);
        assert.match(errors[0] ?? '', new RegExp(`^${field} is missing\\. It must be `));
      }
    }
    assert.deepEqual(readConfig(method, undefined).wrong.sort(), Object.keys(right[method]).sort());
  }
});

test('names_each_field_that_is_wrong', () => {
  const cases: [Method, string, unknown, RegExp][] = [
    ['PAY', 'app_token', 'YOUR_APP_TOKEN', /app_token is "YOUR…", text of 14 characters\. It must be an id like .*application/],
    ['PAY', 'payment_intent_id', 42, /payment_intent_id is the number 42\. It must be an id like .*POST \/payments\/v1\/intents/],
    ['PAY', 'account_id', 'x', /account_id is text of 1 characters/],
    ['CONNECT', 'customer_id', `${id}0`, /customer_id/],
    ['CONNECT', 'permissions', 'payments', /permissions is "payments"\. It must be a list that holds "payments"\./],
    ['CONNECT', 'permissions', ['identity'], /permissions is a list\. It must be a list that holds/],
    ['CONNECT', 'payment_destination_id', {}, /payment_destination_id is an object/],
    ['PAY', 'bank_identifier', ['LEANMB1'], /bank_identifier is a list\. It must be text: .*GET \/banks\/v1/],
    ['PAY', 'language', 'fr', /language is "fr"\. It must be "en" or "ar"\./],
    ['PAY', 'sandbox', 'yes', /sandbox is "yes"\. It must be true or false or "true" or "false"\./],
    ['PAY', 'show_logs', 1, /show_logs is the number 1/],
    ['PAY', 'callback', 'done()', /callback is "done\(\)"\. It must be a function\./],
    ['PAY', 'customization', ['teal'], /customization is a list\. It must be an object\./],
  ];
  for (const [method, field, value, words] of cases) {
    const {config, wrong, errors} = readConfig(method, {...right[method], [field]: value});
    assert.equal(config, undefined, field);
    assert.deepEqual(wrong, [field]);
    assert.match(errors.join('\n'), words);
    assert.match(errors.join('\n'), /^CONFIG_ERROR__INVALID_PARAM_TYPE: /);
  }
});

test('tells_no_token_to_the_console', () => {
  const token = 'eyJhbGciOiJIUzI1NiJ9.c2VjcmV0.c2lnbmF0dXJl';
  const {errors} = readConfig('CONNECT', {app_token: token, customer_id: token, payment_destination_id: token, permissions: ['payments'], sandbox: true});
  assert.equal(errors.length, 3);
  for (const error of errors) assert.ok(!error.includes(token.slice(0, 5)), error);
  assert.equal(describe('short', true), 'text of 5 characters');
});

test('passes_over_what_another_method_or_nobody_needs', () => {
  const unused = {access_token: 'x', success_redirect_url: 'https://shop.example', fail_redirect_url: 7, end_user_id: id, account_type: 'PERSONAL',
    destination_alias: 'Acme', destination_avatar: 'https://shop.example/a.png', risk_details: {}};
  const others = {customer_id: 'whoever', payment_source_id: 'x', permissions: 'x', payment_destination_id: 'x'};
  const reading = readConfig('PAY', {...right.PAY, ...unused, ...others, sandbox: true});
  assert.deepEqual(reading.config?.session, {...right.PAY, method: 'PAY', language: 'en'});
  assert.deepEqual(reading.warnings, []);
});

test('warns_of_a_name_that_nobody_knows', () => {
  const {config, warnings} = readConfig('PAY', {...right.PAY, payment_intentid: id, constructor: 1, customization: {themecolor: 'teal', toString: 'x'}});
  assert.deepEqual(config?.customization, {});
  assert.deepEqual(warnings.map((warning) => warning.split(' ')[0]).sort(),
    ['constructor', 'customization.themecolor', 'customization.toString', 'payment_intentid']);
});

test('takes_permissions_beyond_payments', () => {
  const {config} = readConfig('CONNECT', {...right.CONNECT, permissions: ['identity', 'payments', 7]});
  assert.deepEqual(config?.session.permissions, ['payments']);
});

test('counts_sandbox_as_text', () => {
  for (const [value, expected] of [[true, true], ['true', true], [false, false], ['false', false], [undefined, false]] as const) {
    assert.equal(readConfig('PAY', {...right.PAY, sandbox: value}).config?.sandbox, expected);
    assert.equal(readConfig('PAY', {...right.PAY, show_logs: value}).config?.logs, expected);
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
    const options = {...right.PAY, callback, customization: {[key]: value, dialog_mode: key === 'dialog_mode' ? value : 'contained'}};
    const sandbox = readConfig('PAY', {...options, sandbox: true});
    assert.equal(sandbox.config, undefined, key);
    assert.deepEqual(sandbox.wrong, [`customization.${key}`]);
    assert.match(sandbox.errors[0] ?? '', new RegExp(`^CONFIG_ERROR__INVALID_PARAM_TYPE: customization\\.${key} is `));
    const live = readConfig('PAY', options);
    assert.deepEqual(live.config?.customization, key === 'dialog_mode' ? {} : {dialog_mode: 'contained'}, key);
  }
});

test('takes_the_published_theme_keys', () => {
  const customization = {theme_color: '#0B5F6E', theme_color_dark: 'teal', button_text_color: 'rgb(1, 2, 3)', button_text_color_dark: '#fff', link_color: '#000',
    overlay_color: 'rgb(0 0 0 / 50%)', button_border_radius: '8', dialog_mode: 'uncontained', dialog_background_color_light: '#fff',
    dialog_background_color_dark: '#000', force_appearance: 'dark', bottom_inset: 16};
  assert.deepEqual(readConfig('PAY', {...right.PAY, customization}).config?.customization, customization);
  assert.deepEqual(readConfig('PAY', {...right.PAY, customization: {button_border_radius: 'pill'}}).config?.customization, {button_border_radius: 'pill'});
});

test('keeps_the_callback_of_a_call_that_cannot_be_made', () => {
  assert.equal(readConfig('PAY', {callback}).callback, callback);
  assert.equal(readConfig('PAY', 'nonsense').callback, undefined);
});
