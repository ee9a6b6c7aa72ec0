// Every path with every method, every write with every media type and with every member of its answer, and fifty origins:
// generated from api/openapi.yaml, so that a route that comes later is swept too.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {api, raw} from '../support/http.js';
import {document, operations, type Operation} from '../support/openapi.js';
import {writesNothing} from '../support/refusals.js';

let gateway: Gateway;

before(async () => {
  gateway = await startGateway();
});
after(async () => gateway?.dispose());

const kUnknown = '01a1fe52-0000-7000-8000-000000000000';
const kMethods = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];
/** What no path here takes, and what is no method at all: names are compared with their case (RFC 9110, section 9.1). */
const kStrangers = ['TRACE', 'CONNECT', 'PROPFIND', 'get', 'Post', 'BREW', 'M-SEARCH'];

const filled = (path: string) => path.replace(/\{(\w+)\}/g, (_, name: string) => (name === 'number' ? '1' : kUnknown));
const isOfApplications = ({security}: Operation) => security.length > 0;
/** The hosted flow has a token of each session instead. */
const takesToken = (path: string) => operations.some((one) => one.path === path && isOfApplications(one));
const token = (path: string) => (takesToken(path) ? {'lean-app-token': gateway.info.app_token} : {});

/** What opens a session of the hosted flow comes before everything else. */
const isBehindASession = (path: string, status: number) => path.startsWith('/link/v1/') && (status === 401 || status === 404);

test('every path takes the methods that are described, and says which where it is asked with another', async () => {
  for (const path of Object.keys(document.paths)) {
    const described = Object.keys(document.paths[path]).map((method) => method.toUpperCase()).filter((method) => kMethods.includes(method));
    const taken = kMethods.filter((method) => described.includes(method) || (method === 'HEAD' && described.includes('GET')));
    for (const method of kMethods.filter((one) => !taken.includes(one))) {
      const {status, headers, body} = await api(gateway.url)(method, filled(path), {headers: {'lean-app-token': gateway.info.app_token}});
      assert.deepEqual([status, body?.status], [405, method === 'HEAD' ? undefined : 'INVALID_HTTP_METHOD'], `${method} ${path}`);
      assert.deepEqual(headers.get('allow')?.split(', ').sort(), [...taken].sort(), `${method} ${path}`);
    }
  }
});

test('methods that nobody here knows are refused, whatever the path', async () => {
  for (const path of ['/customers/v1', '/link', '/nowhere']) {
    for (const method of kStrangers) {
      const {text} = await raw(gateway.url, `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n`, 5000);
      assert.match(text, /^HTTP\/1\.1 (405|400|501) /, `${method} ${path}: ${text}`);
      assert.doesNotMatch(text, new RegExp(`\\r\\n\\r\\n[^]*${method} ${path}`), 'it echoes nothing');
    }
  }
});

/** What a form or a script of another site can send without asking first (Fetch, "CORS-safelisted request-header"), and others. */
const kMediaTypes = [
  undefined, '', 'text/plain', 'text/plain;charset=UTF-8', 'application/x-www-form-urlencoded', 'multipart/form-data; boundary=x', 'text/json',
  'application/xml', 'application/jsonp', 'application/json-patch+json', 'application/json; charset=iso-8859-1', 'application/json, text/plain',
  'text/plain, application/json', 'application /json',
];

test('a write is taken as JSON by its own account, or not at all', async () => {
  const writes = operations.filter(({request}) => request);
  await writesNothing(gateway, async () => {
    for (const {method, path, request} of writes) {
      const body = Buffer.from(JSON.stringify(request!.examples[0]?.value ?? {}));
      for (const type of kMediaTypes) {
        const headers = {...token(path), ...(type !== undefined && {'content-type': type})};
        const response = await fetch(gateway.url + filled(path), {method, headers, body});
        const {status} = (await response.json()) as {status: string};
        if (isBehindASession(path, response.status)) continue;
        assert.deepEqual([response.status, status], [415, 'UNSUPPORTED_MEDIA_TYPE'], `${method} ${path} as ${type}`);
      }
    }
  });
});

/** The members of an answer, also where it is one of an `allOf`. */
function membersOf(schema: any): string[] {
  if (schema?.$ref) return membersOf(schema.$ref.split('/').slice(1).reduce((at: any, step: string) => at[step], document));
  return [...Object.keys(schema?.properties ?? {}), ...(schema?.allOf ?? []).flatMap(membersOf)];
}

test('no member of an answer can be written that the request does not name', async () => {
  await writesNothing(gateway, async () => {
    let probes = 0;
    for (const {method, path, request} of operations.filter((one) => one.request?.schema.properties)) {
      const answers = document.paths[path][method.toLowerCase()].responses;
      const answered = Object.entries<any>(answers).filter(([status]) => status.startsWith('2')).flatMap(([, one]) => membersOf(one.content?.['application/json']?.schema));
      const foreign = new Set([...answered, 'id', 'application_id', 'app_id', 'created_at', 'updated_at', 'version', 'mode', '__proto__', 'constructor']);
      for (const name of Object.keys(request!.schema.properties)) foreign.delete(name);
      for (const name of foreign) {
        const right = JSON.stringify(request!.examples[0]?.value ?? {});
        const body = `${right.slice(0, -1)}${right === '{}' ? '' : ','}${JSON.stringify(name)}:null}`;
        const answer = await api(gateway.url)(method, filled(path), {body, headers: token(path)});
        if (isBehindASession(path, answer.status)) continue;
        const named = (answer.body.metadata.errors ?? []).map(({field}: {field: string}) => field);
        assert.deepEqual([answer.status, answer.body.status, named], [400, 'INVALID_PARAMETERS', [name]], `${method} ${path}: ${answer.text}`);
        probes += 1;
      }
    }
    assert.ok(probes >= 60, `${probes} probes`);
  });
});

const kOrigins = [
  'null', '', '*', 'http://localhost', 'http://localhost:3000', 'http://127.0.0.1', 'http://[::1]', 'https://shop.example', 'https://shop.example:443',
  'https://shop.example/', 'https://shop.example/path', 'https://shop.example?x', 'https://SHOP.example', 'https://shop.example.', 'https://xn--bcher-kva.example',
  'https://shop.example, https://other.example', 'https://shop.example https://other.example', 'https://user@shop.example', 'https://user:pass@shop.example',
  'https://shop.example:0', 'https://shop.example:65536', 'https://shop.example:443:443', 'https://', 'https:', 'https', '//shop.example', 'shop.example',
  'file://', 'file:///etc/passwd', 'data:text/html,x', 'blob:https://shop.example/x', 'javascript:alert(1)', 'about:blank', 'chrome-extension://abcdef', 'moz-extension://abcdef',
  'capacitor://localhost', 'ionic://localhost', 'app://-', 'ws://shop.example', 'wss://shop.example', 'ftp://shop.example', 'http://0x7f.1', 'http://2130706433',
  'http://[::ffff:127.0.0.1]', 'http://169.254.169.254', 'https://*.example', 'https://shop.example%00.evil.example', 'https://shop.example#evil', 'HTTPS://shop.example',
  'https://shop.example\\evil', `https://${'a'.repeat(4000)}.example`,
];

test('no origin may read an answer, whatever it calls itself', async () => {
  assert.ok(kOrigins.length >= 50);
  for (const origin of [...kOrigins, gateway.url]) {
    for (const path of ['/customers/v1', '/link/v1/sessions', '/openapi.json', '/oauth2/jwks']) {
      for (const asked of [{}, {'access-control-request-method': 'POST', 'access-control-request-headers': 'lean-app-token'}]) {
        const method = 'access-control-request-method' in asked ? 'OPTIONS' : 'GET';
        const head = Object.entries({...token(path), ...asked, origin}).map(([name, value]) => `${name}: ${value}\r\n`).join('');
        const {text} = await raw(gateway.url, `${method} ${path} HTTP/1.1\r\nHost: a\r\nConnection: close\r\n${head}\r\n`, 5000);
        const [answered = ''] = text.split('\r\n\r\n');
        assert.match(answered, /^HTTP\/1\.1 \d{3} /, `${origin} ${method} ${path}`);
        assert.doesNotMatch(answered, /\r\naccess-control-/i, `${origin} ${method} ${path}`);
      }
    }
  }
});
