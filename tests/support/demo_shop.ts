// The demo shop as its page sees it, and as somebody who forges its webhooks does.
import {createHmac} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {join} from 'node:path';

import type {Gateway} from './gateway.js';
import {type Answer, api} from './http.js';
import {LinkSession, type Payer, type Step} from './payer.js';
import {eventually} from './shop.js';

export interface JournalEntry {
  seq: number;
  kind: 'CALL' | 'WEBHOOK';
  title: string;
  http_status: number;
  verdict: string;
  note: string;
  sequence: number | null;
  event_id: string;
  received: string;
}

/** What `GET /api/state` answers, in part. */
export interface ShopState {
  customer_number: number;
  customer_id: string | null;
  balance: string;
  sources: {id: string; bank_name: string; bank_arabic_name: string; status: string; account_ending: string; cool_off_until: string | null}[];
  top_ups: {number: number; reference: string; intent_id: string; amount: string; status: string; reason: string}[];
  journal: JournalEntry[];
  journal_end: number;
  clock: {now: string; offset_seconds: number} | null;
}

export class DemoShop {
  constructor(readonly gateway: Gateway) {}

  /** A new one after each start of the gateway: the address may be another. */
  get url(): string {
    return this.gateway.info.shop_url!;
  }

  async call<T = any>(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Answer<T>> {
    return api(this.url)<T>(method, path, {body, headers});
  }

  async state(): Promise<ShopState> {
    return (await this.call<ShopState>('GET', '/api/state')).body;
  }

  /** The state, as soon as it `holds`. */
  async until(holds: (state: ShopState) => boolean, what: string): Promise<ShopState> {
    let last: ShopState | undefined;
    const probe = async () => holds((last = await this.state()));
    await eventually(probe, (isSo) => isSo, what).catch((error: Error) => {
      const {balance, sources, top_ups, journal} = last!;
      const lines = journal.map(({title, http_status, verdict, sequence}) => [title, http_status, verdict, sequence].join(' '));
      throw new Error(`${error.message}\n${JSON.stringify({balance, sources, top_ups}, null, 2)}\n${lines.join('\n')}`);
    });
    return last!;
  }

  /** A bank connected by the hosted flow's interface, and known to the shop by its webhooks. */
  async connect(payer: Payer): Promise<Step> {
    const {status, body} = await this.call('POST', '/api/connect', {});
    if (status !== 200) throw new Error(`connect: ${status} ${JSON.stringify(body)}`);
    const known = (await this.state()).sources.length;
    const session = await LinkSession.open(this.gateway.url, this.gateway.info.app_token, {method: 'CONNECT', ...body});
    const end = await session.walk(payer);
    await this.until(({sources}) => sources.length > known && sources.at(-1)?.account_ending !== '', 'no bank was connected');
    return end;
  }

  async orderTopUp(amount: string): Promise<string> {
    const answer = await this.call('POST', '/api/top-ups', {amount});
    if (answer.status !== 201) throw new Error(`top-up: ${answer.status} ${answer.text}`);
    return answer.body.intent_id;
  }

  async openPay(intent: string): Promise<LinkSession> {
    return LinkSession.open(this.gateway.url, this.gateway.info.app_token, {method: 'PAY', payment_intent_id: intent});
  }

  /** What the gateway and the shop share, as the data folder keeps it. */
  get webhookSecret(): string {
    return JSON.parse(readFileSync(join(this.gateway.dataFolder, 'dev.json'), 'utf8')).shop.secret;
  }

  /** Posts `body` to the shop's endpoint, signed with `secret` at `at`. */
  async deliver(body: string, secret: string, at = Date.now()): Promise<Answer> {
    const id = String(JSON.parse(body).event_id);
    const timestamp = String(Math.floor(at / 1000));
    const key = Buffer.from(secret.replace(/^whsec_/, ''), 'base64');
    const signature = createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64');
    return this.call('POST', '/webhooks', body, {
      'webhook-id': id,
      'webhook-timestamp': timestamp,
      'webhook-signature': `v1,${signature}`,
    });
  }
}
