// Several gateways on one PostgreSQL, with one sandbox bank, one application and one receiver, and what is needed to press
// them and to see afterwards whether all they said was true.
import assert from 'node:assert/strict';
import {copyFileSync} from 'node:fs';
import {join} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';

import {Gateway, startGateway} from './gateway.js';
import {type Answer, api, type Call} from './http.js';
import {LinkSession, type Step} from './payer.js';
import {Postgres, type PostgresOptions} from './postgres.js';
import {type Event, Receiver} from './receiver.js';
import {type Destination, eventually, Shop} from './shop.js';

export interface FleetOptions extends PostgresOptions {
  gateways?: number;
  /** Where the gateways find the database, when not where it is: behind a proxy. */
  through?: (postgres: Postgres, database: string) => Promise<string>;
  flags?: string[];
}

export class Fleet {
  private constructor(
    readonly postgres: Postgres,
    readonly database: string,
    readonly bank: Gateway,
    readonly nodes: Gateway[],
    /** The first gateway's, for what it has to say of payments and webhooks. */
    readonly shop: Shop,
  ) {}

  static async start({gateways = 3, through, flags = [], ...options}: FleetOptions = {}): Promise<Fleet> {
    const postgres = await Postgres.start(options);
    const nodes: Gateway[] = [];
    const receiver = await Receiver.listen();
    let bank: Gateway | undefined;
    try {
      const database = await postgres.createDatabase();
      const url = (await through?.(postgres, database)) ?? postgres.url(database);
      bank = await startGateway({verb: 'sandbox-bank'});
      const all = [
        '--database', url, '--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '2s', ...flags,
      ];
      for (let i = 0; i < gateways; ++i) {
        const node = new Gateway({verb: 'serve', flags: all});
        nodes.push(node);
        // What one gateway has sealed another one opens.
        if (i > 0) copyFileSync(join(nodes[0]!.dataFolder, 'key'), join(node.dataFolder, 'key'));
        await node.start();
      }
      const app = await nodes[0]!.json<{app_token: string; webhook_secret: string}>(
        'app', 'create', '--name', 'Marsa Wallet', '--mode', 'sandbox', '--webhook-url', receiver.url,
      );
      receiver.secret = app.webhook_secret;
      const shop = new Shop(nodes[0]!, receiver, app.app_token, bank.bankUrl);
      return new Fleet(postgres, database, bank, nodes, shop);
    } catch (error) {
      for (const node of nodes) await node.dispose();
      await bank?.dispose();
      await receiver.close();
      await postgres.dispose();
      throw error;
    }
  }

  async close(): Promise<void> {
    for (const node of this.nodes) await node.dispose();
    await this.bank.dispose();
    await this.shop.receiver.close();
    await this.postgres.dispose();
  }

  /** Any of those that run. */
  get anyUrl(): string {
    const running = this.nodes.filter(({isRunning}) => isRunning);
    if (running.length === 0) throw new Error('no gateway runs');
    return running[Math.floor(Math.random() * running.length)]!.url;
  }
}

/** What was asked for under an Idempotency-Key, and the answer that acknowledged it. */
export interface Promised {
  key: string;
  path: string;
  body: Record<string, unknown>;
  answer: string;
}

/** How long a client goes on trying: far longer than anything is away. */
const kPersistenceMs = 60_000;
/** And a payer, whose call to the bank may have to be given up first: a lease lasts two minutes. */
const kPayersPersistenceMs = 240_000;
/** Between one customer and the next: the trouble is to be large, not the load. */
const kThinkMs = 100;
/** Before the next try. */
const kPauseMs = 25;

export interface Refusal {
  at: number;
  /** 0 where there was no answer. */
  status: number;
  /** Of the socket: "ECONNREFUSED". */
  code: string;
  tookMs: number;
}

/** A merchant's backend that presses any number of gateways, tries again what failed, and notes what was promised. */
export class Press {
  readonly promised: Promised[] = [];
  /** Intents that a payer has seen through to the end, with how that ended. */
  readonly ended = new Map<string, string>();
  /** Answers of 5xx and broken connections, for what is measured of them. */
  readonly refusals: Refusal[] = [];
  /** Instants at which writes were acknowledged. */
  readonly acknowledged: number[] = [];
  /** Events in the order in which the follower has met them, while everything was going on. */
  readonly followed: Event[] = [];

  private working: Promise<PromiseSettledResult<void>[]> = Promise.resolve([]);
  private stopped = false;
  private made = 0;
  private lastCode = '';

  constructor(private readonly fleet: Fleet) {}

  /** Starts so many clients of each kind, and one who follows the events; they go on until `stop`. */
  async start({creators = 6, payers = 2}: {creators?: number; payers?: number} = {}): Promise<void> {
    const destination = await this.fleet.shop.destination();
    const working = [
      ...Array.from({length: creators}, () => this.repeat(() => this.create())),
      ...Array.from({length: payers}, () => this.keepPaying(destination)),
      this.repeat(() => this.followOnce()),
    ];
    this.working = Promise.allSettled(working);
  }

  /** Lets everyone finish what they are at. Fails if one of them has met what must not be. */
  async stop(): Promise<void> {
    this.stopped = true;
    for (const result of await this.working) if (result.status === 'rejected') throw result.reason;
  }

  /** One request, tried at any gateway until somebody answers it as it stands. */
  async ask<T = any>(method: string, path: string, call: Call = {}): Promise<Answer<T>> {
    const deadline = Date.now() + kPersistenceMs;
    for (;;) {
      const begun = Date.now();
      const answer = await this.once<T>(method, path, call);
      const isInWork = answer?.status === 409 && answer.headers.has('retry-after');
      if (answer && answer.status < 500 && answer.status !== 429 && !isInWork) return answer;
      if (!isInWork) this.refusals.push({at: begun, status: answer?.status ?? 0, code: this.lastCode, tookMs: Date.now() - begun});
      if (Date.now() > deadline) throw new Error(`${method} ${path} had no answer for ${kPersistenceMs} ms; the last: ${answer?.status} ${answer?.text}`);
      await wait(kPauseMs);
    }
  }

  /** A POST that must be taken, and is written down. */
  async promise(path: string, body: Record<string, unknown>): Promise<Record<string, string>> {
    const key = `key-${process.pid}-${++this.made}`;
    const answer = await this.ask('POST', path, {body, headers: {'idempotency-key': key}});
    assert.equal(answer.status, 200, `${path}: ${answer.text}`);
    this.acknowledged.push(Date.now());
    this.promised.push({key, path, body, answer: answer.text});
    return answer.body;
  }

  /**
   * Looks at everything that was said while the press was on, now that all gateways run:
   * what was acknowledged is there, once, and is answered the same when it is asked again; the bank has executed each payment
   * once; the receiver has had every event, first sightings in order; who followed the cursor has missed none.
   */
  async settle(): Promise<{events: number; payments: number}> {
    const {shop} = this.fleet;
    const call = api(this.fleet.anyUrl, shop.appToken);
    // What a bank has not answered is found out by asking it again, at the times that the clock is moved to.
    for (const by of ['2s', '5s', '15s', '1m', '5m', '15m', '1h']) {
      await this.fleet.nodes[0]!.json('clock', 'advance', by);
      await wait(100);
    }
    await inParallel(this.promised, async ({key, path, body, answer}) => {
      const again = await call('POST', path, {body, headers: {'idempotency-key': key}});
      assert.equal(again.text, answer, `${path} with ${key} is answered otherwise`);
      assert.equal(again.headers.get('idempotency-replayed'), 'true', `${path} with ${key} was done again`);
      const {customer_id, payment_intent_id} = again.body;
      const shown = payment_intent_id === undefined ? `/customers/v1/${customer_id}` : `/payments/v1/intents/${payment_intent_id}`;
      assert.equal((await call('GET', shown)).status, 200, `${shown} is lost`);
    });
    const customers = this.promised.filter(({path}) => path === '/customers/v1').length;
    const intents = this.promised.filter(({path}) => path === '/payments/v1/intents').length;
    assert.equal(await this.count('customers'), customers, 'customers');
    assert.equal(await this.count('payment_intents'), intents, 'intents');
    await this.assertPaidOnce(call);
    const events = await this.assertFollowed();
    await this.assertTold(events);
    return {events: events.length, payments: this.ended.size};
  }

  private async count(table: string): Promise<number> {
    return Number((await this.fleet.postgres.query(`SELECT count(*) FROM ${table}`, this.fleet.database))[0]![0]);
  }

  private async assertPaidOnce(call: ReturnType<typeof api>): Promise<void> {
    const transfers = new Map<string, number>();
    for (const {reference} of await this.fleet.shop.bank.transfers()) transfers.set(reference, (transfers.get(reference) ?? 0) + 1);
    for (const [reference, times] of transfers) assert.equal(times, 1, `the bank has executed ${reference} ${times} times`);
    await inParallel([...this.ended.keys()], async (intent) => {
      const {payments, description} = (await call('GET', `/payments/v1/intents/${intent}`)).body;
      assert.equal(payments.length, 1, `intent ${intent}`);
      const isPaid = payments[0].status === 'ACCEPTED_BY_BANK';
      assert.equal(transfers.has(description), isPaid, `${intent} is ${payments[0].status}, and the bank ${isPaid ? 'has not' : 'has'} executed it`);
    });
  }

  /** Result: all events, as the cursor gives them from the beginning. */
  private async assertFollowed(): Promise<Event[]> {
    while (await this.followOnce()) { /* to the end */ }
    const all: Event[] = [];
    for (let cursor: string | null = '', more = true; more;) {
      const piece: Piece = (await this.ask<Piece>('GET', `/events/v1?size=100&after=${cursor}`)).body;
      all.push(...piece.data);
      cursor = piece.cursor;
      more = piece.has_more;
    }
    const ids = (events: Event[]) => events.map(({event_id}) => event_id);
    assert.equal(new Set(ids(this.followed)).size, this.followed.length, 'the follower met an event twice');
    assert.deepEqual(ids(this.followed), ids(all), 'the follower has met other events than there are');
    return all;
  }

  private async assertTold(events: Event[]): Promise<void> {
    const {receiver} = this.fleet.shop;
    const missing = async () => {
      const come = new Set(receiver.events.map(({event_id}) => event_id));
      return events.filter(({event_id}) => !come.has(event_id)).length;
    };
    await eventually(missing, (count) => count === 0, 'events were not delivered', kPersistenceMs);
    this.fleet.shop.assertWebhooksHold();
  }

  private async repeat(act: () => Promise<unknown>): Promise<void> {
    while (!this.stopped) await act();
  }

  private async once<T>(method: string, path: string, call: Call): Promise<Answer<T> | undefined> {
    try {
      return await api(this.fleet.anyUrl, this.fleet.shop.appToken)<T>(method, path, call);
    } catch (error) {
      if (error instanceof assert.AssertionError) throw error;
      this.lastCode = String((error as {cause?: {code?: string}}).cause?.code);
      return undefined;
    }
  }

  private async create(): Promise<void> {
    const {customer_id} = await this.promise('/customers/v1', {app_user_id: `user-${process.pid}-${++this.made}`});
    for (let i = 0; i < 4 && !this.stopped; ++i) await this.promise('/payments/v1/intents', {customer_id, amount: 10, currency: 'AED'});
    await wait(kThinkMs);
  }

  private async keepPaying(destination: Destination): Promise<void> {
    const {customer_id} = await this.promise('/customers/v1', {app_user_id: `payer-${process.pid}-${++this.made}`});
    const wanted = {method: 'CONNECT', customer_id, payment_destination_id: destination.id} as const;
    await this.walk(wanted);
    await this.repeat(async () => {
      const {payment_intent_id} = await this.promise('/payments/v1/intents', {
        customer_id: customer_id!, payment_destination_id: destination.id, amount: 10, currency: 'AED', description: `P ${process.pid} ${++this.made}`,
      });
      const end = await this.walk({method: 'PAY', payment_intent_id: payment_intent_id!});
      this.ended.set(payment_intent_id!, end.kind);
    });
  }

  /** A payer who asks again, in the same window or in a new one, until it is over. */
  private async walk(wanted: Parameters<typeof LinkSession.open>[2]): Promise<Step> {
    const deadline = Date.now() + kPayersPersistenceMs;
    let session: LinkSession | undefined;
    for (;;) {
      try {
        session = session?.at(this.fleet.anyUrl) ?? (await LinkSession.open(this.fleet.anyUrl, this.fleet.shop.appToken, wanted));
        await session.look();
        const again = {user: 'payer-plain', at: (step: Step) => (step.actions.includes('try_again') ? {action: 'try_again'} : undefined)};
        return await session.walk(again);
      } catch (error) {
        if (error instanceof assert.AssertionError || Date.now() > deadline) throw error;
        await wait(kPauseMs);
      }
    }
  }

  private cursor = '';
  /** Result: whether there may be more. */
  private async followOnce(): Promise<boolean> {
    const {body} = await this.ask<Piece>('GET', `/events/v1?size=100&after=${this.cursor}`);
    this.followed.push(...body.data);
    this.cursor = body.cursor ?? this.cursor;
    if (!body.has_more) await wait(kPauseMs);
    return body.has_more;
  }
}

async function inParallel<T>(all: T[], act: (one: T) => Promise<void>): Promise<void> {
  let next = 0;
  await Promise.all(Array.from({length: 16}, async () => {
    while (next < all.length) await act(all[next++]!);
  }));
}

interface Piece {
  data: Event[];
  cursor: string | null;
  has_more: boolean;
}
