// The demo shop on the real binary: a merchant that believes verified webhooks and nothing else.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {SandboxBank} from '../support/bank.js';
import {DemoShop, type JournalEntry} from '../support/demo_shop.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {raw} from '../support/http.js';

let gateway: Gateway;
let shop: DemoShop;

before(async () => {
  gateway = await startGateway({flags: ['--bank-timeout', '300ms']});
  shop = new DemoShop(gateway);
});
after(() => gateway.dispose());

const webhooks = (journal: JournalEntry[]) => journal.filter(({kind}) => kind === 'WEBHOOK');
const about = (journal: JournalEntry[], intent: string) => webhooks(journal).filter(({received}) => received.includes(intent));

test('before anything is pressed the gateway has heard nothing of the shop', async () => {
  const state = await shop.state();
  assert.deepEqual([state.balance, state.customer_id, state.journal], ['0.00', null, []]);
  const {body} = await shop.call('GET', '/');
  assert.equal(body, undefined);
});

test('a bank is connected, cools off, and can be paid from when the clock has moved', async () => {
  const end = await shop.connect({user: 'payer-4h'});
  assert.equal(end.kind, 'COOL_OFF');
  const {sources: [source]} = await shop.state();
  assert.equal(source?.status, 'AWAITING_BENEFICIARY_COOL_OFF');
  assert.equal(source.cool_off_until, end['cool_off_until']);
  assert.deepEqual([source.bank_name, source.account_ending], ['Lean Mockbank 1', '1001']);
  assert.notEqual(source.bank_arabic_name, '');

  assert.equal((await shop.call('POST', '/api/clock', {by: '4h'})).status, 200);
  const state = await shop.until(({sources}) => sources[0]?.status === 'ACTIVE' && sources[0].cool_off_until === null, 'still cooling off');
  assert.equal(state.clock?.offset_seconds, 4 * 3600);
});

test('a top-up moves the balance once, when the webhook has come', async () => {
  const intent = await shop.orderTopUp('50.00');
  const {balance} = await shop.state();
  const session = await shop.openPay(intent);
  const end = await session.walk({user: 'payer-4h'});
  assert.equal(end.kind, 'ACCEPTED');

  const state = await shop.until(({top_ups}) => top_ups[0]?.status === 'ACCEPTED', 'the top-up is not accepted');
  assert.deepEqual([balance, state.balance], ['0.00', '50.00']);
  assert.match(state.top_ups[0]!.reference, /^MARSA \d{6}$/);
  assert.equal(end['reference'], state.top_ups[0]!.reference);
  const told = about(state.journal, intent).map(({title, sequence, verdict}) => [title, sequence, verdict]);
  assert.deepEqual(told, [['payment_intent.created', 1, 'NOTED'], ['payment.created', 2, 'APPLIED']]);

  // The very bytes once more, as after an answer that was lost; and once more in another envelope, which nobody but the gateway could sign.
  const {received} = about(state.journal, intent).at(-1)!;
  const again = await shop.deliver(received, shop.webhookSecret);
  assert.deepEqual([again.status, again.body.verdict], [200, 'REPEATED']);
  const other = received.replace(/"event_id":"[^"]+"/, '"event_id":"another"').replace('"sequence":2', '"sequence":3');
  assert.equal((await shop.deliver(other, shop.webhookSecret)).body.verdict, 'NOTED');
  assert.equal((await shop.state()).balance, '50.00');
});

test('forged webhooks are refused, shown, and change nothing', async () => {
  const intent = await shop.orderTopUp('500.00');
  const {customer_id, balance, journal_end} = await shop.state();
  const event = JSON.stringify({
    payload: {id: 'p', customer_id, intent_id: intent, status: 'ACCEPTED_BY_BANK', amount: 500, currency: 'AED'},
    type: 'payment.created', event_id: 'forged', sequence: 2,
  });
  const forgeries = [
    await shop.call('POST', '/webhooks', event),
    await shop.deliver(event, `whsec_${Buffer.from('a guess').toString('base64')}`),
    await shop.deliver(event, shop.webhookSecret, Date.now() - 6 * 60_000),
    await shop.deliver(event, shop.webhookSecret, Date.now() + 6 * 60_000),
  ];
  assert.deepEqual(forgeries.map(({status}) => status), [400, 400, 400, 400]);
  const state = await shop.state();
  assert.deepEqual([state.balance, state.top_ups[0]?.status], [balance, 'OPEN']);
  const refused = state.journal.filter(({seq, verdict}) => seq > journal_end && verdict === 'REFUSED');
  assert.equal(refused.length, 4);

  // Signed by the gateway's key, but of another sum than was asked for.
  const wrongSum = await shop.deliver(event.replace('"amount":500', '"amount":5000').replace('forged', 'sum'), shop.webhookSecret);
  assert.equal(wrongSum.body.verdict, 'CONTRADICTORY');
  assert.equal((await shop.state()).balance, balance);
});

test('an outcome that is unknown is shown as unknown, and counts when the bank has spoken', async () => {
  const bank = new SandboxBank(gateway.bankUrl);
  const {balance} = await shop.state();
  const intent = await shop.orderTopUp('100.00');
  await bank.next({call: 'authorise_payment', effect: 'answer_lost'});
  await bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
  const session = await shop.openPay(intent);
  assert.equal((await session.walk({user: 'payer-4h'})).kind, 'UNKNOWN');
  const unknown = await shop.until(({top_ups}) => top_ups[0]?.status === 'UNKNOWN', 'not unknown');
  assert.equal(unknown.balance, balance);
  await bank.calm();
  await shop.call('POST', '/api/clock', {by: '1h'});
  const known = await shop.until(({top_ups}) => top_ups[0]?.status === 'ACCEPTED', 'not accepted after all');
  assert.equal(Number(known.balance) - Number(balance), 100);
  assert.deepEqual(about(known.journal, intent).map(({sequence, verdict}) => [sequence, verdict]), [[1, 'NOTED'], [2, 'APPLIED'], [3, 'APPLIED']]);
});

test('amounts are refused in words that the page can show', async () => {
  const rows: [string, number, string][] = [
    ['5.00', 400, 'AMOUNT_UNDER_MIN_VALUE'], ['100000.01', 400, 'AMOUNT_OVER_MAX_VALUE'], ['50.001', 400, 'INVALID_AMOUNT'],
    ['1e3', 400, 'INVALID_AMOUNT'], ['-50', 400, 'INVALID_AMOUNT'],
  ];
  for (const [amount, status, code] of rows) {
    const answer = await shop.call('POST', '/api/top-ups', {amount});
    assert.deepEqual([answer.status, answer.body.status], [status, code], amount);
  }
  const {body} = await shop.call('POST', '/api/top-ups', {amount: '5.00'});
  assert.deepEqual(body.metadata, {minimum: '10.00', maximum: '100000.00'});
});

test('starting over empties the page, and leaves what was paid to who has paid it', async () => {
  const before = await shop.state();
  assert.equal((await shop.call('POST', '/api/start-over', {})).status, 200);
  const state = await shop.state();
  assert.deepEqual([state.balance, state.customer_id, state.sources, state.top_ups], ['0.00', null, [], []]);
  assert.notEqual(state.customer_number, before.customer_number);
  // The account number is a new one, so the same payer's bank lets it cool off again.
  assert.equal((await shop.connect({user: 'payer-4h'})).kind, 'COOL_OFF');
});

test('other websites cannot act, nor look, nor come by another name', async () => {
  const {journal_end} = await shop.state();
  const evil = {origin: 'https://evil.example', 'sec-fetch-site': 'cross-site'};
  for (const path of ['/api/connect', '/api/top-ups', '/api/start-over', '/api/clock']) {
    assert.equal((await shop.call('POST', path, {amount: '50.00', by: '24h'}, evil)).status, 403, path);
    assert.equal((await shop.call('POST', path, '{}', {'content-type': 'text/plain'})).status, 403, path);
  }
  assert.equal((await shop.call('GET', '/api/state', undefined, {'sec-fetch-site': 'cross-site'})).status, 403);
  const rebound = await raw(shop.url, 'GET /api/state HTTP/1.1\r\nHost: rebound.example\r\nConnection: close\r\n\r\n');
  assert.match(rebound.text, /^HTTP\/1\.1 403 /);
  assert.doesNotMatch(rebound.text, /app_token/);
  assert.equal((await shop.state()).journal_end, journal_end);
});
