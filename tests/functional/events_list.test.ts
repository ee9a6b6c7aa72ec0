// What happened, as the API lists it: the same envelopes that webhooks carry, in pages or behind a cursor that misses none.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {after, before, test} from 'node:test';

import {Hooks} from '../support/hooks.js';
import {type Event} from '../support/receiver.js';
import {Shop} from '../support/shop.js';

const kUnknown = '01890000-0000-7000-8000-000000000000';

interface Page {
  data: Event[];
  page: {number: number; size: number; total_elements: number; total_pages: number};
}
interface Piece {
  data: Event[];
  cursor: string | null;
  has_more: boolean;
}

let hooks: Hooks;
before(async () => (hooks = await Hooks.open()));
after(async () => hooks?.close());

test('an application without events has an empty page and no cursor', async () => {
  const fresh = await hooks.stranger();
  assert.deepEqual(await fresh.ok('GET', '/events/v1'), {data: [], page: {number: 0, size: 50, total_elements: 0, total_pages: 0}});
  assert.deepEqual(await fresh.ok('GET', '/events/v1?after='), {data: [], cursor: null, has_more: false});
});

test('pages are newest first, and envelopes are those of the webhooks to the byte', async () => {
  const own = await hooks.stranger();
  const {receiver} = await own.listen();
  const intents = await own.publish(5);
  await receiver.until(() => receiver.events.length === 5, 10_000, 'not told');
  const {data, page} = await own.ok<Page>('GET', '/events/v1?page=0&size=3');
  assert.deepEqual(page, {number: 0, size: 3, total_elements: 5, total_pages: 2});
  const rest = await own.ok<Page>('GET', '/events/v1/?page=1&size=3');
  const listed = [...data, ...rest.data];
  assert.deepEqual(listed.map(({payload}) => payload['intent_id']), [...intents].reverse());
  assert.deepEqual((await own.ok<Page>('GET', '/events/v1?page=2&size=3')).data, []);
  for (const {body, event} of receiver.deliveries) {
    assert.equal((await own.call('GET', `/events/v1/${event.event_id}`)).text, body);
  }
  assert.deepEqual(new Set(listed.map(({event_id}) => event_id)), new Set(receiver.events.map(({event_id}) => event_id)));
});

test('who goes on with the cursor misses none and gets none twice, while others write', async () => {
  const own = await hooks.stranger();
  const written: string[] = [];
  const writers = Array.from({length: 4}, async () => {
    for (let i = 0; i < 15; ++i) written.push(...(await own.publish()));
  });
  const read: string[] = [];
  let cursor = '';
  let done = false;
  void Promise.all(writers).then(() => (done = true));
  for (let last = false; !last;) {
    last = done;
    for (let more = true; more;) {
      const piece = await own.ok<Piece>('GET', `/events/v1?size=4&after=${cursor}`);
      read.push(...piece.data.map(({payload}) => String(payload['intent_id'])));
      cursor = piece.cursor ?? '';
      more = piece.has_more;
    }
  }
  await Promise.all(writers);
  assert.equal(read.length, 60);
  assert.deepEqual(new Set(read), new Set(written));
  assert.deepEqual(await own.ok('GET', `/events/v1?after=${cursor}`), {data: [], cursor, has_more: false});
});

test('an event is nobody else\'s', async () => {
  const own = await hooks.stranger();
  await own.publish();
  const {data: [event]} = await own.ok<Page>('GET', '/events/v1');
  const stranger = await hooks.stranger();
  assert.equal((await stranger.ok<Page>('GET', '/events/v1')).page.total_elements, 0);
  const plain = (text: string) => text.replace(/"(request_id|timestamp)":"[^"]*"/g, '');
  const unknown = await stranger.call('GET', `/events/v1/${kUnknown}`);
  assert.equal(unknown.status, 404);
  assert.equal(unknown.body.status, 'UNKNOWN_EVENT');
  for (const id of [event!.event_id, 'nonsense']) {
    assert.equal(plain((await stranger.call('GET', `/events/v1/${id}`)).text), plain(unknown.text));
  }
  const cursor = await stranger.call('GET', `/events/v1?after=${event!.event_id}`);
  assert.equal(cursor.status, 400);
  assert.equal(plain(cursor.text), plain((await stranger.call('GET', `/events/v1?after=${kUnknown}`)).text));
  const {intent_id} = event!.payload;
  assert.deepEqual((await stranger.ok<Page>('GET', `/events/v1?object_id=${intent_id}`)).data, []);
});

test('what a query cannot mean is refused by the parameter', async () => {
  const rows = [
    ['page=-1', 'page'], ['page=x', 'page'], ['size=0', 'size'], ['size=101', 'size'], ['from=yesterday', 'from'],
    ['to=2026-13-01T00:00:00Z', 'to'], ['object_id=1', 'object_id'], ['after=1', 'after'],
  ] as const;
  for (const [query, field] of rows) {
    const answer = await hooks.call('GET', `/events/v1?${query}`);
    assert.equal(answer.status, 400, query);
    assert.equal(answer.body.metadata.errors[0].field, field, query);
  }
});

test('the story of a payment is found by its objects, and every payload is as docs/reference/events.md says', async () => {
  const shop = await Shop.open();
  try {
    const destination = await shop.destination();
    const customer = await shop.connected('payer-plain', destination);
    const intent = await shop.intent(customer, destination);
    const step = await (await shop.openPay(intent)).walk({user: 'payer-plain'});
    assert.equal(step.kind, 'ACCEPTED');
    const payment = await shop.payment(intent);
    const source = await shop.source(customer);
    const list = async (query: string): Promise<Event[]> => (await shop.ok<Page>('GET', `/events/v1?${query}`)).data;
    const types = async (query: string) => (await list(query)).map(({type}) => type).reverse();

    const ofIntent = ['payment_intent.created', 'payment.created'];
    assert.deepEqual(await types(`object_id=${intent}`), ofIntent);
    assert.deepEqual(await types(`object_id=${payment.id}`), ofIntent);
    assert.deepEqual((await types(`object_id=${source.id}`)).slice(0, 2), ['payment_source.created', 'payment_source.beneficiary.created']);
    assert.deepEqual(await types(`object_id=${intent}&type=payment.created`), ['payment.created']);
    assert.deepEqual(await types(`object_id=${intent}&type=payment.updated`), []);
    assert.deepEqual(await types(`object_id=${kUnknown}`), []);
    assert.deepEqual((await list(`object_id=${intent}`)).map(({sequence}) => sequence), [2, 1]);
    const [created] = await list('type=payment_intent.created');
    const since = await list(`from=${created!.timestamp}`);
    assert.ok(since.every(({timestamp}) => timestamp >= created!.timestamp) && since.length >= 2);
    const before = await list(`to=${created!.timestamp}`);
    assert.equal(since.length + before.length, (await list('')).length);

    const described = tables();
    for (const event of await list('size=100')) {
      const members = described.get(event.type);
      assert.ok(members, `${event.type} is not described`);
      assert.deepEqual(Object.keys(event.payload).sort(), [...members.keys()].sort(), event.type);
      for (const [name, kinds] of members) {
        const value = event.payload[name];
        assert.ok(kinds.split(' or ').some((kind) => isA(kind, value)), `${event.type} ${name} is ${JSON.stringify(value)}, not ${kinds}`);
      }
    }
  } finally {
    await shop.close();
  }
});

/** What docs/reference/events.md says of each type: members and their types. */
function tables(): Map<string, Map<string, string>> {
  const page = readFileSync(new URL('../../../docs/reference/events.md', import.meta.url), 'utf8');
  const sections = page.split('\n## ').slice(1);
  return new Map(sections.map((section) => {
    const rows = [...section.matchAll(/^\| `(\w+)` \| ([^|]+) \|/gm)];
    return [section.split('\n')[0]!, new Map(rows.map(([, name, kinds]) => [name!, kinds!.trim()]))];
  }));
}

function isA(kind: string, value: unknown): boolean {
  switch (kind) {
    case 'UUID':
      return typeof value === 'string' && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(value);
    case 'time':
      return typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/.test(value);
    case 'null':
      return value === null;
    default:
      return typeof value === kind;
  }
}
