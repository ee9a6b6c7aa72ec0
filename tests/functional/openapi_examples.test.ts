// Every example of api/openapi.yaml is sent to a gateway, in the order of the file, and the answer is compared with the
// example and held against the schema. The examples are one story: the payer connects a bank and pays between them.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {SandboxBank} from '../support/bank.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {type Answer, api} from '../support/http.js';
import {document, eventFault, type Example, operationOf, type Operation, operations, violation, webhooks} from '../support/openapi.js';
import {LinkSession, type Wanted} from '../support/payer.js';
import {objection} from '../support/prism.js';
import {Receiver} from '../support/receiver.js';

const kUuid = /[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}/g;
/** Where the gateway of the examples stands. */
const kUrl = 'http://127.0.0.1:7070';
const kInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;
/** Members whose values only the gateway, or the bank, can know. */
const kOwnValues = new Set(['request_id', 'session_token', 'secret', 'bank_transaction_reference', 'bank_reference', 'expires_in_ms', 'app_url']);

let receiver: Receiver;
let gateway: Gateway;
let call: ReturnType<typeof api>;
/** What stands in the file, by what the gateway has in its place: ids, also without hyphens, tokens and addresses. */
const known = new Map<string, string>();

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  call = api(gateway.url);
  known.set(kUrl, gateway.info.url);
  const session = operations.find(({id}) => id === 'open_link_session');
  learn(session?.request?.examples[0]?.value.app_token, gateway.info.app_token);
});
after(async () => {
  await gateway?.dispose();
  await receiver.close();
});

// --- From the file to the gateway -----------------------------------------------------------------------------------------

function learn(shown: string, actual: string): void {
  known.set(shown, actual);
  known.set(shown.replaceAll('-', ''), actual.replaceAll('-', ''));
}

/** An example's value with everything of the file replaced by what the gateway has. */
function translated<T>(value: T): T {
  let text = JSON.stringify(value);
  for (const [shown, actual] of known) text = text.replaceAll(shown, actual);
  return JSON.parse(text) as T;
}

/** Learns the ids of an answer, and tells whether it is the example but for them, times and the gateway's own values. */
function compare(example: unknown, actual: unknown, path: string): void {
  if (Array.isArray(example) && Array.isArray(actual)) {
    assert.equal(actual.length, example.length, `${path} has ${actual.length} elements`);
    example.forEach((one, index) => compare(one, actual[index], `${path}[${index}]`));
  } else if (isObject(example) && isObject(actual)) {
    assert.deepEqual(Object.keys(actual).sort(), Object.keys(example).sort(), `the members of ${path}`);
    for (const [name, one] of Object.entries(example)) compareMember(name, one, actual[name], `${path}.${name}`);
  } else {
    compareText(example, actual, path);
  }
}

function compareMember(name: string, example: unknown, actual: unknown, path: string): void {
  if (!kOwnValues.has(name)) return compare(example, actual, path);
  assert.equal(typeof actual, typeof example, path);
  if (name === 'session_token') known.set(String(example), String(actual));
}

function compareText(example: unknown, actual: unknown, path: string): void {
  if (typeof example === 'string' && typeof actual === 'string') {
    if (kInstant.test(example) && kInstant.test(actual)) return;
    if (example.replace(kUuid, '') === '' && actual.replace(kUuid, '') === '' && !known.has(example)) learn(example, actual);
  }
  assert.deepEqual(actual, translated(example), path);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

// --- The story ------------------------------------------------------------------------------------------------------------

async function walk(wanted: Wanted): Promise<string | undefined> {
  const session = await LinkSession.open(gateway.url, gateway.info.app_token, wanted);
  const step = await session.walk({user: 'payer-otp'});
  return step.result?.status;
}

/** The gateway's own for an id of the file. */
function own(id: string): string {
  const actual = known.get(id);
  assert.ok(actual, `${id} stands in no answer before`);
  return actual;
}

async function made(path: string, body: unknown): Promise<any> {
  const answer = await call('POST', path, {body, headers: {'lean-app-token': gateway.info.app_token}});
  assert.equal(answer.status, 200, answer.text);
  return answer.body;
}

const valueOf = (id: string, name: string): any =>
  operations.find((one) => one.id === id)?.request?.examples.find((one) => one.name === name)?.value;

/** What happens before an example: "operation" or "operation example". */
const kMeanwhile: Record<string, () => Promise<void>> = {
  'bank.availability.updated silent': async () => {
    await gateway.json('bank', 'disable', 'SANDBOX_SLOW');
  },
  'list_payment_sources': async () => {
    const customer_id = own(valueOf('open_link_session', 'connect').customer_id);
    assert.equal(await walk({method: 'CONNECT', customer_id, bank_identifier: 'LEANMB1'}), 'SUCCESS');
  },
  'create_payment_intent': async () => {
    await gateway.json('clock', 'advance', '24h');
    await receiver.event('payment_source.beneficiary.updated');
  },
  'get_payment_intent paid': async () => {
    const payment_intent_id = own(document.components.parameters.PaymentIntentId.examples.usual.value);
    assert.equal(await walk({method: 'PAY', payment_intent_id}), 'SUCCESS');
  },
  // An account that the payer may not pay yet, and an intent for it.
  'open_link_session cooling_off': async () => {
    const {customer_id} = translated(valueOf('open_link_session', 'connect'));
    const savings = {name: 'Acme Savings Ltd.', display_name: 'Acme Savings', iban: 'AE760260001015000000601'};
    const payment_destination_id = (await made('/payments/v1/destinations', savings)).id;
    const payment_source_id = own(document.components.parameters.PaymentSourceId.examples.usual.value);
    assert.equal(await walk({method: 'UPDATE_PAYMENT_SOURCE', customer_id, payment_source_id, payment_destination_id}), 'SUCCESS');
    const wanted = {customer_id, payment_destination_id, amount: 1000, currency: 'AED', description: 'ACME TXN002'};
    learn(valueOf('open_link_session', 'cooling_off').payment_intent_id, (await made('/payments/v1/intents', wanted)).payment_intent_id);
  },
  'payment_intent.expired nobody_came': async () => {
    const {payload} = webhooks.flatMap(({type, examples}) => (type === 'payment_intent.expired' ? examples : []))[0]?.value;
    const {customer_id, amount, currency} = translated(payload);
    learn(payload.intent_id, (await made('/payments/v1/intents', {customer_id, amount, currency})).payment_intent_id);
    await gateway.json('clock', 'advance', '24h');
  },
  'payment_source.deleted removed': async () => {
    const {payload} = translated(webhooks.flatMap(({type, examples}) => (type === 'payment_source.deleted' ? examples : []))[0]?.value);
    const path = `/customers/v1/${payload.customer_id}/payment-sources/${payload.id}?reason=${payload.reason}`;
    assert.equal((await call('DELETE', path, {headers: {'lean-app-token': gateway.info.app_token}})).status, 200);
  },
  // A bank that takes the order and whose answer is lost: asked again, it says that all went well.
  'payment.updated accepted_after_all': async () => {
    const {payload} = webhooks.flatMap(({type, examples}) => (type === 'payment.updated' ? examples : []))[0]?.value;
    const {customer_id} = translated(payload);
    const {payment_intent_id} = await made('/payments/v1/intents', {customer_id, amount: 250, currency: 'AED'});
    learn(payload.intent_id, payment_intent_id);
    await new SandboxBank(gateway.bankUrl).next({call: 'authorise_payment', effect: 'answer_lost'});
    assert.equal(await walk({method: 'PAY', payment_intent_id}), 'SUCCESS');
    await gateway.json('clock', 'advance', '2s');
  },
};

// --- One example ----------------------------------------------------------------------------------------------------------

/** Where there is none of this name, the first. */
function named(examples: Example[], name: string): any {
  return (examples.find((one) => one.name === name) ?? examples[0])?.value;
}

/** Whether it wants a body. */
function isAsked(operation: Operation): operation is Operation & {request: NonNullable<Operation['request']>} {
  return operation.request !== undefined && operation.request.examples.length > 0;
}

async function send(operation: Operation, name: string, credential: boolean): Promise<Answer> {
  let url = operation.path;
  const query = new URLSearchParams();
  const headers: Record<string, string> = {};
  for (const {name: parameter, in: place, required, examples} of operation.parameters) {
    if (!required && !examples.some((one) => one.name === name)) continue;
    const value = String(translated(named(examples, name)));
    if (place === 'path') url = url.replace(`{${parameter}}`, encodeURIComponent(value));
    else if (place === 'query') query.set(parameter, value);
    else headers[parameter] = value;
  }
  if (query.size > 0) url += `?${query}`;
  // Of the ways in, the one that needs no more than a header.
  for (const scheme of credential ? operation.security.slice(0, 1) : []) {
    const token = scheme === 'app_token' ? gateway.info.app_token : known.get(namedSessionToken());
    headers[document.components.securitySchemes[scheme].name] = String(token);
  }
  const body = isAsked(operation) ? translated(named(operation.request.examples, name)) : undefined;
  return call(operation.method, url, {body, headers});
}

function namedSessionToken(): string {
  const [opened] = operations.find(({id}) => id === 'open_link_session')?.responses.get('201')?.examples ?? [];
  return opened?.value.session_token;
}

/** Every name that an example of the operation has, in the order of the file, with the answer that it promises. */
function names(operation: Operation): {name: string; promised?: {status: string; value: unknown}}[] {
  const promises = new Map<string, {status: string; value: unknown}>();
  for (const [status, {examples}] of operation.responses) {
    for (const {name, value} of examples) {
      assert.ok(!promises.has(name), `${operation.id} promises two answers to ${name}`);
      promises.set(name, {status, value});
    }
  }
  const asked = [...(operation.request?.examples ?? []), ...operation.parameters.flatMap(({examples}) => examples)].map(({name}) => name);
  const all = new Set([...asked, ...promises.keys()]);
  if (isAsked(operation)) all.delete('usual');
  if (all.size === 0) all.add('usual');
  return [...all].map((name) => {
    const promised = promises.get(name);
    return promised ? {name, promised} : {name};
  });
}

for (const operation of operations) {
  test(`${operation.id} answers as its examples say`, async () => {
    await kMeanwhile[operation.id]?.();
    for (const {name, promised} of names(operation)) {
      const what = `${operation.id} ${name}`;
      await kMeanwhile[what]?.();
      const fault = isAsked(operation) ? operation.request.holds(named(operation.request.examples, name)) : undefined;
      assert.ok(!fault || Number(promised?.status ?? 400) >= 400, `${what}: the request is not what its schema says: ${fault}`);

      const answer = await send(operation, name, promised?.status !== '401');
      const response = operation.responses.get(String(answer.status));
      assert.ok(response, `${what}: ${answer.status} is not described: ${answer.text}`);
      if (!promised) continue;
      assert.equal(String(answer.status), promised.status, `${what}: ${answer.text}`);
      assert.equal(response.holds?.(promised.value), undefined, `${what}: the example`);
      if (typeof promised.value === 'string') assert.equal(answer.text, promised.value, what);
      else compare(promised.value, answer.body, what);
    }
  });
}

for (const webhook of webhooks) {
  for (const {name, value} of webhook.examples) {
    test(`${webhook.type} comes as its example ${name} says`, async () => {
      await kMeanwhile[`${webhook.type} ${name}`]?.();
      assert.equal(webhook.holds(value), undefined, 'the example');
      const {payload} = value;
      const about = known.get(payload.id) ?? known.get(payload.intent_id) ?? payload.identifier;  // Banks are called the same everywhere.
      assert.ok(about, 'the example is about something that the others are about');
      const event = await receiver.event(
        webhook.type, ({payload: told}) => [told['id'], told['intent_id'], told['identifier']].includes(about));
      compare(value, event, webhook.type);
      const delivery = receiver.deliveries.find((one) => one.event.event_id === event.event_id);
      for (const header of webhook.headers) {
        assert.equal(header.holds(delivery?.headers[header.name]), undefined, header.name);
      }
    });
  }
}

test('every event that came is described', () => {
  assert.ok(receiver.events.length > 0);
  for (const event of receiver.events) assert.equal(eventFault(event), undefined, event.type);
});

test('paths are found as the router finds them', () => {
  assert.equal(operationOf('GET', '/payments/v1/intents/1?app_token=2')?.id, 'get_payment_intent');
  assert.equal(operationOf('GET', '/payments/v1/destinations/')?.id, 'list_destinations');
  assert.equal(operationOf('GET', '/payments/v1/1')?.id, 'get_payment');
  assert.equal(operationOf('DELETE', '/payments/v1/1'), undefined);
});

test('what is not described is a violation', () => {
  const headers = new Headers({'content-type': 'application/json', 'lean-correlation-id': 'FYrCjUgCoWthsrtl'});
  const exchange = (method: string, url: string, status: number, answer: unknown, body?: unknown) =>
    violation({method, url, body, status, headers, text: JSON.stringify(answer)});
  const customer = {customer_id: '01a1fe52-cd08-7cac-95eb-807f1868221f', app_user_id: 'u1'};
  assert.equal(exchange('POST', '/customers/v1/', 200, customer, {app_user_id: 'u1'}), undefined);
  assert.match(exchange('POST', '/customers/v1/', 201, customer) ?? '', /201 is not described/);
  assert.match(exchange('POST', '/customers/v2/', 200, customer) ?? '', /no such operation/);
  assert.match(exchange('POST', '/customers/v1', 200, {...customer, colour: 'red'}) ?? '', /unevaluated properties \(colour\)/);
  assert.match(exchange('POST', '/customers/v1', 200, {customer_id: 'x', app_user_id: 'u1'}) ?? '', /customer_id must match format "uuid"/);
  assert.match(exchange('POST', '/customers/v1', 200, customer, {}) ?? '', /took what its description refuses.*app_user_id/);
  assert.match(exchange('GET', '/payments/v1/destinations', 401, customer) ?? '', /x-error-origin is missing/);
  const endpoint = '/webhooks/v1/endpoints/01a1fe52-cd08-7cac-95eb-807f1868221f';
  assert.equal(violation({method: 'DELETE', url: endpoint, status: 204, headers, text: ''}), undefined);
  assert.match(exchange('DELETE', endpoint, 204, customer) ?? '', /204 has a body/);
});

test('what Prism objects to is told, but not of a request that was refused', () => {
  const violation = (place: string) => new Headers({'sl-violations': JSON.stringify([{location: [place, 'body'], message: 'must be red'}])});
  assert.equal(objection('/customers/v1', 200, new Headers()), undefined);
  assert.equal(objection('/customers/v1', 200, violation('request')), 'request.body: must be red');
  assert.equal(objection('/customers/v1', 400, violation('request')), undefined);
  assert.equal(objection('/customers/v1', 400, violation('response')), 'response.body: must be red');
  assert.equal(objection('/customers/v1/?a=b', 200, violation('request')), undefined);
});
