import assert from 'node:assert/strict';
import {test} from 'node:test';

import {readMessage, readParameters} from './messages.js';

const nonce = '0123456789abcdef0123456789abcdef';
const session = {app_token: 'a', method: 'PAY', payment_intent_id: 'i', language: 'en'};
const open = {qantara: 1, nonce, type: 'open', session, customization: {theme_color: 'teal'}};

test('well formed messages are taken', () => {
  assert.equal(readMessage(open, nonce)?.type, 'open');
  const whole = {
    ...session, method: 'CHECKOUT', access_token: 't', account_id: 'i', allow_payment_source_change: false, destination_alias: 'Acme',
    success_redirect_url: 'https://shop.example/ok', fail_redirect_url: 'https://shop.example/no', reconnect_id: 'i', consent_attempt_id: 'i',
  };
  assert.deepEqual(readMessage({...open, session: whole}, nonce), {...open, session: whole});
  assert.equal(readMessage({qantara: 1, nonce, type: 'leave'}, nonce)?.type, 'leave');
});

test('whatever does not fit is ignored', () => {
  const odd: unknown[] = [
    undefined, null, 1, 'open', [], {}, [open],
    {...open, qantara: 2}, {...open, nonce: nonce.replace('0', '1')}, {...open, nonce: undefined}, {...open, type: 'close'},
    {...open, session: undefined}, {...open, session: []}, {...open, customization: undefined}, {...open, customization: []},
    {...open, customization: {theme_color: {toString: () => 'teal'}}},
    {...open, session: {...session, method: 'STEAL'}},
    {...open, session: {...session, language: 'fr'}},
    {...open, session: {...session, app_token: 1}},
    {...open, session: {...session, payment_intent_id: {}}},
    {...open, session: {...session, permissions: 'payments'}},
    {...open, session: {...session, permissions: [1]}},
    {...open, session: {...session, access_token: 1}},
    {...open, session: {...session, allow_payment_source_change: 'false'}},
    {...open, session: {...session, more: 'x'}},
  ];
  for (const message of odd) assert.equal(readMessage(message, nonce), undefined, JSON.stringify(message));
});

test('the address names an application, one exact origin and a nonce', () => {
  const good = `?app_token=a&origin=${encodeURIComponent('https://shop.example')}&language=en`;
  assert.deepEqual(readParameters(good, `#${nonce}`), {appToken: 'a', origin: 'https://shop.example', nonce});
  for (const origin of ['*', '', 'null', 'shop.example', 'https://shop.example/', 'https://shop.example/page', 'javascript:alert(1)', 'file://']) {
    assert.equal(readParameters(`?app_token=a&origin=${encodeURIComponent(origin)}`, `#${nonce}`), undefined, origin);
  }
  assert.equal(readParameters(good, ''), undefined);
  assert.equal(readParameters(good, '#short'), undefined);
  assert.equal(readParameters('?origin=https://shop.example', `#${nonce}`), undefined);
});
