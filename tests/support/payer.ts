// A payer in the hosted flow: answers each step of a link session as a person would at the page.
import {setTimeout as wait} from 'node:timers/promises';

import {api} from './http.js';

export interface Step {
  number: number;
  kind: string;
  money: 'not_moved' | 'accepted' | 'unknown';
  actions: string[];
  stage?: 'LOGIN' | 'BENEFICIARY' | 'PAYMENT';
  fields?: {name: string; kind: string; options?: {value: string; label: string}[]}[];
  accounts?: {id: string; currency: string; usable: boolean; reason?: string}[];
  ask_again_in_ms?: number;
  result?: {status: string; method: string; message: string | null; secondary_status?: string};
  [member: string]: unknown;
}

/** What a payer does at a step: an action with its fields, or nothing but wait. */
export type Act = {action: string; fields?: Record<string, string>} | 'wait';

export interface Payer {
  user: string;
  password?: string;
  otp?: string;
  bank?: string;
  /** Of a METHOD step: "sms" or "app". */
  method?: string;
  /** Acts otherwise at some steps; nothing for the usual act. */
  at?: (step: Step) => Act | undefined | Promise<Act | undefined>;
}

/** `method` and the ids of `POST /link/v1/sessions`. */
export type Wanted = {method: 'CONNECT' | 'CREATE_PAYMENT_SOURCE' | 'UPDATE_PAYMENT_SOURCE' | 'PAY'} & Record<string, unknown>;

const kPatienceMs = 30_000;
/** Before asking again at a step that changes by itself: less than the step says, since nobody watches. */
const kWaitMs = 50;

export class LinkSession {
  private constructor(
    private readonly call: ReturnType<typeof api>,
    readonly id: string,
    readonly token: string,
    public step: Step,
  ) {}

  static async open(url: string, appToken: string, wanted: Wanted): Promise<LinkSession> {
    const call = api(url);
    const answer = await call('POST', '/link/v1/sessions', {body: {app_token: appToken, permissions: ['payments'], ...wanted}});
    if (answer.status !== 201) throw new Error(`opening the session: ${answer.status} ${answer.text}`);
    return new LinkSession(call, answer.body.session_id, answer.body.session_token, answer.body.step);
  }

  /** The same session at a gateway that was started again. Its step is not known until it is looked at. */
  at(url: string): LinkSession {
    return new LinkSession(api(url), this.id, this.token, this.step);
  }

  async look(): Promise<Step> {
    return this.take(await this.call('GET', `/link/v1/sessions/${this.id}`, {headers: {'link-session-token': this.token}}));
  }

  async act(action: string, fields: Record<string, string> = {}): Promise<Step> {
    const path = `/link/v1/sessions/${this.id}/steps/${this.step.number}`;
    return this.take(await this.call('POST', path, {body: {action, fields}, headers: {'link-session-token': this.token}}));
  }

  async leave(): Promise<Step> {
    return this.take(await this.call('POST', `/link/v1/sessions/${this.id}/leave`, {body: {}, headers: {'link-session-token': this.token}}));
  }

  /** Goes on until the flow has ended, or until it reaches a step of the kind (and stage) `until`. Result: that step. */
  async walk(payer: Payer, until?: string, stage?: Step['stage']): Promise<Step> {
    const deadline = Date.now() + kPatienceMs;
    const isThere = () => this.step.kind === until && (stage === undefined || this.step.stage === stage);
    while (!this.step.result && !isThere()) {
      if (Date.now() > deadline) throw new Error(`the flow stands at ${JSON.stringify(this.step)}`);
      const act = (await payer.at?.(this.step)) ?? usualAct(this.step, payer);
      if (act === 'wait') {
        await wait(kWaitMs);
        await this.look();
      } else {
        await this.act(act.action, act.fields);
      }
    }
    return this.step;
  }

  private take(answer: {status: number; body: {step: Step}; text: string}): Step {
    if (answer.status !== 200) throw new Error(`step ${this.step.number} (${this.step.kind}): ${answer.status} ${answer.text}`);
    this.step = answer.body.step;
    return this.step;
  }
}

function usualAct(step: Step, {user, password = 'sandbox-pass', otp = '1111', bank = 'LEANMB1', method = 'sms'}: Payer): Act {
  switch (step.kind) {
    case 'WELCOME':
    case 'ACCOUNTS':
      return {action: 'continue'};
    case 'BANKS':
      return {action: 'select', fields: {bank_identifier: bank}};
    case 'CREDENTIALS': {
      const answers: Record<string, string> = {username: user, password};
      const asked = (step.fields ?? []).map(({name}) => [name, answers[name] ?? ''] as const);
      return {action: 'submit', fields: Object.fromEntries(asked)};
    }
    case 'CODE':
      return {action: 'submit', fields: {otp}};
    case 'METHOD':
      return {action: 'submit', fields: {method}};
    case 'PAYEE':
      return {action: 'confirm'};
    case 'ACCOUNT': {
      const account = step.accounts?.find(({usable}) => usable);
      if (!account) throw new Error(`no usable account in ${JSON.stringify(step)}`);
      return {action: 'select', fields: {account_id: account.id}};
    }
    case 'REVIEW':
      return {action: 'pay'};
    default:
      return 'wait';
  }
}
