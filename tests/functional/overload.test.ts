// More is asked than can be answered: what comes beyond is refused at once and in order, payments under way go on, and
// afterwards all is as before.
import assert from 'node:assert/strict';
import {readFileSync} from 'node:fs';
import {connect, type Socket} from 'node:net';
import {test} from 'node:test';

import {Gateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {eventually, Shop} from '../support/shop.js';

interface Seen {
  status: number;
  head: string;
  body: string;
}

/** One connection that asks again as soon as it is answered, until it is told to stop. */
class Asker {
  readonly seen: Seen[] = [];
  private readonly socket: Socket;
  private received = Buffer.alloc(0);
  private isStopping = false;

  constructor(url: URL, private readonly request: Buffer, ready: () => void) {
    this.socket = connect(Number(url.port), url.hostname, ready);
    this.socket.on('error', () => undefined).on('data', (piece) => this.take(piece));
  }

  ask(): void {
    this.socket.write(this.request);
  }
  stop(): void {
    this.isStopping = true;
  }
  end(): void {
    this.socket.destroy();
  }

  private take(piece: Buffer): void {
    this.received = Buffer.concat([this.received, piece]);
    const end = this.received.indexOf('\r\n\r\n');
    if (end < 0) return;
    const head = this.received.toString('latin1', 0, end);
    const length = Number(/\r\nContent-Length: (\d+)/.exec(head)?.[1] ?? 0);
    if (this.received.length < end + 4 + length) return;
    const body = this.received.toString('utf8', end + 4, end + 4 + length);
    this.received = this.received.subarray(end + 4 + length);
    this.seen.push({status: Number(head.slice(9, 12)), head, body});
    if (!this.isStopping) this.ask();
  }
}

function requestOf(method: string, path: string, appToken: string, body = ''): Buffer {
  const lines = [`${method} ${path} HTTP/1.1`, 'Host: gateway', `lean-app-token: ${appToken}`];
  if (body !== '') lines.push('Content-Type: application/json', `Content-Length: ${Buffer.byteLength(body)}`);
  return Buffer.from(`${lines.join('\r\n')}\r\n\r\n${body}`);
}

/** `count` connections, all asking at once when the last one stands. */
async function flood(url: string, count: number, request: Buffer): Promise<Asker[]> {
  const askers: Asker[] = [];
  for (let made = 0; made < count;) {
    const batch = Math.min(200, count - made);
    await new Promise<void>((resolve) => {
      let waiting = batch;
      for (let i = 0; i < batch; ++i) askers.push(new Asker(new URL(url), request, () => --waiting === 0 && resolve()));
    });
    made += batch;
  }
  askers.forEach((asker) => asker.ask());
  return askers;
}

const residentBytes = (pid: number) => Number(/VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))![1]) * 1024;

test('in a flood what is too much is refused at once, a payment that has started goes on, and it passes', async (t) => {
  const shop = await Shop.open('10s');
  try {
    const {session} = await shop.at('CODE', 'payer-otp');
    const customer = await shop.customer();
    const destination = await shop.destination();
    const body = JSON.stringify({customer_id: customer, payment_destination_id: destination.id, amount: 1000, currency: 'AED'});
    const {url} = shop.gateway.info;

    const askers = await flood(url, 2000, requestOf('POST', '/payments/v1/intents', shop.appToken, body));
    const lists = await flood(url, 200, requestOf('GET', '/payments/v1/intents', shop.appToken));
    const all = () => [...askers, ...lists].flatMap(({seen}) => seen);
    await eventually(async () => all().filter(({status}) => status === 503).length, (count) => count > 0, 'nothing is refused');

    const health = await fetch(`${url}/healthz`);
    assert.equal(health.status, 200);
    const end = await session.walk({user: 'payer-otp'});
    assert.equal(end.kind, 'ACCEPTED', JSON.stringify(end));
    assert.ok(residentBytes(shop.gateway.pid) < 256 * 1024 * 1024, 'memory is bounded');

    for (const asker of [...askers, ...lists]) asker.stop();
    const seen = all();
    const refused = seen.filter(({status}) => status === 503);
    const answered = seen.filter(({status}) => status === 200);
    t.diagnostic(`${answered.length} answered, ${refused.length} refused, ${residentBytes(shop.gateway.pid) >> 20} MiB resident`);
    assert.equal(answered.length + refused.length, seen.length, 'nothing else is answered');
    for (const {head, body: text} of refused) {
      assert.match(head, /\r\nRetry-After: 1(\r\n|$)/);
      assert.match(head, /\r\nlean-correlation-id: /);
      assert.match(head, /\r\nx-error-origin: gateway/);
      assert.equal(JSON.parse(text).status, 'SERVICE_UNAVAILABLE');
    }

    // One at a time: on a machine that others use as well, several together may be too many with good reason.
    const list = async () => (await shop.call('GET', '/payments/v1/intents')).status;
    await eventually(list, (status) => status === 200, 'lists are answered again');
    await shop.intent(customer, destination);
    for (const asker of [...askers, ...lists]) asker.end();
    assert.equal((await shop.bank.transfers()).length, 1, 'paid once');
  } finally {
    await shop.close();
  }
});

test('an application that asks more often than it may is told to wait; another one is not', async () => {
  const gateway = await new Gateway({verb: 'serve', flags: ['--application-rate', '5']}).start();
  try {
    const create = () => gateway.json<{app_token: string}>('app', 'create', '--name', 'Shop');
    const [eager, calm] = [api(gateway.url, (await create()).app_token), api(gateway.url, (await create()).app_token)];
    const answers = await Promise.all(Array.from({length: 30}, () => eager('GET', '/customers/v1')));
    const refused = answers.filter(({status}) => status === 429);
    assert.ok(refused.length >= 10, `${refused.length} of 30 were refused`);
    for (const {body, headers} of refused) {
      assert.equal(body.status, 'RATE_LIMIT_EXCEEDED');
      assert.match(headers.get('retry-after')!, /^[1-9]$/);
    }
    assert.equal((await calm('GET', '/customers/v1')).status, 200);
    await eventually(() => eager('GET', '/customers/v1'), ({status}) => status === 200, 'it may ask again');
  } finally {
    await gateway.dispose();
  }
});
