// What the API refuses: each fault by itself, several faults in their order of precedence, and that a refused request
// leaves nothing behind.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {connect} from 'node:net';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import {SandboxBank} from '../support/bank.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api, raw, statuses} from '../support/http.js';
import {LinkSession} from '../support/payer.js';

const kUnknown = '01890000-0000-7000-8000-000000000000';
const kIban = 'AE260260001008223921001';
const kOtherIban = 'AE760260001015000000601';
const kBodyMax = 256 * 1024;

/** What one application has. */
interface Furniture {
  token: string;
  customer: string;
  destination: string;
  source: string;
  intent: string;
  payment: string;
}

let gateway: Gateway;
let bank: SandboxBank;
let own: Furniture;
let foreign: Furniture;
/** Of an application with a customer and nothing else. */
let bare: Pick<Furniture, 'token' | 'customer'>;
let call: ReturnType<typeof api>;

before(async () => {
  gateway = await startGateway();
  bank = new SandboxBank(gateway.bankUrl);
  const application = async (name: string) => (await gateway.json<{app_token: string}>('app', 'create', '--name', name)).app_token;
  own = await furnish(gateway.info.app_token, 'payer-plain', kIban);
  foreign = await furnish(await application('Other Shop'), 'payer-choice', kOtherIban);
  const token = await application('Bare Shop');
  bare = {token, customer: (await api(gateway.url, token)('POST', '/customers/v1', {body: {app_user_id: 'u1'}})).body.customer_id};
  call = api(gateway.url, own.token);
});
after(async () => gateway.dispose());

/** One of everything for an application: a connected customer who has paid once. */
async function furnish(token: string, user: string, iban: string): Promise<Furniture> {
  const merchant = api(gateway.url, token);
  const made = async (path: string, body: unknown) => {
    const answer = await merchant('POST', path, {body});
    assert.equal(answer.status, 200, answer.text);
    return answer.body;
  };
  const destination = (await made('/payments/v1/destinations', {name: 'Acme Corp.', display_name: 'Acme', iban})).id;
  const customer = (await made('/customers/v1', {app_user_id: 'u1'})).customer_id;
  const connecting = await LinkSession.open(gateway.url, token, {method: 'CONNECT', customer_id: customer});
  assert.equal((await connecting.walk({user})).kind, 'CONNECTED');
  const source = (await merchant('GET', `/customers/v1/${customer}/payment-sources`)).body[0].id;
  const wanted = {customer_id: customer, amount: 100, currency: 'AED'};
  const intent = (await made('/payments/v1/intents', wanted)).payment_intent_id;
  const paying = await LinkSession.open(gateway.url, token, {method: 'PAY', payment_intent_id: intent});
  assert.equal((await paying.walk({user})).kind, 'ACCEPTED');
  const payment = (await merchant('GET', `/payments/v1/intents/${intent}`)).body.payments[0].id;
  return {token, customer, destination, source, intent, payment};
}

// --- What every refusal looks like ------------------------------------------------------------------------------------

interface Expected {
  status: number;
  code: string;
  /** The members that `metadata.errors` names; none for []. Where absent, it is not looked at. */
  fields?: string[];
  /** Further members of `metadata`. */
  details?: string[];
}

const refused = (status: number, code: string, ...fields: string[]): Expected => ({status, code, fields});
const invalid = (...fields: string[]) => refused(400, 'INVALID_PARAMETERS', ...fields);
const missing = (...fields: string[]) => refused(400, 'MISSING_PARAMETERS', ...fields);
const kInvalidAmount = refused(400, 'INVALID_AMOUNT', 'amount');
const kUnder: Expected = {...refused(400, 'AMOUNT_UNDER_MIN_VALUE', 'amount'), details: ['minimum', 'maximum']};
const kOver: Expected = {...refused(400, 'AMOUNT_OVER_MAX_VALUE', 'amount'), details: ['minimum', 'maximum']};

function assertRefused(answer: Pick<Answer, 'status' | 'headers' | 'text' | 'body'>, expected: Expected, what: string): void {
  const {status, headers, body, text} = answer;
  assert.equal(`${status} ${body?.status}`, `${expected.status} ${expected.code}`, `${what}: ${text}`);
  assert.deepEqual(Object.keys(body), ['timestamp', 'status', 'message', 'metadata'], what);
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, what);
  assert.ok(body.message.length > 0, what);
  assert.match(body.metadata.request_id, /^[A-Za-z]{16}$/, what);
  assert.equal(headers.get('lean-correlation-id'), body.metadata.request_id, what);
  assert.equal(headers.get('x-error-origin'), 'client', what);
  assert.equal(headers.get('content-type'), 'application/json', what);

  const {request_id: _, errors = [], ...details} = body.metadata;
  assert.deepEqual(Object.keys(details), expected.details ?? [], what);
  for (const error of errors) {
    assert.deepEqual(Object.keys(error), ['field', 'code', 'message'], what);
    assert.equal(error.code, expected.code, what);
    assert.ok(error.message.length > 0, what);
  }
  if (expected.fields) assert.deepEqual(errors.map(({field}: {field: string}) => field), expected.fields, `${what}: ${text}`);
}

/** All that could have been written: the database to the byte, and the bank's books. */
async function books(): Promise<unknown> {
  const digest = (file: string) => createHash('sha256').update(readFileSync(join(gateway.dataFolder, file))).digest('hex');
  return {
    database: digest('qantara.db'),
    log: digest('qantara.db-wal'),
    destinations: (await call('GET', '/payments/v1/destinations')).text,
    transfers: await bank.transfers(),
  };
}

interface Request {
  method?: string;
  path: string;
  body?: unknown;
  headers?: Record<string, string>;
  /** Null for none; without it the application's own. */
  token?: string | null;
}

type Row = [what: string, request: Request, expected: Expected];

async function send({method = 'POST', path, body, headers = {}, token = own.token}: Request): Promise<Answer> {
  return api(gateway.url, token ?? undefined)(method, path, {body, headers});
}

/** Every row is refused as it says, and nothing is written. The rows are made when all that `before` makes is there. */
function refuses(claim: string, rows: () => Row[]): void {
  test(claim, async () => {
    const before = await books();
    for (const [what, request, expected] of rows()) assertRefused(await send(request), expected, what);
    assert.deepEqual(await books(), before, 'something was written');
  });
}

// --- Requests that are right, to be spoilt ----------------------------------------------------------------------------

const intentWith = (members: Record<string, unknown>): Request => ({
  path: '/payments/v1/intents',
  body: {customer_id: own.customer, payment_destination_id: own.destination, amount: 100, currency: 'AED', ...members},
});
/** With an amount as JSON text, since a number in JavaScript does not keep how it was written. */
const intentOf = (amount: string, currency = 'AED'): Request => ({
  path: '/payments/v1/intents',
  body: `{"customer_id": "${own.customer}", "amount": ${amount}, "currency": "${currency}"}`,
});
const destinationWith = (members: Record<string, unknown>): Request => ({
  path: '/payments/v1/destinations',
  body: {name: 'Acme Corp.', display_name: 'Acme', iban: kOtherIban, ...members},
});
const customerWith = (members: Record<string, unknown>): Request => ({path: '/customers/v1', body: {app_user_id: 'u2', ...members}});
const sessionWith = (members: Record<string, unknown>): Request => ({
  path: '/link/v1/sessions',
  body: {app_token: own.token, method: 'CONNECT', permissions: ['payments'], customer_id: own.customer, ...members},
});

/** A body of `size` bytes that would be right but for its size. */
function padded(size: number): string {
  const text = JSON.stringify({app_user_id: 'padded'});
  return text + ' '.repeat(size - text.length);
}

// --- Several faults at once -------------------------------------------------------------------------------------------

test('of several faults the first in the order of precedence is told', async () => {
  // Every request has the fault of its row and those of all rows below it; so each row goes before each one below.
  const walk: [name: string, spoil: (request: Required<Request>, members: Map<string, string>) => void, expected: Expected][] = [
    ['credential', (request) => (request.token = kUnknown), refused(401, 'UNAUTHORIZED')],
    ['route', (request) => (request.path = '/payments/v2/intents'), refused(404, 'INVALID_URL')],
    ['method', (request) => (request.method = 'PUT'), refused(405, 'INVALID_HTTP_METHOD')],
    ['media type', (request) => (request.headers['content-type'] = 'text/plain'), refused(415, 'UNSUPPORTED_MEDIA_TYPE')],
    ['JSON', (_, members) => members.set('currency ', '"AED", "currency": "AED"'), invalid('currency')],
    ['missing', (_, members) => members.delete('customer_id'), missing('customer_id')],
    ['type', (_, members) => members.set('amount', 'true'), invalid('amount')],
    ['unknown member', (_, members) => members.set('colour', '"red"'), invalid('colour')],
    ['format', (_, members) => members.set('description', `"${'x'.repeat(33)}"`), invalid('description')],
    ['references', (_, members) => members.set('payment_destination_id', `"${kUnknown}"`), refused(404, 'UNKNOWN_PAYMENT_DESTINATION', 'payment_destination_id')],
    ['limits', (_, members) => members.get('amount') === 'true' || members.set('amount', '1'), kUnder],
  ];
  const before = await books();
  for (const [first, [name, , expected]] of walk.entries()) {
    const request = {method: 'POST', path: '/payments/v1/intents', headers: {}, token: own.token as string | null, body: ''};
    const members = new Map([['customer_id', `"${own.customer}"`], ['amount', '100'], ['currency', '"AED"']]);
    for (const [, spoil] of walk.slice(first)) spoil(request, members);
    request.body = `{${[...members].map(([member, text]) => `"${member.trim()}": ${text}`).join(', ')}}`;
    assertRefused(await send(request), expected, `${name} goes first`);
  }
  assert.deepEqual(await books(), before);
});

refuses('the order holds for what the walk through one request cannot have', () => [
  ['two credentials before the route', {path: '/nowhere', headers: {authorization: 'Bearer x'}}, invalid()],
  ['framing before the media type', {path: '/customers/v1', body: padded(kBodyMax + 1), headers: {'content-type': 'text/plain'}}, refused(413, 'PAYLOAD_TOO_LARGE')],
  ['media type before JSON', {path: '/customers/v1', body: '{', headers: {'content-type': 'text/plain'}}, refused(415, 'UNSUPPORTED_MEDIA_TYPE')],
  ['JSON before missing', {path: '/customers/v1', body: '{'}, invalid()],
  ['one of two missing before an unknown member', destinationWith({iban: undefined, colour: 'red'}), missing('iban')],
  ['one of two missing before a type', destinationWith({iban: undefined, city: 7}), missing('iban')],
  ['one of two missing before a format', destinationWith({iban: '', account_number: ' ', name: 'Acme'}), missing('iban')],
  ['format before references', destinationWith({iban: 'AE00', customer_id: kUnknown}), refused(400, 'INVALID_IBAN', 'iban')],
  ['references of both kinds, in the order of their meaning', intentWith({customer_id: kUnknown, payment_destination_id: kUnknown}), refused(404, 'UNKNOWN_CUSTOMER', 'customer_id')],
  ['unknown member before state', customerWith({app_user_id: 'u1', colour: 'red'}), invalid('colour')],
  ['references before state', sessionWith({method: 'PAY', payment_intent_id: foreign.intent}), refused(404, 'UNKNOWN_PAYMENT_INTENT', 'payment_intent_id')],
  ['missing before format', sessionWith({customer_id: undefined, language: 'fr'}), missing('customer_id')],
]);

// --- Access -----------------------------------------------------------------------------------------------------------

refuses('who is nobody gets nothing', () => [
  ['no token', {...customerWith({}), token: null}, refused(401, 'UNAUTHORIZED')],
  ['an unknown token', {...customerWith({}), token: kUnknown}, refused(401, 'UNAUTHORIZED')],
  ['a malformed token', {...customerWith({}), token: 'x'}, refused(401, 'UNAUTHORIZED')],
  ['an empty token', {...customerWith({}), token: ''}, refused(401, 'UNAUTHORIZED')],
  ['a bearer token alone', {...customerWith({}), token: null, headers: {authorization: `Bearer ${own.token}`}}, refused(401, 'UNAUTHORIZED')],
  ['the token as a parameter', {...customerWith({}), path: `/customers/v1?app_token=${own.token}`, token: null}, refused(401, 'UNAUTHORIZED')],
  ['both credentials', {...customerWith({}), headers: {authorization: `Bearer ${own.token}`}}, invalid()],
  ['no token, on a read', {method: 'GET', path: '/payments/v1/destinations', token: null}, refused(401, 'UNAUTHORIZED')],
  ['an unknown app_token of a session', sessionWith({app_token: kUnknown}), refused(401, 'UNAUTHORIZED')],
]);

refuses('foreign and unknown ids in a body are refused by name', () => [
  ...[kUnknown, foreign.customer].map((id): Row => ['customer of an intent', intentWith({customer_id: id}), refused(404, 'UNKNOWN_CUSTOMER', 'customer_id')]),
  ...[kUnknown, foreign.destination].map((id): Row => ['destination of an intent', intentWith({payment_destination_id: id}), refused(404, 'UNKNOWN_PAYMENT_DESTINATION', 'payment_destination_id')]),
  ...[kUnknown, foreign.customer].map((id): Row => ['owner of a destination', destinationWith({customer_id: id}), refused(404, 'UNKNOWN_CUSTOMER', 'customer_id')]),
  ['no UUID for a customer', intentWith({customer_id: '42'}), invalid('customer_id')],
  ['no UUID for a destination', intentWith({payment_destination_id: ''}), invalid('payment_destination_id')],
  ['no UUID for an owner', destinationWith({customer_id: `${own.customer}x`}), invalid('customer_id')],
]);

test('a foreign id answers exactly as an unknown one', async () => {
  const asRead = (path: (ids: Furniture) => string) => (ids: Furniture): Request => ({method: 'GET', path: path(ids)});
  const cases: [code: string, request: (ids: Furniture) => Request][] = [
    ['UNKNOWN_PAYMENT_DESTINATION', asRead(({destination}) => `/payments/v1/destinations/${destination}`)],
    ['UNKNOWN_PAYMENT_INTENT', asRead(({intent}) => `/payments/v1/intents/${intent}`)],
    ['UNKNOWN_PAYMENT', asRead(({payment}) => `/payments/v1/${payment}`)],
    ['UNKNOWN_CUSTOMER', asRead(({customer}) => `/customers/v1/${customer}/destinations`)],
    ['UNKNOWN_CUSTOMER', asRead(({customer}) => `/customers/v1/${customer}/payment-sources`)],
    ['UNKNOWN_PAYMENT_SOURCE', asRead(({customer, source}) => `/customers/v1/${customer}/payment-sources/${source}`)],
    ['UNKNOWN_PAYMENT_SOURCE', asRead(({source}) => `/customers/v1/${own.customer}/payment_sources/${source}`)],
    ['UNKNOWN_PAYMENT_SOURCE', asRead(({customer}) => `/customers/v1/${customer}/payment-sources/${own.source}`)],
    ['UNKNOWN_CUSTOMER', ({customer}) => intentWith({customer_id: customer})],
    ['UNKNOWN_PAYMENT_DESTINATION', ({destination}) => intentWith({payment_destination_id: destination})],
    ['UNKNOWN_CUSTOMER', ({customer}) => destinationWith({customer_id: customer})],
    ['UNKNOWN_CUSTOMER', ({customer}) => sessionWith({customer_id: customer})],
    ['UNKNOWN_PAYMENT_DESTINATION', ({destination}) => sessionWith({payment_destination_id: destination})],
    ['UNKNOWN_PAYMENT_INTENT', ({intent}) => sessionWith({method: 'PAY', payment_intent_id: intent})],
    ['UNKNOWN_PAYMENT_SOURCE', ({source}) =>
      sessionWith({method: 'UPDATE_PAYMENT_SOURCE', payment_source_id: source, payment_destination_id: own.destination})],
  ];
  const nobody = {token: '', customer: kUnknown, destination: kUnknown, source: kUnknown, intent: kUnknown, payment: kUnknown};
  const masked = ({status, headers, text}: Answer) => {
    const kept = [...headers].filter(([name]) => name !== 'lean-correlation-id');
    return {status, headers: kept, text: text.replace(/"(timestamp|request_id)":"[^"]+"/g, '"$1":"…"')};
  };
  const before = await books();
  for (const [code, request] of cases) {
    const [theirs, nobodys] = [await send(request(foreign)), await send(request(nobody))];
    const {method = 'POST', path} = request(foreign);
    assertRefused(theirs, {status: 404, code}, `${method} ${path}`);
    assert.deepEqual(masked(theirs), masked(nobodys), `${method} ${path}`);
  }
  assert.deepEqual(await books(), before);
});

refuses('what is no id is no id of anything', () =>
  ['x', '1', `${kUnknown}0`, kUnknown.replaceAll('-', ''), `{${kUnknown}}`, 'a%2Fb', '%20'].flatMap((id): Row[] => [
    [`destination ${id}`, {method: 'GET', path: `/payments/v1/destinations/${id}`}, {status: 404, code: 'UNKNOWN_PAYMENT_DESTINATION'}],
    [`intent ${id}`, {method: 'GET', path: `/payments/v1/intents/${id}`}, {status: 404, code: 'UNKNOWN_PAYMENT_INTENT'}],
    [`payment ${id}`, {method: 'GET', path: `/payments/v1/${id}`}, {status: 404, code: 'UNKNOWN_PAYMENT'}],
    [`customer ${id}`, {method: 'GET', path: `/customers/v1/${id}/payment-sources`}, {status: 404, code: 'UNKNOWN_CUSTOMER'}],
    [`source ${id}`, {method: 'GET', path: `/customers/v1/${own.customer}/payment-sources/${id}`}, {status: 404, code: 'UNKNOWN_PAYMENT_SOURCE'}],
  ]));

// --- Routes and methods -----------------------------------------------------------------------------------------------

refuses('paths that are not there', () =>
  ['/', '/payments', '/payments/v1', '/payments/v2/intents', '/PAYMENTS/v1/intents', '/payments/v1/intents/a/b', '/customers/v1/x', '/admin/v1/info', '/customers//v1']
    .map((path): Row => [path, {method: 'GET', path}, refused(404, 'INVALID_URL')]));

test('a path tells which methods it takes', async () => {
  const cases: [path: string, allow: string][] = [
    ['/customers/v1', 'POST'],
    ['/payments/v1/customer', 'POST'],
    ['/payments/v1/destinations', 'GET, HEAD, POST'],
    ['/payments/v1/intents', 'POST'],
    [`/payments/v1/intents/${own.intent}`, 'GET, HEAD'],
    [`/payments/v1/${own.payment}`, 'GET, HEAD'],
    [`/customers/v1/${own.customer}/payment-sources`, 'GET, HEAD'],
  ];
  for (const [path, allow] of cases) {
    for (const method of ['PUT', 'DELETE', 'PATCH', 'OPTIONS']) {
      const answer = await send({method, path});
      assertRefused(answer, refused(405, 'INVALID_HTTP_METHOD'), `${method} ${path}`);
      assert.equal(answer.headers.get('allow')?.split(', ').sort().join(', '), allow, `${method} ${path}`);
    }
  }
  const unheardOf = await raw(gateway.url, `BREW /customers/v1 HTTP/1.1\r\nHost: a\r\nlean-app-token: ${own.token}\r\n\r\n`);
  assert.deepEqual(statuses(unheardOf.text), [405]);
  assert.match(unheardOf.text, /\r\nAllow: GET, HEAD, POST\r\n/);
});

// --- Media type and JSON ----------------------------------------------------------------------------------------------

refuses('bodies that are not JSON by their own account', () =>
  ['text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonp', 'application/json; charset=utf-16', 'json', '*/*', '']
    .map((type): Row => [type, {...customerWith({}), headers: {'content-type': type}}, refused(415, 'UNSUPPORTED_MEDIA_TYPE')]));

refuses('bodies that are not one JSON object', () => [
  ...['', ' ', '{', '{"app_user_id": "u2"', '{"app_user_id": "u2}', '{"app_user_id": "u2",}', "{'app_user_id': 'u2'}", '{app_user_id: "u2"}',
    '{"app_user_id": "u2"} x', '{"app_user_id": "u2"}{}', '\ufeff{"app_user_id": "u2"}', '{"app_user_id": "u2" /* u2 */}', '{"app_user_id": "a\u0000b"}',
    '{"app_user_id": "a\nb"}', '{"app_user_id": "\\x41"}', '{"app_user_id": NaN}', '[]', '"u2"', '7', 'null', 'true',
  ].map((body): Row => [body, {path: '/customers/v1', body}, invalid()]),
  ['a lone high surrogate', {path: '/customers/v1', body: '{"app_user_id": "\\ud800"}'}, invalid()],
  ['a lone low surrogate', {path: '/customers/v1', body: '{"app_user_id": "\\udc00"}'}, invalid()],
  ['a low surrogate that does not follow', {path: '/customers/v1', body: '{"app_user_id": "\\ud800\\u0041"}'}, invalid()],
  ['65 levels', {path: '/customers/v1', body: nested(65)}, invalid()],
  ['levels without end', {path: '/customers/v1', body: '['.repeat(100_000)}, invalid()],
  ['a member twice', {path: '/customers/v1', body: '{"app_user_id": "u2", "app_user_id": "u3"}'}, invalid('app_user_id')],
  ['a member twice, once escaped', {path: '/customers/v1', body: '{"app_user_id": "u2", "app\\u005fuser_id": "u2"}'}, invalid('app_user_id')],
  ['a member twice, further down', {path: '/customers/v1', body: '{"app_user_id": "u2", "government_identifiers": [{"type": 1, "type": 1}]}'}, invalid('government_identifiers[0].type')],
  ['more than 256 KiB', {path: '/customers/v1', body: padded(kBodyMax + 1)}, refused(413, 'PAYLOAD_TOO_LARGE')],
]);

/** A right request for a customer that goes so many levels deep. */
function nested(levels: number): string {
  return `{"app_user_id": "nested", "government_identifiers": ${'['.repeat(levels - 1)}${']'.repeat(levels - 1)}}`;
}

test('what is just inside the bounds is taken', async () => {
  for (const [what, body] of [['256 KiB', padded(kBodyMax)], ['64 levels', nested(64)]] as const) {
    assert.equal((await call('POST', '/customers/v1', {body})).status, 200, what);
  }
  for (const type of ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset=UTF-8', 'application/json; charset="utf-8"']) {
    const answer = await call('POST', '/customers/v1', {body: {app_user_id: type}, headers: {'content-type': type}});
    assert.equal(answer.status, 200, `${type}: ${answer.text}`);
  }
});

// --- Members ----------------------------------------------------------------------------------------------------------

refuses('missing members are named, all at once', () => [
  ['an empty object', {path: '/payments/v1/intents', body: {}}, missing('customer_id', 'amount', 'currency')],
  ['null is missing', intentWith({amount: null, customer_id: null}), missing('customer_id', 'amount')],
  ['customer', {path: '/customers/v1', body: {}}, missing('app_user_id')],
  ['customer, null', customerWith({app_user_id: null}), missing('app_user_id')],
  ['destination', {path: '/payments/v1/destinations', body: {}}, missing('name', 'display_name', 'iban')],
  ['destination without an account', destinationWith({iban: undefined}), missing('iban')],
  ['destination with blanks for an account', destinationWith({iban: ' ', account_number: ''}), missing('iban')],
  ['session', {path: '/link/v1/sessions', body: {}}, missing('app_token', 'method')],
  ['no default destination', {...intentWith({payment_destination_id: undefined, customer_id: bare.customer}), token: bare.token}, missing('payment_destination_id')],
]);

refuses('members of a wrong type are named, all at once', () => [
  ...[7, true, [], {}].map((value): Row => ['a customer', customerWith({app_user_id: value}), invalid('app_user_id')]),
  ...[true, [], {}, [100]].map((value): Row => ['an amount', intentWith({amount: value}), invalid('amount')]),
  ['three at once', intentWith({customer_id: 7, currency: 784, description: 7}), invalid('customer_id', 'currency', 'description')],
  ['a destination', destinationWith({name: 7, city: {}, iban: []}), invalid('name', 'city', 'iban')],
]);

refuses('unknown members are named, all at once', () => [
  ['of a customer', customerWith({colour: 'red', size: 7}), invalid('colour', 'size')],
  ['of an intent', intentWith({status: 'PAID', Amount: 1}), invalid('status', 'Amount')],
  ['of a destination', destinationWith({id: kUnknown, default: true, status: 'CONFIRMED', owner_type: 'CUSTOMER'}), invalid('id', 'default', 'status', 'owner_type')],
  ['even if null', customerWith({colour: null}), invalid('colour')],
]);

test('members of other documented versions are taken and mean nothing', async () => {
  const rows: Request[] = [
    customerWith({app_user_id: 'documented', government_identifiers: [{type: 'EMIRATES_ID', value: '784-1234'}]}),
    destinationWith({bank_type: 'RETAIL', branch_address: 'x', ifsc: 'x', sort_code: 'x', currency: 'AED', government_identifier: {type: 'TRADE_LICENSE_NUMBER', value: 'x'}}),
    intentWith({purpose_code: 'x'}),
  ];
  for (const row of rows) {
    const answer = await send(row);
    assert.equal(answer.status, 200, `${row.path}: ${answer.text}`);
  }
});

// --- Customers --------------------------------------------------------------------------------------------------------

refuses('customers', () => [
  ['a blank user id', customerWith({app_user_id: ''}), invalid('app_user_id')],
  ['a user id of spaces', customerWith({app_user_id: '   '}), invalid('app_user_id')],
  ['a user id of 256 characters', customerWith({app_user_id: 'x'.repeat(256)}), invalid('app_user_id')],
  ['a user id that is taken', customerWith({app_user_id: 'u1'}), refused(409, 'CUSTOMER_ALREADY_EXISTS', 'app_user_id')],
  ['a user id that is taken, at the other path', {path: '/payments/v1/customer/', body: {app_user_id: 'u1'}}, refused(409, 'CUSTOMER_ALREADY_EXISTS', 'app_user_id')],
]);

test('a user id has up to 255 characters of any script, and is one application\'s own', async () => {
  for (const app_user_id of ['ع'.repeat(255), '😀'.repeat(255), 'u1 ']) {
    const answer = await call('POST', '/customers/v1', {body: {app_user_id}});
    assert.equal(answer.body?.app_user_id, app_user_id, answer.text);
  }
  assert.equal((await send({...customerWith({app_user_id: 'documented'}), token: bare.token})).status, 200);
});

// --- Destinations -----------------------------------------------------------------------------------------------------

refuses('destinations', () => [
  ...['Acme', ' Acme ', '', '   '].map((name): Row => [`the name "${name}"`, destinationWith({name}), refused(400, 'INVALID_NAME', 'name')]),
  ...[
    ['wrong check digits', 'AE270260001008223921001'],
    ['swapped digits', 'AE260260001008229321001'],
    ['too short', 'AE26026000100822392100'],
    ['too long', 'AE2602600010082239210010'],
    ['letters for digits', 'AE26026000100822392100O'],
    ['no such country', 'XX260260001008223921001'],
    ['masked', 'AE870200000XXXXXXXXXXXX'],
    ['a mask alone', 'AEXXXXXXXXXXXXXXXX'],
    ['stars', 'AE26************1001'],
    ['no IBAN at all', '1008223921001'],
  ].map(([what, iban]): Row => [`IBAN: ${what}`, destinationWith({iban}), refused(400, 'INVALID_IBAN', 'iban')]),
  ['a bad IBAN beside an account number', destinationWith({iban: 'AE00', account_number: '1008223921001'}), refused(400, 'INVALID_IBAN', 'iban')],
  ...['are', 'A', 'A1E', 'UAEX', 'United Arab Emirates'].map((country): Row => [`the country ${country}`, destinationWith({country}), invalid('country')]),
  ['a blank display name', destinationWith({display_name: ' '}), invalid('display_name')],
  ['a BIC that is none', destinationWith({swift_code: 'EBIL'}), invalid('swift_code')],
  ...['name', 'display_name', 'address', 'city', 'account_number', 'bank_identifier'].flatMap((field): Row[] => [
    [`${field} over-long`, destinationWith({[field]: `x ${'y'.repeat(139)}`}), invalid(field)],
    [`${field} with a line break`, destinationWith({[field]: 'Acme Corp.\n'}), invalid(field)],
    [`${field} turned around`, destinationWith({[field]: 'Acme \u202eproC'}), invalid(field)],
  ]),
]);

// --- Intents ----------------------------------------------------------------------------------------------------------

refuses('amounts that are no amounts', () => [
  ...['0', '0.00', '-1', '-100.00', '-0', '1e2', '1E2', '1.0e2', '100e0', '10.120', '100.001', '99999999999999999999', '1e400',
    '"1e2"', '""', '" 100"', '"100 "', '"+100"', '"-100"', '"1,000.00"', '"100."', '".5"', '"0100"', '"0x64"', '"١٠٠"', '"100 AED"', '"NaN"', '"Infinity"', '"10.120"',
  ].map((amount): Row => [`AED ${amount}`, intentOf(amount), kInvalidAmount]),
  ['USD 100.123', intentOf('100.123', 'USD'), kInvalidAmount],
  ['BHD 20.1234', intentOf('20.1234', 'BHD'), kInvalidAmount],
  ...['0100', '+100', '100.', '.5', '0x64', '1_000', '1,000', 'NaN', 'Infinity', '--1', '1e'].map((amount): Row => [`${amount} is no JSON`, intentOf(amount), invalid()]),
]);

refuses('amounts beyond the limits, which are told', () => [
  ['AED 9.99', intentOf('9.99'), kUnder],
  ['AED 0.01', intentOf('0.01'), kUnder],
  ['AED "9.99"', intentOf('"9.99"'), kUnder],
  ['AED 100000.01', intentOf('100000.01'), kOver],
  ['AED 90000000000000000', intentOf('90000000000000000'), kOver],
  ['USD 49.99', intentOf('49.99', 'USD'), kUnder],
  ['USD 27000.01', intentOf('27000.01', 'USD'), kOver],
  ['BHD 17.999', intentOf('17.999', 'BHD'), kUnder],
  ['BHD 10000.001', intentOf('10000.001', 'BHD'), kOver],
]);

test('the limits are told with the decimals of their currency', async () => {
  assert.match((await send(intentOf('1'))).text, /"minimum":10\.00,"maximum":100000\.00/);
  assert.match((await send(intentOf('1', 'BHD'))).text, /"minimum":18\.000,"maximum":10000\.000/);
});

test('amounts are taken as they are written and shown with the decimals of their currency', async () => {
  const cases: [amount: string, currency: string, shown: string][] = [
    ['1000', 'AED', '1000.00'],
    ['1000.0', 'AED', '1000.00'],
    ['1000.5', 'AED', '1000.50'],
    ['"1000.00"', 'AED', '1000.00'],
    ['"1000"', 'AED', '1000.00'],
    ['10', 'AED', '10.00'],
    ['100000.00', 'AED', '100000.00'],
    ['50', 'USD', '50.00'],
    ['27000', 'USD', '27000.00'],
    ['18', 'BHD', '18.000'],
    ['20.123', 'BHD', '20.123'],
    ['10000.000', 'BHD', '10000.000'],
    // What a double would not keep.
    ['70000.07', 'AED', '70000.07'],
    ['64.10', 'USD', '64.10'],
  ];
  for (const [amount, currency, shown] of cases) {
    const {text} = await send(intentOf(amount, currency));
    assert.ok(text.includes(`"amount":${shown},"currency":"${currency}"`), `${currency} ${amount}: ${text}`);
  }
});

refuses('currencies that nobody can pay in here', () =>
  ['JPY', 'EUR', 'XXX', 'aed', 'AE', 'AEDX', '', ' AED'].map((currency): Row => [`"${currency}"`, intentOf('1000', currency), invalid('currency')]));

refuses('descriptions that do not fit a statement', () => [
  ['33 characters', intentWith({description: 'x'.repeat(33)}), invalid('description')],
  ['33 characters of Arabic', intentWith({description: 'ع'.repeat(33)}), invalid('description')],
  ...['\n', '\u0000', '\u0007', '\u007f', '\u0085', '\u2028', '\u202e', '\u2066'].map((character): Row =>
    [`U+${character.charCodeAt(0).toString(16).padStart(4, '0')}`, intentWith({description: `a${character}b`}), invalid('description')]),
]);

test('descriptions are trimmed, count characters, and default to the id', async () => {
  const cases: [sent: string | null, shown: string | null][] = [
    ['x'.repeat(32), 'x'.repeat(32)],
    ['ع'.repeat(32), 'ع'.repeat(32)],
    ['😀'.repeat(32), '😀'.repeat(32)],
    [`  ${'x'.repeat(32)}\t`, 'x'.repeat(32)],
    ['', null],
    ['   ', null],
    [null, null],
  ];
  for (const [description, shown] of cases) {
    const {body, text} = await send(intentWith({description}));
    assert.equal(body.description, shown ?? body.payment_intent_id?.replaceAll('-', ''), text);
  }
});

// --- State ------------------------------------------------------------------------------------------------------------

test('a payment that must wait, or comes too late, is refused with the reason', async () => {
  const {customer_id: customer} = (await call('POST', '/customers/v1', {body: {app_user_id: 'waiting'}})).body;
  const connecting = await LinkSession.open(gateway.url, own.token, {method: 'CONNECT', customer_id: customer});
  assert.equal((await connecting.walk({user: 'payer-otp'})).kind, 'COOL_OFF');
  const {payment_intent_id: intent} = (await send(intentWith({customer_id: customer}))).body;
  const [source] = (await call('GET', `/customers/v1/${customer}/payment-sources`)).body;

  const pay = sessionWith({method: 'PAY', payment_intent_id: intent});
  const unchanged = await books();
  const waiting = await send(pay);
  assertRefused(waiting, {...refused(409, 'PENDING_BENEFICIARY_COOL_OFF'), details: ['beneficiary_cool_off_expiry']}, 'cool-off');
  assert.equal(waiting.body.metadata.beneficiary_cool_off_expiry, source.beneficiaries[0].beneficiary_cool_off_expiry);
  assert.deepEqual(await books(), unchanged);

  await gateway.json('clock', 'advance', '25h');
  assertRefused(await send(pay), refused(409, 'PAYMENT_INTENT_EXPIRED'), 'expired');
});

// --- Framing ----------------------------------------------------------------------------------------------------------

const kBody = '{"app_user_id": "framed"}';

/** A request as bytes, with exactly these fields; `Content-Length` fits `body` where it is not given otherwise. */
function message(fields: string[], body = kBody, start = 'POST /customers/v1 HTTP/1.1'): string {
  return [start, ...fields, '', body].join('\r\n');
}

const host = () => `Host: ${new URL(gateway.url).host}`;
const fieldsOf = (...more: string[]) => [host(), `lean-app-token: ${own.token}`, 'Content-Type: application/json', ...more];
const kLength = `Content-Length: ${kBody.length}`;
const kChunked = 'Transfer-Encoding: chunked';
const chunks = (size = kBody.length.toString(16), rest = '0\r\n\r\n') => `${size}\r\n${kBody}\r\n${rest}`;

function assertClosed({text, closed}: {text: string; closed: boolean}, expected: Expected, what: string): void {
  assert.deepEqual(statuses(text), [expected.status], `${what}: ${text}`);
  assert.ok(closed, `${what}: the connection stays open`);
  assert.match(text, /\r\nConnection: close\r\n/, what);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const headers = new Headers(head.split('\r\n').slice(1).map((line) => line.split(': ') as [string, string]));
  assertRefused({status: expected.status, headers, text, body: JSON.parse(body)}, expected, what);
}

test('what two readers could read in two ways is refused and the connection closed', async () => {
  const cases: [what: string, bytes: string, expected?: Expected][] = [
    ['two Hosts', message(fieldsOf(host(), kLength))],
    ['two different Hosts', message(fieldsOf('Host: example.com', kLength))],
    ['no Host', message(fieldsOf(kLength).slice(1))],
    ['a Host with a path', message([...fieldsOf(kLength).slice(1), 'Host: a/b'])],
    ['two Content-Lengths', message(fieldsOf(kLength, kLength))],
    ['two different Content-Lengths', message(fieldsOf(kLength, 'Content-Length: 0'))],
    ['a list of lengths', message(fieldsOf(`Content-Length: ${kBody.length}, ${kBody.length}`))],
    ...['+25', '-1', '0x19', '25 5', '2.5e1', '', '18446744073709551616'].map((length): [string, string] => [`Content-Length: ${length}`, message(fieldsOf(`Content-Length: ${length}`))]),
    ['Transfer-Encoding beside Content-Length', message(fieldsOf(kLength, kChunked), chunks())],
    ['Content-Length beside Transfer-Encoding', message(fieldsOf(kChunked, 'Content-Length: 0'), chunks())],
    ['two Transfer-Encodings', message(fieldsOf(kChunked, kChunked), chunks())],
    ...['identity', 'gzip, chunked', 'chunked, chunked', 'chunked, identity', 'xchunked', 'Chunked', '"chunked"', 'chunked;q=1', ''].map((coding): [string, string] => [`Transfer-Encoding: ${coding}`, message(fieldsOf(`Transfer-Encoding: ${coding}`), chunks())]),
    ['a blank before the colon', message(fieldsOf('Transfer-Encoding : chunked'), chunks())],
    ['chunks in HTTP/1.0', message(fieldsOf(kChunked), chunks(), 'POST /customers/v1 HTTP/1.0')],
    ...['0x19', '+19', '-1', 'g', '', '10000000000000019', ' 19'].map((size): [string, string] => [`the chunk size "${size}"`, message(fieldsOf(kChunked), chunks(size))]),
    ['a chunk longer than it says', message(fieldsOf(kChunked), chunks('5'))],
    ['a chunk line without CR', message(fieldsOf(kChunked), `19\n${kBody}\r\n0\r\n\r\n`)],
    ['a length in a trailer', message(fieldsOf(kChunked), chunks(undefined, `0\r\nContent-Length: 5\r\n\r\n`))],
    ['a folded line', message(fieldsOf('X-Folded: a', ' b', kLength))],
    ['a folded line with a tab', message(fieldsOf('X-Folded: a', '\tb', kLength))],
    ['a bare LF', message(fieldsOf(kLength)).replace('\r\n', '\n')],
    ['a bare LF further down', message(fieldsOf(kLength)).replace(`${kLength}\r\n`, `${kLength}\n`)],
    ['a bare CR', message(fieldsOf('X-Bare: a\rb', kLength))],
    ['a NUL', message(fieldsOf('X-Nul: a\0b', kLength))],
    ['no colon', message(fieldsOf('X-None', kLength))],
    ['no name', message(fieldsOf(': x', kLength))],
    ['a blank in a name', message(fieldsOf('X Y: z', kLength))],
    ['a blank in the target', message(fieldsOf(kLength), kBody, 'POST /customers/v1 x HTTP/1.1')],
    ['two blanks in the request line', message(fieldsOf(kLength), kBody, 'POST  /customers/v1 HTTP/1.1')],
    ['no version', message(fieldsOf(kLength), kBody, 'POST /customers/v1')],
    ['a fragment', message(fieldsOf(kLength), kBody, 'POST /customers/v1#x HTTP/1.1')],
    ['a broken escape', message(fieldsOf(kLength), kBody, 'POST /customers/v1/%zz HTTP/1.1')],
    ['an escaped NUL', message(fieldsOf(kLength), kBody, 'POST /customers/v1/%00 HTTP/1.1')],
    ['a later version', message(fieldsOf(kLength), kBody, 'POST /customers/v1 HTTP/2.0'), {status: 505, code: 'INVALID_PARAMETERS'}],
    ['an expectation', message(fieldsOf(kLength, 'Expect: wonders')), {status: 417, code: 'INVALID_PARAMETERS'}],
    ['a head without end', message(fieldsOf(`X-Long: ${'x'.repeat(17_000)}`, kLength)), {status: 431, code: 'INVALID_PARAMETERS'}],
    ['too large by its own account', message(fieldsOf(`Content-Length: ${kBodyMax + 1}`)), {status: 413, code: 'PAYLOAD_TOO_LARGE'}],
    ['too large in chunks', message(fieldsOf(kChunked), `${(kBodyMax + 1).toString(16)}\r\n${' '.repeat(kBodyMax + 1)}\r\n0\r\n\r\n`), {status: 413, code: 'PAYLOAD_TOO_LARGE'}],
  ];
  const before = await books();
  for (const [what, bytes, expected = invalid()] of cases) assertClosed(await raw(gateway.url, bytes, 5_000), expected, what);
  assert.deepEqual(await books(), before, 'something was written');
});

test('nothing that follows a refused message is taken for a request', async () => {
  const smuggled = message(fieldsOf('Content-Length: 0'), '', 'GET /healthz HTTP/1.1');
  const before = await books();
  for (const first of [message(fieldsOf(kLength, kChunked), chunks()), message(fieldsOf(kLength, kLength)), message(fieldsOf('Transfer-Encoding: identity'))]) {
    assertClosed(await raw(gateway.url, first + smuggled, 5_000), invalid(), first);
  }
  assert.deepEqual(await books(), before);
});

test('a body that is not UTF-8 is refused', async () => {
  const before = await books();
  for (const bytes of [[0xff], [0xc3, 0x28], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
    const body = Buffer.concat([Buffer.from('{"app_user_id": "'), Buffer.from(bytes), Buffer.from('"}')]);
    const head = Buffer.from(message(fieldsOf(`Content-Length: ${body.length}`, 'Connection: close'), ''));
    assertClosed(await raw(gateway.url, Buffer.concat([head, body]), 5_000), invalid(), bytes.toString());
  }
  assert.deepEqual(await books(), before);
});

test('a body that ends too early is no request', async () => {
  const before = await books();
  for (const bytes of [message(fieldsOf('Content-Length: 26')), message(fieldsOf(kChunked), chunks(undefined, ''))]) {
    assert.equal(await answerAfterEnd(bytes), '', bytes);
  }
  assert.deepEqual(await books(), before);
});

/** Sends bytes, ends the sending side, and reads until the server closes. */
async function answerAfterEnd(bytes: string): Promise<string> {
  const {hostname, port} = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (piece) => (text += piece)).on('close', () => resolve(text)).on('error', reject);
  });
}

test('the messages above are refused for their faults alone', async () => {
  const right = [message(fieldsOf(kLength)), message(fieldsOf(kChunked), chunks().replace('framed', 'chunke'))];
  for (const bytes of right) assert.deepEqual(statuses((await raw(gateway.url, bytes, 200)).text), [200], bytes);
});
