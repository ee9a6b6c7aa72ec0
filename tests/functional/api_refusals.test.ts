// What the API refuses: each fault by itself, several faults in their order of precedence, and that a refused request
// leaves nothing behind.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api, raw, statuses} from '../support/http.js';
import {LinkSession} from '../support/payer.js';
import {assertRefused, type Expected, invalid, kOtherMedia, kTooLarge, kUnauthorized, missing, refused, writesNothing} from '../support/refusals.js';

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
let own: Furniture;
let foreign: Furniture;
/** Of an application with a customer and nothing else. */
let bare: Pick<Furniture, 'token' | 'customer'>;
let call: ReturnType<typeof api>;

before(async () => {
  gateway = await startGateway();
  const application = async (name: string) => (await gateway.json<{app_token: string}>('app', 'create', '--name', name)).app_token;
  own = await furnish(gateway.info.app_token, 'payer-plain', kIban);
  foreign = await furnish(await application('Other Shop'), 'payer-choice', kOtherIban);
  const token = await application('Bare Shop');
  bare = {token, customer: (await api(gateway.url, token)('POST', '/customers/v1', {body: {app_user_id: 'u1'}})).body.customer_id};
  call = api(gateway.url, own.token);
});
after(async () => gateway?.dispose());

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

const kInvalidAmount = refused(400, 'INVALID_AMOUNT', 'amount');
const kUnder: Expected = {...refused(400, 'AMOUNT_UNDER_MIN_VALUE', 'amount'), details: ['minimum', 'maximum']};
const kOver: Expected = {...refused(400, 'AMOUNT_OVER_MAX_VALUE', 'amount'), details: ['minimum', 'maximum']};
const kInvalidIban = refused(400, 'INVALID_IBAN', 'iban');
const kUserIdTaken = refused(409, 'CUSTOMER_ALREADY_EXISTS', 'app_user_id');
const kUnknownCustomer = refused(404, 'UNKNOWN_CUSTOMER', 'customer_id');
const kUnknownDestination = refused(404, 'UNKNOWN_PAYMENT_DESTINATION', 'payment_destination_id');
/** Without the members that `metadata.errors` names. */
const unknown = (code: string): Expected => ({status: 404, code});
const kUnknownIntent = refused(404, 'UNKNOWN_PAYMENT_INTENT', 'payment_intent_id');

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
    await writesNothing(gateway, async () => {
      for (const [what, request, expected] of rows()) assertRefused(await send(request), expected, what);
    });
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
/** With a body as text. */
const customerOf = (body: string): Request => ({path: '/customers/v1', body});
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
    ['credential', (request) => (request.token = kUnknown), kUnauthorized],
    ['route', (request) => (request.path = '/payments/v2/intents'), refused(404, 'INVALID_URL')],
    ['method', (request) => (request.method = 'PUT'), refused(405, 'INVALID_HTTP_METHOD')],
    ['media type', (request) => (request.headers['content-type'] = 'text/plain'), kOtherMedia],
    ['JSON', (_, members) => members.set('currency ', '"AED", "currency": "AED"'), invalid('currency')],
    ['missing', (_, members) => members.delete('customer_id'), missing('customer_id')],
    ['type', (_, members) => members.set('amount', 'true'), invalid('amount')],
    ['unknown member', (_, members) => members.set('colour', '"red"'), invalid('colour')],
    ['format', (_, members) => members.set('description', `"${'x'.repeat(33)}"`), invalid('description')],
    ['references', (_, members) => members.set('payment_destination_id', `"${kUnknown}"`), kUnknownDestination],
    ['limits', (_, members) => members.get('amount') === 'true' || members.set('amount', '1'), kUnder],
  ];
  await writesNothing(gateway, async () => {
    for (const [first, [name, , expected]] of walk.entries()) {
      const request = {method: 'POST', path: '/payments/v1/intents', headers: {}, token: own.token as string | null, body: ''};
      const members = new Map([['customer_id', `"${own.customer}"`], ['amount', '100'], ['currency', '"AED"']]);
      for (const [, spoil] of walk.slice(first)) spoil(request, members);
      request.body = `{${[...members].map(([member, text]) => `"${member.trim()}": ${text}`).join(', ')}}`;
      assertRefused(await send(request), expected, `${name} goes first`);
    }
  });
});

refuses('the order holds for what the walk through one request cannot have', () => [
  ['two credentials before the route', {path: '/nowhere', headers: {authorization: 'Bearer x'}}, invalid()],
  ['framing before the media type', {...customerOf(padded(kBodyMax + 1)), headers: {'content-type': 'text/plain'}}, kTooLarge],
  ['media type before JSON', {...customerOf('{'), headers: {'content-type': 'text/plain'}}, kOtherMedia],
  ['JSON before missing', customerOf('{'), invalid()],
  ['one of two missing before an unknown member', destinationWith({iban: undefined, colour: 'red'}), missing('iban')],
  ['one of two missing before a type', destinationWith({iban: undefined, city: 7}), missing('iban')],
  ['one of two missing before a format', destinationWith({iban: '', account_number: ' ', name: 'Acme'}), missing('iban')],
  ['format before references', destinationWith({iban: 'AE00', customer_id: kUnknown}), kInvalidIban],
  ['one reference before another', intentWith({customer_id: kUnknown, payment_destination_id: kUnknown}), kUnknownCustomer],
  ['unknown member before state', customerWith({app_user_id: 'u1', colour: 'red'}), invalid('colour')],
  ['references before state', sessionWith({method: 'PAY', payment_intent_id: foreign.intent}), kUnknownIntent],
  ['missing before format', sessionWith({customer_id: undefined, language: 'fr'}), missing('customer_id')],
]);

// --- Access -----------------------------------------------------------------------------------------------------------

refuses('who is nobody gets nothing', () => [
  ['no token', {...customerWith({}), token: null}, kUnauthorized],
  ['an unknown token', {...customerWith({}), token: kUnknown}, kUnauthorized],
  ['a malformed token', {...customerWith({}), token: 'x'}, kUnauthorized],
  ['an empty token', {...customerWith({}), token: ''}, kUnauthorized],
  ['a bearer token alone', {...customerWith({}), token: null, headers: {authorization: `Bearer ${own.token}`}}, kUnauthorized],
  ['the token as a parameter', {...customerWith({}), path: `/customers/v1?app_token=${own.token}`, token: null}, kUnauthorized],
  ['both credentials', {...customerWith({}), headers: {authorization: `Bearer ${own.token}`}}, invalid()],
  ['no token, on a read', {method: 'GET', path: '/payments/v1/destinations', token: null}, kUnauthorized],
  ['an unknown app_token of a session', sessionWith({app_token: kUnknown}), kUnauthorized],
]);

refuses('foreign and unknown ids in a body are refused by name', () => [
  ...[kUnknown, foreign.customer].map((id): Row => ['customer of an intent', intentWith({customer_id: id}), kUnknownCustomer]),
  ...[kUnknown, foreign.destination].map((id): Row => ['destination of an intent', intentWith({payment_destination_id: id}), kUnknownDestination]),
  ...[kUnknown, foreign.customer].map((id): Row => ['owner of a destination', destinationWith({customer_id: id}), kUnknownCustomer]),
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
  await writesNothing(gateway, async () => {
    for (const [code, request] of cases) {
      const [theirs, nobodys] = [await send(request(foreign)), await send(request(nobody))];
      const {method = 'POST', path} = request(foreign);
      assertRefused(theirs, {status: 404, code}, `${method} ${path}`);
      assert.deepEqual(masked(theirs), masked(nobodys), `${method} ${path}`);
    }
  });
});

refuses('what is no id is no id of anything', () =>
  ['x', '1', `${kUnknown}0`, kUnknown.replaceAll('-', ''), `{${kUnknown}}`, 'a%2Fb', '%20'].flatMap((id): Row[] => [
    [`destination ${id}`, {method: 'GET', path: `/payments/v1/destinations/${id}`}, unknown('UNKNOWN_PAYMENT_DESTINATION')],
    [`intent ${id}`, {method: 'GET', path: `/payments/v1/intents/${id}`}, unknown('UNKNOWN_PAYMENT_INTENT')],
    [`payment ${id}`, {method: 'GET', path: `/payments/v1/${id}`}, unknown('UNKNOWN_PAYMENT')],
    [`customer ${id}`, {method: 'GET', path: `/customers/v1/${id}/payment-sources`}, unknown('UNKNOWN_CUSTOMER')],
    [`source ${id}`, {method: 'GET', path: `/customers/v1/${own.customer}/payment-sources/${id}`}, unknown('UNKNOWN_PAYMENT_SOURCE')],
  ]));

// --- Routes and methods -----------------------------------------------------------------------------------------------

refuses('paths that are not there', () =>
  [
    '/', '/payments', '/payments/v2/intents', '/PAYMENTS/v1/intents', '/payments/v1/intents/a/b', '/customers/v1/x/y',
    '/customers//v1', '/admin/v1/info',
  ].map((path): Row => [path, {method: 'GET', path}, refused(404, 'INVALID_URL')]));

test('a path tells which methods it takes', async () => {
  const cases: [path: string, allow: string][] = [
    ['/customers/v1', 'GET, HEAD, POST'],
    ['/payments/v1/customer', 'POST'],
    ['/payments/v1/destinations', 'GET, HEAD, POST'],
    ['/payments/v1/intents', 'GET, HEAD, POST'],
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
  assert.match(unheardOf.text, /\r\nAllow: GET, HEAD, POST, PUT, PATCH, DELETE\r\n/);
});

// --- Media type and JSON ----------------------------------------------------------------------------------------------

refuses('bodies that are not JSON by their own account', () =>
  [
    'text/plain', 'application/x-www-form-urlencoded', 'application/xml', 'application/jsonp', 'application/json; charset=utf-16', 'json',
    '*/*', '',
  ].map((type): Row => [type, {...customerWith({}), headers: {'content-type': type}}, kOtherMedia]));

refuses('bodies that are not one JSON object', () => [
  ...[
    '', ' ', '{', '{"app_user_id": "u2"', '{"app_user_id": "u2}', '{"app_user_id": "u2",}', "{'app_user_id': 'u2'}", '{app_user_id: "u2"}',
    '{"app_user_id": "u2"} x', '{"app_user_id": "u2"}{}', '\ufeff{"app_user_id": "u2"}', '{"app_user_id": "u2" /* u2 */}',
    '{"app_user_id": "a\u0000b"}',
    '{"app_user_id": "a\nb"}', '{"app_user_id": "\\x41"}', '{"app_user_id": NaN}', '[]', '"u2"', '7', 'null', 'true',
  ].map((body): Row => [body, customerOf(body), invalid()]),
  ['a lone high surrogate', customerOf('{"app_user_id": "\\ud800"}'), invalid()],
  ['a lone low surrogate', customerOf('{"app_user_id": "\\udc00"}'), invalid()],
  ['a low surrogate that does not follow', customerOf('{"app_user_id": "\\ud800\\u0041"}'), invalid()],
  ['U+0000 in a text', customerOf('{"app_user_id": "u2\\u0000"}'), invalid('app_user_id')],
  [
    'U+0000 in a text further down',
    customerOf('{"app_user_id": "u2", "government_identifiers": [{"type": "EMIRATES_ID", "value": "\\u0000"}]}'),
    invalid('government_identifiers[0].value'),
  ],
  ['65 levels', sessionWith({sandbox: nested(65)}), invalid()],
  ['levels without end', customerOf('['.repeat(100_000)), invalid()],
  ['a member twice', customerOf('{"app_user_id": "u2", "app_user_id": "u3"}'), invalid('app_user_id')],
  ['a member twice, once escaped', customerOf('{"app_user_id": "u2", "app\\u005fuser_id": "u2"}'), invalid('app_user_id')],
  [
    'a member twice, further down',
    customerOf('{"app_user_id": "u2", "government_identifiers": [{"type": 1, "type": 1}]}'),
    invalid('government_identifiers[0].type'),
  ],
  ['more than 256 KiB', customerOf(padded(kBodyMax + 1)), kTooLarge],
]);

/** What makes an object that has it for a member so many levels deep. */
function nested(levels: number): unknown {
  return levels > 2 ? [nested(levels - 1)] : [];
}

test('what is just inside the bounds is taken', async () => {
  assert.equal((await call('POST', '/customers/v1', {body: padded(kBodyMax)})).status, 200, '256 KiB');
  assert.equal((await send(sessionWith({sandbox: nested(64)}))).status, 201, '64 levels');
  const types = ['application/json', 'application/json; charset=utf-8', 'APPLICATION/JSON;charset=UTF-8', 'application/json; charset="utf-8"'];
  for (const type of types) {
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
  [
    'no default destination',
    {...intentWith({payment_destination_id: undefined, customer_id: bare.customer}), token: bare.token},
    missing('payment_destination_id'),
  ],
]);

refuses('members of a wrong type are named, all at once', () => [
  ...[7, true, [], {}].map((value): Row => ['a customer', customerWith({app_user_id: value}), invalid('app_user_id')]),
  ...[true, [], {}, [100]].map((value): Row => ['an amount', intentWith({amount: value}), invalid('amount')]),
  ['three at once', intentWith({customer_id: 7, currency: 784, description: 7}), invalid('customer_id', 'currency', 'description')],
  ['a destination', destinationWith({name: 7, city: {}, iban: []}), invalid('name', 'city', 'iban')],
  [
    'what finds an account abroad',
    destinationWith({
      routing_number: 21000021, sort_code: 1, ifsc: [], transit_number: 1, transit_code: 1, branch_address: {}, postal_code: 1,
      emirate: 1, currency: 784, currency_iso_code: 784, bank_type: 1, government_identifier: '784-1',
    }),
    invalid(
      'routing_number', 'sort_code', 'ifsc', 'transit_number', 'transit_code', 'branch_address', 'postal_code', 'emirate', 'currency',
      'currency_iso_code', 'bank_type', 'government_identifier',
    ),
  ],
  ...[7, '784-1', {type: 'EMIRATES_ID', value: '784-1'}, ['784-1'], [null]].map((value): Row =>
    ['identifiers of a customer', customerWith({government_identifiers: value}), invalid('government_identifiers')]),
  ['an identifier of a customer', customerWith({government_identifiers: [{type: 7, value: 7}]}), invalid('government_identifiers[0].type', 'government_identifiers[0].value')],
]);

refuses('unknown members are named, all at once', () => [
  ['of a customer', customerWith({colour: 'red', size: 7}), invalid('colour', 'size')],
  ['of an intent', intentWith({status: 'PAID', Amount: 1}), invalid('status', 'Amount')],
  ['of a destination', destinationWith({id: kUnknown, default: true, status: 'CONFIRMED'}), invalid('id', 'default', 'status')],
  ['even if null', customerWith({colour: null}), invalid('colour')],
]);

test('members of other documented versions are taken and mean nothing', async () => {
  const rows: Request[] = [
    customerWith({app_user_id: 'documented', government_identifiers: [{type: 'EMIRATES_ID', value: '784-1234'}]}),
    sessionWith({sandbox: {of: ['any', 'shape']}}),
  ];
  for (const row of rows) {
    const answer = await send(row);
    assert.ok(answer.status < 300, `${row.path}: ${answer.text}`);
  }
});

// --- Customers --------------------------------------------------------------------------------------------------------

refuses('customers', () => [
  ['a blank user id', customerWith({app_user_id: ''}), invalid('app_user_id')],
  ['a user id of spaces', customerWith({app_user_id: '   '}), invalid('app_user_id')],
  ['a user id of 256 characters', customerWith({app_user_id: 'x'.repeat(256)}), invalid('app_user_id')],
  ['a user id that is taken', customerWith({app_user_id: 'u1'}), kUserIdTaken],
  ['a user id that is taken, at the other path', {path: '/payments/v1/customer/', body: {app_user_id: 'u1'}}, kUserIdTaken],
]);

refuses('government identifiers, of a new customer and of a known one', () => {
  const emirates = (value: unknown) => ({type: 'EMIRATES_ID', value});
  const wrong: [what: string, identifiers: unknown, expected: Expected][] = [
    ['without a type', [{value: '1'}], missing('government_identifiers[0].type')],
    ['without anything', [emirates('1'), {}], missing('government_identifiers[1].type', 'government_identifiers[1].value')],
    ['of a type that is none', [{type: 'PASSPORT', value: '1'}], invalid('government_identifiers[0].type')],
    ['of a type in small letters', [{type: 'emirates_id', value: '1'}], invalid('government_identifiers[0].type')],
    ['that are blank', [emirates(' ')], invalid('government_identifiers[0].value')],
    ['of 256 characters', [emirates('1'.repeat(256))], invalid('government_identifiers[0].value')],
    ['with a line break', [emirates('784\n1')], invalid('government_identifiers[0].value')],
    ['two of a type', [emirates('1'), emirates('2')], invalid('government_identifiers[1].type')],
    ['with an unknown member', [{...emirates('1'), issued_on: 'x'}], invalid('government_identifiers[0].issued_on')],
  ];
  const changed = (government_identifiers: unknown): Request => ({method: 'PUT', path: `/customers/v1/${own.customer}`, body: {government_identifiers}});
  return wrong.flatMap(([what, identifiers, expected]): Row[] => [
    [what, customerWith({government_identifiers: identifiers}), expected],
    [`${what}, changed`, changed(identifiers), expected],
  ]);
});

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
  ].map(([what, iban]): Row => [`IBAN: ${what}`, destinationWith({iban}), kInvalidIban]),
  ['a bad IBAN beside an account number', destinationWith({iban: 'AE00', account_number: '1008223921001'}), kInvalidIban],
  ...['are', 'A', 'A1E', 'UAEX', 'United Arab Emirates'].map((country): Row =>
    [`the country ${country}`, destinationWith({country}), invalid('country')]),
  ['a blank display name', destinationWith({display_name: ' '}), invalid('display_name')],
  ['a BIC that is none', destinationWith({swift_code: 'EBIL'}), invalid('swift_code')],
  ...([
    ['routing_number', '021000022'], ['sort_code', '60161'], ['ifsc', 'HDFC1001234'], ['transit_number', '1234'], ['currency', 'dirham'],
    ['currency', 'aed'], ['bank_type', 'retail'],
  ] as const).map(([field, value]): Row => [`${field} ${value}`, destinationWith({[field]: value}), invalid(field)]),
  ['a transit number that comes twice', destinationWith({transit_number: '12345', transit_code: '54321'}), invalid('transit_code')],
  ['a currency that comes twice', destinationWith({currency: 'AED', currency_iso_code: 'USD'}), invalid('currency_iso_code')],
  ['an owner without a number', destinationWith({government_identifier: {type: 'EMIRATES_ID'}}), missing('government_identifier.value')],
  ['an owner with a passport', destinationWith({government_identifier: {type: 'PASSPORT', value: '1'}}), invalid('government_identifier.type')],
  ['an owner with a blank number', destinationWith({government_identifier: {type: 'EMIRATES_ID', value: ' '}}), invalid('government_identifier.value')],
  ...[['USA', 'routing_number'], ['US', 'routing_number'], ['GBR', 'sort_code'], ['IND', 'ifsc'], ['CAN', 'transit_number']].map(([country, field]): Row =>
    [`an account number alone in ${country}`, destinationWith({iban: undefined, account_number: '123456789', country}), missing(field!)]),
  ...['name', 'display_name', 'address', 'city', 'account_number', 'bank_identifier', 'branch_address', 'postal_code', 'emirate'].flatMap((field): Row[] => [
    [`${field} over-long`, destinationWith({[field]: `x ${'y'.repeat(139)}`}), invalid(field)],
    [`${field} with a line break`, destinationWith({[field]: 'Acme Corp.\n'}), invalid(field)],
    [`${field} turned around`, destinationWith({[field]: 'Acme \u202eproC'}), invalid(field)],
  ]),
]);

// --- Intents ----------------------------------------------------------------------------------------------------------

refuses('amounts that are no amounts', () => [
  ...[
    '0', '0.00', '-1', '-100.00', '-0', '1e2', '1E2', '1.0e2', '100e0', '10.120', '100.001', '99999999999999999999', '1e400',
    '"1e2"', '""', '" 100"', '"100 "', '"+100"', '"-100"', '"1,000.00"', '"100."', '".5"', '"0100"', '"0x64"', '"١٠٠"', '"100 AED"',
    '"NaN"', '"Infinity"', '"10.120"',
  ].map((amount): Row => [`AED ${amount}`, intentOf(amount), kInvalidAmount]),
  ['USD 100.123', intentOf('100.123', 'USD'), kInvalidAmount],
  ['BHD 20.1234', intentOf('20.1234', 'BHD'), kInvalidAmount],
  ...['0100', '+100', '100.', '.5', '0x64', '1_000', '1,000', 'NaN', 'Infinity', '--1', '1e'].map((amount): Row =>
    [`${amount} is no JSON`, intentOf(amount), invalid()]),
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
  ['JPY', 'EUR', 'XXX', 'aed', 'AE', 'AEDX', '', ' AED'].map((currency): Row =>
    [`"${currency}"`, intentOf('1000', currency), invalid('currency')]));

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
  await writesNothing(gateway, async () => {
    const waiting = await send(pay);
    assertRefused(waiting, {...refused(409, 'PENDING_BENEFICIARY_COOL_OFF'), details: ['beneficiary_cool_off_expiry', 'step']}, 'cool-off');
    assert.equal(waiting.body.metadata.beneficiary_cool_off_expiry, source.beneficiaries[0].beneficiary_cool_off_expiry);
  });

  await gateway.json('clock', 'advance', '25h');
  assertRefused(await send(pay), {...refused(409, 'PAYMENT_INTENT_EXPIRED'), details: ['step']}, 'expired');
});

