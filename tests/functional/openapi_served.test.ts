// The contract as the gateway itself serves it.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {document} from '../support/openapi.js';

let gateway: Gateway;
before(async () => (gateway = await startGateway()));
after(async () => gateway?.dispose());

test('serves the description as it stands in the repository, to everybody', async () => {
  const {status, headers, body} = await api(gateway.url)('GET', '/openapi.json');
  assert.deepEqual([status, headers.get('content-type')], [200, 'application/json']);
  assert.deepEqual(body, JSON.parse(JSON.stringify(document)));
});

test('is not sent again to who has it', async () => {
  const {headers} = await fetch(`${gateway.info.url}/openapi.json`);
  const again = await fetch(`${gateway.info.url}/openapi.json`, {headers: {'if-none-match': headers.get('etag') ?? ''}});
  assert.deepEqual([again.status, await again.text()], [304, '']);
});

test('its page lets nothing in from elsewhere, and is framed by nobody', async () => {
  const {headers, text} = await api(gateway.url)('GET', '/docs');
  const policy = headers.get('content-security-policy') ?? '';
  for (const directive of ["default-src 'none'", "script-src 'self'", "style-src 'self'", "connect-src 'self'", "frame-ancestors 'none'"]) {
    assert.ok(policy.split('; ').includes(directive), `${directive} in ${policy}`);
  }
  for (const [, address = ''] of text.matchAll(/(?:src|href)="([^"]*)"/g)) {
    if (address.startsWith('data:')) continue;
    assert.equal((await api(gateway.url)('GET', address)).status, 200, address);
  }
  assert.match((await api(gateway.url)('GET', '/docs/assets/licenses.txt')).text, /Apache License[^]*Version 2\.0/);
});
