// Opening the hosted flow again: after a reload, in a second window, too often; and what its pages are told besides the step.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import {run, startGateway} from '../support/gateway.js';
import {type Answer, api} from '../support/http.js';
import type {Step, Wanted} from '../support/payer.js';
import {eventually, Shop} from '../support/shop.js';

let shop: Shop;

before(async () => (shop = await Shop.open('1s')));
after(async () => shop.close());
afterEach(async () => {
  await shop.bank.calm();
  shop.assertWebhooksHold();
});

interface Opened {
  session_id: string;
  session_token: string;
  window: number;
  step: Step;
}

/** One window of a payer: it opens, and sends its number with everything it asks. */
class Window {
  private constructor(
    readonly opened: Opened,
    private readonly wanted: Wanted,
  ) {}

  static async open(wanted: Wanted): Promise<Window> {
    const answer = await post('/link/v1/sessions', {app_token: shop.appToken, ...wanted});
    assert.equal(answer.status, 201, answer.text);
    return new Window(answer.body, wanted);
  }

  /** As after a reload: nothing is known but what the shop's page asks for. */
  async reload(more: Record<string, unknown> = {}): Promise<Window> {
    return Window.open({...this.wanted, ...more});
  }

  async look(): Promise<Step> {
    const answer = await api(shop.gateway.url)('GET', this.path(''), {headers: this.headers()});
    assert.equal(answer.status, 200, answer.text);
    return answer.body.step;
  }

  async act(number: number, action: string, fields: Record<string, string> = {}): Promise<Answer> {
    return post(this.path(`/steps/${number}`), {action, fields}, this.headers());
  }

  async leave(): Promise<Step> {
    return (await post(this.path('/leave'), {}, this.headers())).body.step;
  }

  private path(rest: string): string {
    return `/link/v1/sessions/${this.opened.session_id}${rest}`;
  }
  private headers(): Record<string, string> {
    return {'link-session-token': this.opened.session_token, 'link-window': String(this.opened.window)};
  }
}

async function post(path: string, body: unknown, headers: Record<string, string> = {}): Promise<Answer> {
  return api(shop.gateway.url)('POST', path, {body, headers});
}

async function connecting(more: Record<string, unknown> = {}): Promise<Window> {
  const destination = await shop.destination();
  const customer = await shop.customer();
  return Window.open({
    method: 'CONNECT', permissions: ['payments'], customer_id: customer, payment_destination_id: destination.id, ...more,
  });
}

test('a page that is loaded again while connecting finds the step, in the language that it asks for now', async () => {
  const first = await connecting({bank_identifier: 'LEANMB1', language: 'en'});
  await first.act(1, 'continue');
  assert.equal((await first.look()).kind, 'CREDENTIALS');

  const again = await first.reload({language: 'ar'});
  assert.equal(again.opened.session_id, first.opened.session_id);
  assert.equal(again.opened.session_token, first.opened.session_token);
  assert.equal(again.opened.window, first.opened.window + 1);
  assert.equal(again.opened.step.kind, 'CREDENTIALS');
  const code = await again.act(again.opened.step.number, 'submit', {username: 'payer-otp', password: 'sandbox-pass'});
  assert.match(code.body.step.message, /[\u0600-\u06ff]/, 'the bank answers in Arabic');
  assert.equal(code.body.step.test_code, '1111');

  await again.leave();
  const anew = await first.reload();
  assert.notEqual(anew.opened.session_id, first.opened.session_id);
  assert.equal(anew.opened.step.kind, 'WELCOME');
});

test('eight windows that connect at the same moment are one session', async () => {
  const first = await connecting();
  await first.leave();
  const windows = await Promise.all(Array.from({length: 8}, async () => first.reload()));
  assert.equal(new Set(windows.map(({opened}) => opened.session_id)).size, 1);
  assert.deepEqual(windows.map(({opened}) => opened.window).sort(), [1, 2, 3, 4, 5, 6, 7, 8]);
});

test('an older window follows and may not act, until it continues there', async () => {
  const older = await connecting();
  const newer = await older.reload();
  const seen = await older.look();
  assert.deepEqual([seen.kind, seen['elsewhere'], seen.ask_again_in_ms], ['WELCOME', true, 2000]);
  const refused = await older.act(1, 'continue');
  assert.deepEqual([refused.status, refused.body.status, refused.body.metadata.step_number], [409, 'STEP_OUTDATED', 1]);

  const left = await older.leave();
  assert.deepEqual([left.kind, left['reason'], left.result?.status], ['END', 'left', 'CANCELLED']);
  assert.equal((await newer.look()).kind, 'WELCOME', 'what is left in an older window goes on in the newer one');

  const continued = await older.reload();
  assert.equal((await continued.act(1, 'continue')).status, 200);
  assert.equal((await newer.look())['elsewhere'], true);
  const {status, body} = await api(shop.gateway.url)('GET', `/link/v1/sessions/${newer.opened.session_id}`, {
    headers: {'link-session-token': newer.opened.session_token, 'link-window': 'first'},
  });
  assert.deepEqual([status, body.metadata.errors[0].field], [400, 'link-window']);
});

test('two windows that pay at once, each sure to be the one, send one order', async () => {
  for (const kind of ['REVIEW', 'CODE']) {
    const {intent, destination, session} = await shop.at(kind, 'payer-plain');
    await shop.bank.calm();
    const orders = await shop.bank.count('create_payment');
    const codes = await shop.bank.count('authorise_payment');
    const older = await Window.open({method: 'PAY', payment_intent_id: intent});
    const newer = await older.reload();
    const {number} = newer.opened.step;
    const act = async (window: Window) =>
      kind === 'REVIEW' ? window.act(number, 'pay') : window.act(number, 'submit', {otp: '1111'});
    const answers = await Promise.all([older, newer, older, newer, newer].map(act));
    assert.deepEqual(answers.map(({status}) => status).sort(), [200, 409, 409, 409, 409]);
    assert.equal(await orders(), kind === 'REVIEW' ? 1 : 0);
    await session.look();
    assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
    assert.equal(await codes(), 1);
    assert.equal((await shop.transfersTo(destination)).length, 1);
    assert.deepEqual([(await older.look()).kind, (await older.look())['elsewhere']], ['ACCEPTED', undefined]);
  }
});

test('a refusal at the opening comes with the end that a page draws', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  await shop.connect(customer, destination, {user: 'payer-otp'});
  const intent = await shop.intent(customer, destination);
  const cooling = await shop.refusedToPay(intent);
  const drawn = cooling.refusal.metadata['step'] as Step;
  assert.deepEqual([cooling.status, drawn.kind, drawn.money], [409, 'COOL_OFF', 'not_moved']);
  assert.equal(drawn['cool_off_until'], cooling.refusal.metadata['beneficiary_cool_off_expiry']);
  assert.equal((drawn['bank'] as {identifier: string}).identifier, 'LEANMB1');
  assert.deepEqual([drawn.result?.status, drawn.result?.secondary_status], ['ERROR', 'PENDING_BENEFICIARY_COOL_OFF']);

  await shop.advance('24h');
  const expired = await shop.refusedToPay(intent);
  const end = expired.refusal.metadata['step'] as Step;
  assert.deepEqual([expired.refusal.status, end.kind, end['reason']], ['PAYMENT_INTENT_EXPIRED', 'END', 'intent_expired']);
  assert.equal(end.result?.status, 'ERROR');
});

test('what had ended before it was opened says so, with all that there is to know of the payment', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  const {step} = (await Window.open({method: 'PAY', payment_intent_id: intent})).opened;
  assert.deepEqual([step.kind, step['already'], step['order_sent']], ['ACCEPTED', true, true]);
  assert.deepEqual(step['amount'], {amount: '1000.00', currency: 'AED'});
  assert.equal(step['bank_reference'], (await shop.payment(intent)).bank_transaction_reference);
  assert.ok(Date.parse(step['ordered_at'] as string) > 0);
});

test('to check again asks the bank now instead of in a while', async () => {
  const {session, intent, destination} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'held', for: '3h'});
  assert.equal((await session.act('submit', {otp: '1111'})).kind, 'PENDING');
  await shop.advance('2h');  // The bank is asked once, still waits, and would not be asked for a while.
  const asked = async () => (await session.look())['asked_at'] as string;
  const before = await eventually(asked, (at) => Date.parse(at) - Date.parse(session.step['ordered_at'] as string) > 7_000_000, 'the bank was not asked');
  await shop.advance('4s');

  const questions = await shop.bank.count('payment_status');
  const step = await session.act('check_again');
  assert.deepEqual([step.kind, step.result?.secondary_status], ['PENDING', 'PENDING_WITH_BANK']);
  await eventually(asked, (at) => at > before, 'the bank was not asked again');
  assert.equal(await questions(), 1);
  await session.act('check_again');
  assert.equal(await questions(), 1, 'so soon after the last answer nobody asks');

  await shop.advance('1h');
  await eventually(async () => (await session.look()).kind, (kind) => kind === 'ACCEPTED', 'no news came');
  await shop.event(intent, 'payment.updated');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('whoever opens too much is told how long to wait', async () => {
  const gateway = await startGateway();
  try {
    const body = {app_token: gateway.info.app_token, method: 'PAY', payment_intent_id: '01a1fe52-0000-7000-8000-000000000000'};
    const answers = await Promise.all(Array.from({length: 600}, async () => api(gateway.url)('POST', '/link/v1/sessions', {body})));
    const refused = answers.filter(({status}) => status === 429);
    assert.ok(answers.length - refused.length >= 200, `${refused.length} were refused`);
    assert.ok(refused.length > 0);
    assert.deepEqual([refused[0]!.body.status, refused[0]!.headers.get('retry-after')], ['RATE_LIMIT_EXCEEDED', '1']);
  } finally {
    await gateway.dispose();
  }
});

test('payers are told who runs the gateway, and no script hides in a link', async () => {
  const flags = ['--operator-name', 'Gulf Pay', '--privacy-url', 'https://pay.example/privacy'];
  const gateway = await startGateway({flags, env: {QANTARA_TERMS_URL: 'https://pay.example/terms'}});
  try {
    const call = api(gateway.url, gateway.info.app_token);
    const {customer_id} = (await call('POST', '/customers/v1', {body: {app_user_id: 'u'}})).body;
    const {id} = (await call('POST', '/payments/v1/destinations', {
      body: {display_name: 'Acme Corp.', name: 'Acme Corp.', bank_identifier: 'ENBD_UAE', address: 'Acme Towers', city: 'Dubai', country: 'ARE',
        account_number: '1008223921001', iban: 'AE260260001008223921001'},
    })).body;
    const {step} = (await api(gateway.url)('POST', '/link/v1/sessions', {
      body: {app_token: gateway.info.app_token, method: 'CREATE_PAYMENT_SOURCE', customer_id, payment_destination_id: id},
    })).body;
    assert.deepEqual(step.operator, {
      name: 'Gulf Pay', terms_url: 'https://pay.example/terms', privacy_url: 'https://pay.example/privacy',
    });
    assert.equal(step.sandbox, true);
    assert.ok(step.expires_in_ms > 1_700_000 && step.expires_in_ms <= 1_800_000);
  } finally {
    await gateway.dispose();
  }
  for (const wrong of [['--terms-url', 'javascript:alert(1)'], ['--privacy-url', 'pay.example'], ['--operator-name', ' ']]) {
    const {code, err} = await run(['serve', ...wrong]);
    assert.equal(code, 2, err);
  }
});

test('an opening that cannot be met says which member is wrong', async () => {
  const destination = await shop.destination();
  const customer = await shop.customer();
  const intent = await shop.intent(customer, destination);
  const unknown = '0192f0c1-0000-7000-8000-000000000002';
  const cases: [wanted: Record<string, unknown>, status: number, code: string, field?: string][] = [
    [{method: 'CREATE_BENEFICIARY', payment_destination_id: destination.id}, 400, 'MISSING_PARAMETERS', 'customer_id'],
    [{method: 'CREATE_BENEFICIARY', customer_id: customer, payment_destination_id: destination.id}, 404, 'UNKNOWN_PAYMENT_SOURCE'],
    [{method: 'CREATE_BENEFICIARY', customer_id: customer, payment_destination_id: destination.id, payment_source_id: unknown}, 404, 'UNKNOWN_PAYMENT_SOURCE'],
    [{method: 'RECONNECT'}, 400, 'MISSING_PARAMETERS', 'reconnect_id'],
    [{method: 'RECONNECT', reconnect_id: 'x'}, 400, 'INVALID_PARAMETERS', 'reconnect_id'],
    [{method: 'RECONNECT', reconnect_id: unknown}, 404, 'UNKNOWN_PAYMENT_SOURCE'],
    [{method: 'CHECKOUT'}, 400, 'MISSING_PARAMETERS', 'payment_intent_id'],
    [{method: 'PAY', payment_intent_id: intent, allow_payment_source_change: 'false'}, 400, 'INVALID_PARAMETERS', 'allow_payment_source_change'],
    [{method: 'PAY', payment_intent_id: intent, account_id: unknown, allow_payment_source_change: false}, 400, 'INVALID_PARAMETERS', 'account_id'],
    [{method: 'PAY', payment_intent_id: intent, destination_alias: 'x'.repeat(71)}, 400, 'INVALID_PARAMETERS', 'destination_alias'],
    [{method: 'PAY', payment_intent_id: intent, destination_alias: 'a\u0007b'}, 400, 'INVALID_PARAMETERS', 'destination_alias'],
    [{method: 'PAY', payment_intent_id: intent, destination_aliases: 'x'}, 400, 'INVALID_PARAMETERS', 'destination_aliases'],
  ];
  for (const [wanted, status, code, field] of cases) {
    const {body, ...answer} = await post('/link/v1/sessions', {app_token: shop.appToken, ...wanted});
    assert.deepEqual([answer.status, body.status, body.metadata.errors?.[0]?.field], [status, code, field], JSON.stringify(wanted));
  }
  const met = {destination_alias: 'x'.repeat(70), customer_metadata: 'any', risk_details: {a: 1}, destination_avatar: 'https://shop.example/a.png', show_balances: true};
  assert.equal((await post('/link/v1/sessions', {app_token: shop.appToken, method: 'CHECKOUT', payment_intent_id: intent, ...met})).status, 201);
});
