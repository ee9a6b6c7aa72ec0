import assert from 'node:assert/strict';
import {afterEach, test} from 'node:test';

import type {OpenSession} from '../shared/protocol.js';
import type {Result, Step} from '../shared/step.js';
import type {Answer, LinkApi, Trace} from './api.js';
import {Session} from './session.js';

const wanted: OpenSession = {app_token: 'a', method: 'PAY', payment_intent_id: 'i', language: 'en'};

function step(number: number, kind: Step['kind'], more: Partial<Step> = {}): Step {
  return {
    number, kind, method: 'PAY', money: 'not_moved', actions: [], merchant: {name: 'Shop'}, operator: {name: 'Us'}, sandbox: true,
    now: '2026-11-21T09:41:02.471298Z', expires_in_ms: 1_800_000, ...more,
  };
}

const at = (...of: Parameters<typeof step>): Answer => ({is: 'step', step: step(...of)});
const lost: Answer = {is: 'lost', reached: false};
const refused = (code: string): Answer => ({is: 'refused', refusal: {code, message: ''}});
const review = at(1, 'REVIEW', {actions: ['pay', 'cancel']});
const code = at(2, 'CODE', {stage: 'PAYMENT', actions: ['submit', 'cancel']});

const scripts: Script[] = [];
afterEach(() => scripts.splice(0).forEach((script) => script.end()));

/** A server that gives these answers in turn, and remembers what it was asked. */
class Script implements LinkApi {
  readonly asked: string[] = [];
  readonly results: Result[] = [];
  readonly trace: Trace = {};
  closes = 0;
  readonly session = new Session(this, wanted, {result: (result) => this.results.push(result), close: () => this.closes++});

  constructor(private readonly answers: Partial<Record<'open' | 'look' | 'act' | 'leave', Answer[]>>) {
    scripts.push(this);
  }

  open = () => this.answer('open');
  look = () => this.answer('look');
  act = (of: Step, action: string) => this.answer('act', `${action} ${of.number}`);
  leave = () => this.answer('leave');

  /** Holds the next answer back until it is let go. */
  hold(): () => void {
    let go = () => {};
    this.gate = new Promise((resolve) => (go = resolve));
    return go;
  }
  private gate: Promise<void> | undefined;

  private async answer(call: 'open' | 'look' | 'act' | 'leave', told: string = call): Promise<Answer> {
    this.asked.push(told);
    const answer = this.answers[call]?.shift();
    if (!answer) throw new Error(`nobody expected ${told}`);
    const gate = this.gate;
    this.gate = undefined;
    await gate;
    return answer;
  }

  async opened(): Promise<this> {
    await this.session.open();
    return this;
  }

  get kind() {
    return this.session.view.step?.kind;
  }

  /** Ends every timer. */
  end(): void {
    this.session.view = {...this.session.view, phase: 'refused'};
    this.session.close();
  }
}

test('a second press while the first is under way sends nothing', async () => {
  const script = await new Script({open: [review], act: [code]}).opened();
  const go = script.hold();
  const first = script.session.act('pay');
  await script.session.act('pay');
  go();
  await first;
  assert.deepEqual(script.asked, ['open', 'pay 1']);
  assert.equal(script.kind, 'CODE');
});

test('an act without an answer is not sent again: the step is asked for', async () => {
  const script = await new Script({open: [review], act: [lost], look: [lost, code]}).opened();
  const notices: unknown[] = [];
  script.session.watch(() => notices.push(script.session.view.notice));
  await script.session.act('pay');
  assert.deepEqual(script.asked, ['open', 'pay 1', 'look', 'look']);
  assert.ok(notices.includes('checking') && !notices.includes('offline'));
  assert.equal(script.kind, 'CODE');
});

test('where the flow has moved on, the page follows', async () => {
  const script = await new Script({open: [review], act: [refused('STEP_OUTDATED')], look: [at(5, 'ACCEPTED', {result: {status: 'SUCCESS', method: 'PAY', message: ''}})]}).opened();
  await script.session.act('pay');
  assert.equal(script.kind, 'ACCEPTED');
  assert.equal(script.session.view.actRefused, false);
});

test('what was turned away for a call in work is sent again, as long as the step stands', async () => {
  const outdated = refused('STEP_OUTDATED');
  const script = await new Script({open: [review], act: [outdated, code], look: [review]}).opened();
  await script.session.act('pay');
  assert.deepEqual(script.asked, ['open', 'pay 1', 'look', 'pay 1']);
  assert.equal(script.kind, 'CODE');

  const moved = await new Script({open: [review], act: [outdated], look: [at(3, 'REVIEW', {actions: ['pay', 'cancel']})]}).opened();
  await moved.session.act('pay');
  assert.deepEqual(moved.asked, ['open', 'pay 1', 'look'], 'another question than the one that was answered');

  const broken = await new Script({open: [code], act: [{is: 'lost', reached: true}], look: [code]}).opened();
  await broken.session.act('submit', {otp: '1'});
  assert.deepEqual(broken.asked, ['open', 'submit 2', 'look'], 'it may have reached the bank, which counts the tries');
  assert.equal(broken.session.view.busy, false);
});

test('who leaves has said nothing more, whatever was to be sent again', async () => {
  const left: Result = {status: 'CANCELLED', method: 'PAY', message: 'm'};
  const script = await new Script({open: [code], act: [refused('STEP_OUTDATED')], look: [code], leave: [at(3, 'END', {result: left})]}).opened();
  const act = script.session.act('submit', {otp: '1'});
  while (!script.asked.includes('look')) await new Promise((resolve) => setImmediate(resolve));
  await script.session.leave();
  await act;
  assert.deepEqual(script.asked, ['open', 'submit 2', 'look', 'leave']);
  assert.deepEqual(script.results.map(({status}) => status), ['CANCELLED']);
});

test('an act that is turned away again and again is no mistake of the payer', async () => {
  const outdated = refused('STEP_OUTDATED');
  const script = await new Script({open: [review], act: [outdated, outdated, outdated], look: [review, review, review]}).opened();
  await script.session.act('pay');
  assert.equal(script.asked.filter((call) => call === 'pay 1').length, 3);
  assert.equal(script.session.view.actRefused, false);
  assert.equal(script.session.view.busy, false);
});

test('what the server does not take is told of, and the step stays', async () => {
  const script = await new Script({open: [code], act: [refused('INVALID_PARAMETERS')], look: [code]}).opened();
  await script.session.act('submit', {otp: '1'});
  assert.equal(script.session.view.actRefused, true);
});

test('an answer from before an act changes nothing after it', async () => {
  const script = await new Script({open: [review], look: [review], act: [code]}).opened();
  const go = script.hold();
  const early = script.session.look();
  await script.session.act('pay');
  go();
  await early;
  assert.equal(script.kind, 'CODE');
});

test('a session that is gone is opened anew', async () => {
  const script = await new Script({open: [review, code], look: [refused('UNKNOWN_LINK_SESSION')]}).opened();
  await script.session.look();
  await new Promise((resolve) => setImmediate(resolve));
  assert.deepEqual(script.asked, ['open', 'look', 'open']);
  assert.equal(script.kind, 'CODE');
});

test('the result is the one of the server, told once and before the close', async () => {
  const result: Result = {status: 'SUCCESS', method: 'PAY', message: 'm', secondary_status: 'PENDING_WITH_BANK'};
  const script = await new Script({open: [code], leave: [at(3, 'UNKNOWN', {money: 'unknown', result})]}).opened();
  script.session.askToLeave();
  assert.equal(script.session.view.asksToLeave, true);
  await script.session.leave();
  script.session.close();
  assert.deepEqual(script.results, [{...result, exit_point: 'PAYMENT_OTP', exit_intent_point: 'PAYMENT_OTP', user_exit_intent: 'USER_CANCELLED_PAYMENT'}]);
  assert.equal(script.closes, 1);
});

test('an ending says where the payer was, and what the server last said', async () => {
  const bank = {identifier: 'LEANMB1', name: 'b', arabic_name: 'b', main_color: '', background_color: '', available: true};
  const result: Result = {status: 'SUCCESS', method: 'PAY', message: 'm', secondary_status: 'ACCEPTED_BY_BANK'};
  const paid = await new Script({open: [at(9, 'ACCEPTED', {bank, result})]}).opened();
  paid.trace.last_api_response = 'OK';
  paid.trace.lean_correlation_id = 'r1';
  paid.session.close();
  assert.deepEqual(paid.results, [{
    ...result, bank: {bank_identifier: 'LEANMB1', is_supported: true}, exit_point: 'SUCCESS', user_exit_intent: 'USER_COMPLETED_PAYMENT',
    last_api_response: 'OK', lean_correlation_id: 'r1',
  }]);

  const left: Result = {status: 'CANCELLED', method: 'CREATE_PAYMENT_SOURCE', message: 'm'};
  const connecting = await new Script({open: [at(2, 'BANKS', {method: 'CONNECT'})], leave: [at(3, 'END', {method: 'CONNECT', result: left})]}).opened();
  connecting.session.askToLeave();
  await connecting.session.leave();
  assert.deepEqual(connecting.results, [{...left, exit_point: 'BANK_LIST', exit_intent_point: 'BANK_LIST'}], 'a connection is no payment');
});

test('leaving without being heard is never told as cancelled', async () => {
  for (const [shown, status] of [[review, 'ERROR'], [at(3, 'APPROVAL', {money: 'unknown'}), 'SUCCESS'], [at(3, 'WORKING', {order_sent: true}), 'SUCCESS']] as const) {
    const script = await new Script({open: [shown], leave: [lost]}).opened();
    await script.session.leave();
    assert.deepEqual(script.results.map((result) => result.status), [status]);
  }
});

test('a window that has been overtaken closes without ending anything', async () => {
  const script = await new Script({open: [at(1, 'REVIEW', {elsewhere: true})]}).opened();
  script.session.askToLeave();
  assert.deepEqual(script.asked, ['open']);
  assert.equal(script.results[0]?.status, 'ERROR');
  assert.equal(script.closes, 1);
});

test('a session that is refused after an order may have left is not told as failed', async () => {
  const script = await new Script({open: [at(3, 'WORKING', {order_sent: true}), refused('UNAUTHORIZED')], look: [refused('UNKNOWN_LINK_SESSION')]}).opened();
  await script.session.look();
  await new Promise((resolve) => setImmediate(resolve));
  assert.equal(script.session.view.phase, 'refused');
  script.session.close();
  assert.equal(script.results[0]?.secondary_status, 'PENDING_WITH_BANK');
});

test('a refusal ends with its words', async () => {
  const script = await new Script({open: [refused('UNKNOWN_PAYMENT_INTENT')]}).opened();
  assert.equal(script.session.view.phase, 'refused');
  script.session.close();
  assert.match(script.results[0]!.message, /^UNKNOWN_PAYMENT_INTENT/);
});

test('details that change under the payer\'s eyes are told of', async () => {
  const amount = (text: string) => at(Number(text), 'REVIEW', {amount: {amount: text, currency: 'AED'}});
  const script = await new Script({open: [amount('1')], look: [amount('2')]}).opened();
  await script.session.look();
  assert.equal(script.session.view.changed, true);
});

test('news of a pending payment are those since the press', async () => {
  const pending = (asked_at: string) => at(3, 'PENDING', {actions: ['check_again'], asked_at, result: {status: 'SUCCESS', method: 'PAY', message: ''}});
  const script = await new Script({open: [pending('09:00')], act: [pending('09:00')], look: [pending('09:01')]}).opened();
  await script.session.askForNews();
  assert.ok('pressedAt' in script.session.view.news!);
  await script.session.look();
  assert.deepEqual(script.session.view.news, {noneSince: '09:01'});
});
