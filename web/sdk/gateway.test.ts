import assert from 'node:assert/strict';
import {test} from 'node:test';

import {gatewayOf} from './gateway.js';

test('knows_its_gateway_by_every_published_address', () => {
  const paths = [
    'link/sdk/web/latest/Lean.min.js', 'link/sdk/web/1.21.1/Lean.min.js', 'sa/link/sdk/web/latest/Lean.min.js', 'link/sdk/web/v2/prod/ae/latest/Lean.min.js',
    'link/sdk/web/v2/prod/sa/2.0.0/Lean.min.js?x=1', 'link/loader/prod/ae/latest/lean-link-loader.min.js', 'link/loader/prod/sa/latest/lean-link-loader.min.js#x',
  ];
  for (const path of paths) {
    assert.equal(gatewayOf(`https://pay.example/${path}`), 'https://pay.example', path);
    assert.equal(gatewayOf(`http://127.0.0.1:7070/${path}`), 'http://127.0.0.1:7070', path);
  }
});

test('takes_no_other_script_for_its_own', () => {
  const others = ['', 'Lean.min.js', 'https://shop.example/bundle.js', 'https://shop.example/js/Lean.min.js', 'https://pay.example/link/sdk/web/latest/NotLean.min.js.map',
    'https://pay.example/link/sdk/web/latest/Clean.min.js', 'data:text/javascript,/link/sdk/web/latest/Lean.min.js'];
  for (const address of others) assert.equal(gatewayOf(address), undefined, address);
});
