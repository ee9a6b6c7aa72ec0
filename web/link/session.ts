// One payer's way through the flow, without its pictures: what was asked of the server, what it answered, what to draw.
import type {Ending, OpenSession} from '../shared/protocol.js';
import {screenOf} from '../shared/screens.js';
import type {Action, Result, Step} from '../shared/step.js';
import type {Answer, LinkApi, Refusal} from './api.js';

/** The connection, in words that are true: `offline` before a press, `checking` after one. */
export type Notice = 'offline' | 'checking';

export interface View {
  phase: 'opening' | 'step' | 'refused' | 'out_of_order';
  step?: Step;
  /** Grows with each screen: what was typed belongs to one. */
  screen: number;
  /** The same question as on the screen before: the answer was not right. */
  repeated: boolean;
  /** Something was sent and not answered yet. */
  busy: boolean;
  /** Whether what is being sent may be the payer's word to pay. */
  paying: boolean;
  notice?: Notice | undefined;
  /** Why nothing was opened. */
  refusal?: Refusal;
  /** The server refused what was typed, without another step. */
  actRefused: boolean;
  /** A review that differs from the one that was drawn before it. */
  changed: boolean;
  asksToLeave: boolean;
  asksToStay: boolean;
  closed: boolean;
  /** The payer asked for news of a payment under way: waiting for them, or there are none since. */
  news?: {pressedAt: number; before: string | undefined} | {noneSince: string};
}

export interface Told {
  result(ending: Ending): void;
  close(): void;
}

const kWarnBeforeMs = 60_000;
const kRetryMs = [500, 1000, 2000, 4000, 5000];
/** What was turned away before it had any effect is sent so often. */
const kActTries = 3;
/** A server that answers with nothing but errors is out of order after so many tries. */
const kOpenTries = 3;
/** Asking is slowed down for a step that has stood for so long. */
const kSlowAfterMs = 30_000;
const kSlowMs = 5000;
/** A step that only the payer changes may be changed in another window. */
const kHeartbeatMs = 10_000;
/** A bank that was not asked within it, though the payer wished so, will be later. */
const kNewsPatienceMs = 12_000;

export class Session {
  view: View = {
    phase: 'opening', screen: 0, repeated: false, busy: false, paying: false, actRefused: false, changed: false,
    asksToLeave: false, asksToStay: false, closed: false,
  };
  /** Kept between two tries to sign in, and given up with the screen. */
  username = '';
  private readonly watchers = new Set<() => void>();
  private asking: ReturnType<typeof setTimeout> | undefined;
  private warning: ReturnType<typeof setTimeout> | undefined;
  private drawnAt = 0;
  private warnAt = Infinity;
  /** Answers to questions asked before an act are older than the act's. */
  private round = 0;
  /** The screen on which the payer last wanted to go. */
  private leftFrom: string | undefined;

  constructor(
    private readonly api: LinkApi,
    readonly wanted: OpenSession,
    private readonly told: Told,
  ) {}

  watch(watcher: () => void): () => void {
    this.watchers.add(watcher);
    return () => this.watchers.delete(watcher);
  }

  /** Whether closing loses nothing: the end, nothing begun, or a flow that goes on in another window. */
  get over(): boolean {
    const {phase, step} = this.view;
    return phase !== 'step' || step?.result !== undefined || step?.elsewhere === true;
  }

  /** The name of what is on the screen. */
  get screen(): string {
    const {phase, step} = this.view;
    if (phase !== 'step' || !step) return phase === 'opening' ? 'START' : 'ERROR';
    return this.view.busy ? 'PROCESSING' : screenOf(step);
  }

  /** Opens the session, and again: after the time-out, in this window instead of another, after an end. */
  async open(): Promise<void> {
    if (this.view.busy) return;
    const first = this.view.step === undefined;
    this.change({busy: true, asksToStay: false, ...(first && {phase: 'opening'})});
    const answer = await this.insist(() => this.api.open(), first ? undefined : 'checking');
    this.change({busy: false, notice: undefined});
    if (answer.is === 'step') {
      this.take(answer.step, answer.refusal);
    } else if (answer.is === 'refused') {
      this.change({phase: 'refused', refusal: answer.refusal});
    } else {
      this.change({phase: 'out_of_order', ...(answer.refusal && {refusal: answer.refusal})});
    }
  }

  /** Sends what the payer did. A second press while the first is under way does nothing. */
  async act(action: Action, fields: Record<string, string> = {}): Promise<void> {
    const {step, busy, closed} = this.view;
    if (!step || busy || closed) return;
    const round = ++this.round;
    clearTimeout(this.asking);
    const paying = action === 'pay' || (step.stage === 'PAYMENT' && action === 'submit') || step.money === 'unknown';
    this.change({busy: true, paying, actRefused: false, changed: false});
    let answer: Answer;
    let refused: boolean;
    for (let tries = 1; ; tries++) {
      const said = await this.api.act(step, action, fields);
      // No answer, or not to this step any more: what has happened is the server's to say.
      const turnedAway = said.is === 'refused' && said.refusal.code === 'STEP_OUTDATED';
      refused = said.is === 'refused' && !turnedAway;
      answer = said.is === 'step' ? said : await this.insist(() => this.api.look(), said.is === 'lost' ? 'checking' : undefined);
      // Turned away, as a call to the bank was in work, and the step still stands: the payer's word does too. What may have reached
      // the bank is not sent again: it counts the tries.
      if (!turnedAway || tries === kActTries || !stands(step, answer)) break;
      await this.pause(kRetryMs[tries - 1]!);
      if (round !== this.round) return;
    }
    if (round !== this.round) return;  // The payer has left meanwhile.
    this.change({busy: false, paying: false});
    this.settle(answer);
    if (refused && this.view.step?.number === step.number) this.change({actRefused: true});
  }

  /** Asks for the step as it stands. */
  async look(): Promise<void> {
    if (this.view.busy || this.view.closed || this.view.phase !== 'step') return;
    clearTimeout(this.asking);
    const round = ++this.round;
    const answer = await this.api.look();
    if (round !== this.round || this.view.busy) return;
    if (answer.is === 'lost') {
      this.change({notice: answer.reached ? 'checking' : 'offline'});
      this.askAgainIn(kSlowMs);
    } else {
      this.settle(answer);
    }
  }

  /** Asks again unless nothing can change any more. */
  async refresh(): Promise<void> {
    const {step} = this.view;
    if (step && (step.result === undefined || step.ask_again_in_ms !== undefined)) await this.look();
  }

  /** The payer asks whether there is news of a payment that is under way: the bank is asked now, and the step tells when. */
  async askForNews(): Promise<void> {
    const {step} = this.view;
    this.change({news: {pressedAt: Date.now(), before: step?.asked_at}});
    await (step?.actions.includes('check_again') ? this.act('check_again') : this.look());
  }

  /** Close, Escape or Back: asks first, unless there is nothing left to lose. */
  askToLeave(): void {
    if (this.over) return this.close();
    this.leftFrom = this.screen;
    this.change({asksToLeave: true, asksToStay: false});
  }

  stay(): void {
    this.change({asksToLeave: false});
    if (Date.now() >= this.warnAt) void this.open();
  }

  async leave(): Promise<void> {
    const mayBeOut = this.orderMayBeOut;
    const screen = this.screen;
    this.round++;
    clearTimeout(this.asking);
    this.change({busy: true});
    const answer = await this.api.leave();
    const result = answer.is === 'step' ? answer.step.result : undefined;
    this.end(result ?? this.unheard(mayBeOut, 'The connection was lost while the customer left'), screen);
  }

  /** The last button: tells the shop's page how it ended. */
  close(): void {
    const {step, refusal} = this.view;
    this.end(step?.result ?? this.unheard(this.orderMayBeOut, refusal ? `${refusal.code}: ${refusal.message}`
      : step ? 'The customer goes on in another window' : 'The payment page did not open'), this.screen);
  }

  private get orderMayBeOut(): boolean {
    const {step, paying} = this.view;
    return paying || step?.order_sent === true || step?.money === 'unknown';
  }

  // The server did not say how it ended. Never CANCELLED: it is not certain that no order left.
  private unheard(orderMayBeOut: boolean, message: string): Result {
    const method = methodOf(this.wanted);
    return orderMayBeOut
      ? {status: 'SUCCESS', method, message: 'The payment is with the customer\'s bank', secondary_status: 'PENDING_WITH_BANK'}
      : {status: 'ERROR', method, message};
  }

  private end(result: Result, screen: string): void {
    if (this.view.closed) return;
    clearTimeout(this.asking);
    clearTimeout(this.warning);
    this.change({closed: true, asksToLeave: false, asksToStay: false});
    this.told.result({...result, ...this.circumstances(result, screen)});
    this.told.close();
  }

  // Only what applies.
  private circumstances({status}: Result, screen: string): Partial<Ending> {
    const {step} = this.view;
    const {last_api_response, lean_correlation_id} = this.api.trace ?? {};
    const pays = /^(PAY|CHECKOUT)$/.test(step?.method ?? this.wanted.method);
    const over = step?.result !== undefined;
    return {
      exit_point: screen,
      ...(step?.bank && {bank: {bank_identifier: step.bank.identifier, is_supported: step.bank.available}}),
      ...(this.leftFrom && !over && {exit_intent_point: this.leftFrom}),
      ...(pays && !over && this.leftFrom && {user_exit_intent: 'USER_CANCELLED_PAYMENT'}),
      ...(pays && over && status === 'SUCCESS' && {user_exit_intent: 'USER_COMPLETED_PAYMENT'}),
      ...(last_api_response && {last_api_response}),
      ...(lean_correlation_id && {lean_correlation_id}),
    };
  }

  // Asks until there is an answer that counts, and says meanwhile what is so.
  private async insist(ask: () => Promise<Answer>, notice: Notice | undefined): Promise<Answer> {
    if (notice) this.change({notice});
    for (let tries = 1; ; tries++) {
      const answer = await ask();
      if (answer.is !== 'lost' || this.view.closed) return answer;
      if (answer.reached && tries >= kOpenTries && this.view.phase === 'opening') return answer;
      this.change({notice: notice ?? (answer.reached ? undefined : 'offline')});
      await this.pause(kRetryMs[Math.min(tries, kRetryMs.length) - 1]!);
    }
  }

  // Ends early when the device is back on its network.
  private pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      globalThis.addEventListener?.('online', () => {
        clearTimeout(timer);
        resolve();
      }, {once: true});
    });
  }

  private settle(answer: Answer): void {
    if (answer.is === 'step') this.take(answer.step);
    // The session is gone: the same call opens another, at the step where the payer stands.
    else if (answer.is === 'refused') void this.open();
  }

  private take(step: Step, refusal?: Refusal): void {
    const before = this.view.step;
    const another = before === undefined || before.number !== step.number || before.kind !== step.kind ||
      (before.elsewhere ?? false) !== (step.elsewhere ?? false);
    if (another) this.drawnAt = Date.now();
    if (!step.wrong_answer) this.username = '';
    const {notice: _, refusal: __, news, ...rest} = this.view;
    this.view = {
      ...rest,
      ...(refusal && {refusal}),
      ...(!another && news && {news: newsOf(news, step)}),
      phase: 'step',
      step,
      screen: this.view.screen + (another ? 1 : 0),
      repeated: another ? before?.kind === step.kind && before.stage === step.stage : this.view.repeated,
      changed: another ? isOtherReview(before, step) : this.view.changed,
      actRefused: another ? false : this.view.actRefused,
      asksToLeave: this.view.asksToLeave && step.result === undefined,
    };
    if (step.ask_again_in_ms !== undefined) this.askAgainIn(this.paced(step.ask_again_in_ms));
    else if (!step.result) this.askAgainIn(kHeartbeatMs);
    this.watchTime(step);
    this.notify();
  }

  private paced(ms: number): number {
    return Date.now() - this.drawnAt > kSlowAfterMs ? Math.max(ms, kSlowMs) : ms;
  }

  private askAgainIn(ms: number): void {
    clearTimeout(this.asking);
    this.asking = setTimeout(() => void this.look(), ms);
  }

  private watchTime(step: Step): void {
    clearTimeout(this.warning);
    this.warnAt = Infinity;
    if (this.view.asksToStay) this.change({asksToStay: false});
    if (step.result || step.elsewhere || step.expires_in_ms === undefined) return;
    this.warnAt = Date.now() + Math.max(0, step.expires_in_ms - kWarnBeforeMs);
    this.warning = setTimeout(() => this.warn(), this.warnAt - Date.now());
  }

  private warn(): void {
    this.change({asksToStay: true, asksToLeave: false});
    this.warning = setTimeout(() => void this.look(), kWarnBeforeMs + 500);
  }

  private change(change: Partial<View>): void {
    this.view = {...this.view, ...change};
    this.notify();
  }

  private notify(): void {
    this.watchers.forEach((watcher) => watcher());
  }
}

/** Whether nothing has changed for the payer, who may answer it here and now. */
function stands(step: Step, answer: Answer): boolean {
  return answer.is === 'step' && answer.step.number === step.number && answer.step.kind === step.kind && !answer.step.elsewhere;
}

/** What the callback calls the method: a `.connect()` that asked for payments reports as what it makes. */
export function methodOf({method}: OpenSession): string {
  return method === 'CONNECT' ? 'CREATE_PAYMENT_SOURCE' : method;
}

function newsOf(news: NonNullable<View['news']>, step: Step): NonNullable<View['news']> {
  if ('noneSince' in news) return news;
  const asked = step.asked_at !== undefined && step.asked_at !== news.before;
  return asked || Date.now() - news.pressedAt > kNewsPatienceMs ? {noneSince: step.asked_at ?? new Date().toISOString()} : news;
}

function isOtherReview(before: Step | undefined, step: Step): boolean {
  if (before?.kind !== 'REVIEW' || step.kind !== 'REVIEW') return false;
  const shown = ({amount, payee, accounts, reference}: Step) => JSON.stringify({amount, payee, accounts, reference});
  return shown(before) !== shown(step);
}
