// Stands between gateways and their PostgreSQL, understands what passes (its protocol, version 3, without TLS), and cuts
// connections where it is told to: an ordinary COMMIT whose answer is lost cannot be had otherwise.
import {createServer, connect, type AddressInfo, type Server, type Socket} from 'node:net';

import type {Postgres} from './postgres.js';

/**
 * Where a connection is cut: the order to commit does not arrive; it arrives, and who gave it does not hear of that;
 * PostgreSQL has answered it, and the answer is lost.
 */
export type Cut = 'before COMMIT' | 'behind COMMIT' | 'at its answer';

export class PostgresProxy {
  /** How many commits of changes have passed, those that were cut included. */
  commits = 0;
  /** How often it has cut at a commit. */
  cuts = 0;

  private readonly pairs = new Set<Pair>();
  private next: {where: Cut; done: () => void} | undefined;
  private swallowed: RegExp | undefined;
  private away = false;
  private held = false;

  private constructor(
    private readonly server: Server,
    private readonly postgres: Postgres,
  ) {}

  static async before(postgres: Postgres): Promise<PostgresProxy> {
    const server = createServer();
    const proxy = new PostgresProxy(server, postgres);
    server.on('connection', (client) => proxy.take(client));
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return proxy;
  }

  url(database: string): string {
    return `postgresql://postgres@127.0.0.1:${(this.server.address() as AddressInfo).port}/${database}?sslmode=disable&gssencmode=disable`;
  }

  /** The next commit of changes on any connection is cut so. Result: when that has happened. */
  async cutNext(where: Cut): Promise<void> {
    await new Promise<void>((done) => (this.next = {where, done}));
  }

  /** Cuts every connection, and lets none in until `letIn`. */
  shutOut(): void {
    this.away = true;
    this.cutAll();
  }

  letIn(): void {
    this.away = false;
  }

  cutAll(): void {
    this.pairs.forEach((pair) => pair.cut());
  }

  /** Nothing passes any more, in either direction, and nobody is told: a network that swallows everything. */
  hold(): void {
    this.held = true;
    this.pairs.forEach((pair) => pair.hold());
  }

  /** What was held back goes on. */
  release(): void {
    this.held = false;
    this.pairs.forEach((pair) => pair.release());
  }

  /** Whoever asks this hears nothing any more, then or later, on whatever connection; everybody else goes on. */
  swallow(sql: RegExp): void {
    this.swallowed = sql;
  }

  async close(): Promise<void> {
    this.cutAll();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(client: Socket): void {
    if (this.away) {
      client.resetAndDestroy();
      return;
    }
    const pair = new Pair(client, connect(this.postgres.socket), (moment) => this.isCut(moment), (sql) => this.swallowed?.test(sql) === true);
    this.pairs.add(pair);
    client.once('close', () => this.pairs.delete(pair));
    if (this.held) pair.hold();
  }

  private isCut(moment: Cut): boolean {
    if (moment === 'before COMMIT') ++this.commits; // It is asked of every one.
    if (this.next?.where !== moment) return false;
    ++this.cuts;
    this.next.done();
    this.next = undefined;
    return true;
  }
}

/** A transaction without one of these has nothing to lose. */
const kChanges = /\b(insert|update|delete|pg_advisory_xact_lock)\b/i;

/** One connection, with both of its ends. */
class Pair {
  private readonly asked = new Messages('startup');
  private readonly answered = new Messages('typed');
  /** The statements that were prepared, by name. */
  private readonly statements = new Map<string, string>();
  private hasChanges = false;
  /** For each COMMIT and ROLLBACK that is not answered yet, whether it is a commit of changes. */
  private unanswered: boolean[] = [];
  private cutsBehindSync = false;

  constructor(
    private readonly client: Socket,
    private readonly server: Socket,
    private readonly isCut: (moment: Cut) => boolean,
    private readonly isSwallowed: (sql: string) => boolean,
  ) {
    client.setNoDelay();
    client.on('data', (bytes) => this.pass(this.asked.read(bytes), server, (message) => this.judgeQuestion(message)));
    server.on('data', (bytes) => this.pass(this.answered.read(bytes), client, (message) => this.judgeAnswer(message)));
    for (const [one, other] of [[client, server], [server, client]] as const) {
      one.on('error', () => this.cut());
      one.on('end', () => other.end());
      one.on('close', () => other.destroy());
    }
  }

  cut(): void {
    // (Node loses a socket that is reset while its end is under way, and its process never exits then.)
    if (this.client.writableEnded) this.client.destroy();
    else if (!this.client.destroyed) this.client.resetAndDestroy();
    this.server.destroy();
  }

  hold(): void {
    this.client.pause();
    this.server.pause();
  }

  release(): void {
    this.client.resume();
    this.server.resume();
  }

  /** Lets through what comes before the message at which the connection is cut, or this message too. */
  private pass(messages: Iterable<Message>, to: Socket, judge: (message: Message) => Verdict): void {
    for (const message of messages) {
      if (to.destroyed) return;
      const verdict = judge(message);
      if (verdict === 'cut') return this.cut();
      if (verdict === 'swallow') return this.hold();
      if (verdict === 'cut behind') {
        to.write(message.whole, () => this.cut());
        return;
      }
      to.write(message.whole);
    }
  }

  private judgeQuestion(message: Message): Verdict {
    const sql = this.executedBy(message);
    if (sql !== undefined && this.isSwallowed(sql)) return 'swallow';
    if (sql !== undefined && kChanges.test(sql)) this.hasChanges = true;
    if (sql !== undefined && /^\s*(begin|start)\b/i.test(sql)) this.hasChanges = false;
    if (sql !== undefined && /^\s*(commit|rollback)\b/i.test(sql)) {
      const isChange = this.hasChanges && /^\s*commit\b/i.test(sql);
      this.unanswered.push(isChange);
      if (isChange && this.isCut('before COMMIT')) return 'cut';
      this.cutsBehindSync = isChange && this.isCut('behind COMMIT');
    }
    // A simple query is executed at once, anything else at the next Sync at the latest.
    return this.cutsBehindSync && (message.type === 'Q' || message.type === 'S') ? 'cut behind' : 'go on';
  }

  private judgeAnswer({type, body}: Message): Verdict {
    // What comes behind an error is not executed, and has no answer.
    if (type === 'E') this.unanswered = [];
    if (type !== 'C' || !/^(COMMIT|ROLLBACK)\0/.test(body.toString('latin1'))) return 'go on';
    return this.unanswered.shift() === true && this.isCut('at its answer') ? 'cut' : 'go on';
  }

  /** The SQL of a simple query, or of the prepared statement that is bound. */
  private executedBy({type, body}: Message): string | undefined {
    const [first = '', second = ''] = body.toString('latin1').split('\0', 2);
    if (type === 'P') this.statements.set(first, second);
    if (type === 'Q') return first;
    return type === 'B' ? this.statements.get(second) : undefined;
  }
}

type Verdict = 'go on' | 'cut' | 'cut behind' | 'swallow';

interface Message {
  /** Empty for the first one of a connection. */
  type: string;
  body: Buffer;
  whole: Buffer;
}

/** Frontend and backend write the same: a letter, four bytes of length that count themselves, and the body. */
class Messages {
  private rest = Buffer.alloc(0);

  constructor(private next: 'startup' | 'typed') {}

  *read(bytes: Buffer): Generator<Message> {
    this.rest = Buffer.concat([this.rest, bytes]);
    for (;;) {
      const head = this.next === 'startup' ? 0 : 1;
      if (this.rest.length < head + 4) return;
      const end = head + this.rest.readUInt32BE(head);
      if (this.rest.length < end) return;
      const whole = this.rest.subarray(0, end);
      const type = head === 0 ? '' : String.fromCharCode(whole[0]!);
      this.rest = this.rest.subarray(end);
      this.next = 'typed';
      yield {type, body: whole.subarray(head + 4), whole};
    }
  }
}
