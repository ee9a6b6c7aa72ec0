// A merchant's webhook endpoint that does as it is told, and checks both signatures of everything it gets.
import {createHmac, timingSafeEqual} from 'node:crypto';
import {createServer, type IncomingHttpHeaders, type Server, type ServerResponse} from 'node:http';
import type {AddressInfo} from 'node:net';

/** The body of a webhook, as a merchant reads it. */
export interface Event {
  type: string;
  message: string;
  timestamp: string;
  event_id: string;
  sequence: number;
  payload: Record<string, unknown>;
}

/** One HTTP request that arrived. */
export interface Delivery {
  event: Event;
  body: string;
  headers: IncomingHttpHeaders;
  /** Why a signature does not hold; absent if both do. Without a secret nothing is checked. */
  badSignature?: string;
}

/** What to do with a request: answer with a status (and headers), close without an answer, or never answer. */
export type Answer = number | {status: number; headers?: Record<string, string>; body?: string} | 'close' | 'hang';

export class Receiver {
  readonly deliveries: Delivery[] = [];
  /** Answers for the next requests, first come first served; then 200 for everything. */
  readonly script: Answer[] = [];
  /** `webhook_secret` of the application; set it as soon as it is known. */
  secret: string | undefined;

  private readonly hanging = new Set<ServerResponse>();
  private readonly waiting = new Set<() => void>();

  private constructor(private readonly server: Server) {}

  static async listen(): Promise<Receiver> {
    const server = createServer();
    const receiver = new Receiver(server);
    server.on('request', (request, response) => {
      const pieces: Buffer[] = [];
      request.on('data', (piece: Buffer) => pieces.push(piece));
      request.on('end', () => receiver.take(Buffer.concat(pieces).toString('utf8'), request.headers, response));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();  // A test that fails before it closes its receiver still ends.
    return receiver;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}/webhooks`;
  }

  /** The events in the order of their first arrival, each once. */
  get events(): Event[] {
    const seen = new Map(this.deliveries.map(({event}) => [event.event_id, event]));
    return [...seen.values()];
  }

  /**
   * Waits until an event of this type has arrived (that `matches`, if given) and gives it. Also for one that came
   * before. Fails after `patienceMs`, telling what came instead, or at once on a signature that does not hold.
   */
  async event(type: string, matches: (event: Event) => boolean = () => true, patienceMs = 10_000): Promise<Event> {
    const found = () => this.events.find((event) => event.type === type && matches(event));
    await this.until(() => found() !== undefined, patienceMs, `no ${type}`);
    return found() as Event;
  }

  /** Waits until `holds`. */
  async until(holds: () => boolean, patienceMs: number, otherwise: string): Promise<void> {
    const deadline = Date.now() + patienceMs;
    for (;;) {
      const bad = this.deliveries.find(({badSignature}) => badSignature !== undefined);
      if (bad) throw new Error(`${bad.event.type}: ${bad.badSignature}`);
      if (holds()) return;
      if (Date.now() >= deadline) {
        throw new Error(`${otherwise}; what came: ${this.deliveries.map(({event}) => event.type).join(', ') || 'nothing'}`);
      }
      await new Promise<void>((resolve) => {
        const timer = setTimeout(wake, deadline - Date.now());
        const {waiting} = this;
        function wake() {
          clearTimeout(timer);
          waiting.delete(wake);
          resolve();
        }
        waiting.add(wake);
      });
    }
  }

  async close(): Promise<void> {
    this.hanging.forEach((response) => response.destroy());
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  private take(body: string, headers: IncomingHttpHeaders, response: ServerResponse): void {
    const badSignature = this.secret === undefined ? undefined : signatureFault(body, headers, this.secret);
    this.deliveries.push({event: JSON.parse(body) as Event, body, headers, ...(badSignature !== undefined && {badSignature})});
    const answer = this.script.shift() ?? 200;
    if (answer === 'close') response.destroy();
    else if (answer === 'hang') this.hanging.add(response);
    else if (typeof answer === 'number') response.writeHead(answer).end();
    else response.writeHead(answer.status, answer.headers).end(answer.body);
    this.waiting.forEach((wake) => wake());
  }
}

/** What is wrong with the signatures of a delivery, in words; nothing if `lean-signature` and Standard Webhooks hold. */
export function signatureFault(body: string, headers: IncomingHttpHeaders, secret: string): string | undefined {
  const lean = `sha512=${createHmac('sha512', secret).update(body).digest('hex')}`;
  if (!same(headers['lean-signature'], lean)) return `lean-signature is ${headers['lean-signature']}, not ${lean}`;

  const {'webhook-id': id, 'webhook-timestamp': timestamp, 'webhook-signature': signatures} = headers;
  if (typeof id !== 'string' || typeof timestamp !== 'string' || typeof signatures !== 'string') {
    return 'webhook-id, webhook-timestamp or webhook-signature is missing';
  }
  if (id !== (JSON.parse(body) as Event).event_id) return `webhook-id ${id} is not the event's`;
  if (Math.abs(Date.now() / 1000 - Number(timestamp)) > 300) return `webhook-timestamp ${timestamp} is not now`;
  // Standard Webhooks: a secret with the prefix whsec_ holds its key in base64.
  const key = secret.startsWith('whsec_') ? Buffer.from(secret.slice('whsec_'.length), 'base64') : Buffer.from(secret);
  const expected = `v1,${createHmac('sha256', key).update(`${id}.${timestamp}.${body}`).digest('base64')}`;
  if (!signatures.split(' ').some((one) => same(one, expected))) return `webhook-signature is ${signatures}, not ${expected}`;
  return undefined;
}

function same(a: string | string[] | undefined, b: string): boolean {
  return typeof a === 'string' && a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));
}
