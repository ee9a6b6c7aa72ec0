// A shop: a merchant's side of everything, with a payer at hand. It keeps watch over all webhooks that arrive.
import assert from 'node:assert/strict';
import {setTimeout as wait} from 'node:timers/promises';

import {SandboxBank, type Transfer} from './bank.js';
import {Gateway, startGateway} from './gateway.js';
import {type Answer, api} from './http.js';
import {eventFault} from './openapi.js';
import {LinkSession, type Payer, type Step} from './payer.js';
import {type Event, Receiver} from './receiver.js';

export interface Destination {
  id: string;
  iban: string;
}

/** As `GET /payments/v1/{id}` shows it, in part. */
export interface Payment {
  id: string;
  status: string;
  status_detail: string | null;
  bank_transaction_reference: string | null;
  [member: string]: unknown;
}

export interface Source {
  id: string;
  beneficiaries: {
    id: string;
    payment_destination_id: string;
    status: string;
    beneficiary_cool_off_expiry: string | null;
  }[];
  accounts: {id: string; iban: string; currency: string}[];
}

/** What `explain` prints with `--json`. */
export interface Story {
  kind: string;
  title: string;
  status: string;
  status_detail: string | null;
  why: string;
  next: string;
  entries: {at: string; since_ms: number; source: string; symbol: string; text: string}[];
}

/** A payer in the middle of paying. */
export interface AtStep {
  session: LinkSession;
  intent: string;
  destination: Destination;
}

/** A session to pay that was refused before it began. */
export interface Refusal {
  status: string;
  message: string;
  metadata: Record<string, unknown>;
}

const kPatienceMs = 10_000;
let made = 0;

export class Shop {
  readonly bank: SandboxBank;

  /** `gateway` runs, delivers to `receiver`, and knows the bank at `bankUrl`. */
  constructor(
    readonly gateway: Gateway,
    readonly receiver: Receiver,
    readonly appToken: string,
    bankUrl: string,
  ) {
    this.bank = new SandboxBank(bankUrl);
  }

  /** Gateway and bank in one process. A call to the bank that takes longer than `bankTimeout` has no outcome. */
  static async open(bankTimeout = '300ms'): Promise<Shop> {
    const receiver = await Receiver.listen();
    const gateway = await startGateway({webhookUrl: receiver.url, flags: ['--bank-timeout', bankTimeout]});
    receiver.secret = gateway.info.webhook_secret;
    return new Shop(gateway, receiver, gateway.info.app_token, gateway.bankUrl);
  }

  async close(): Promise<void> {
    await this.gateway.dispose();
    await this.receiver.close();
  }

  /** A request of the merchant's backend, which must succeed. */
  async ok<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    assert.equal(answer.status, 200, `${method} ${path}: ${answer.text}`);
    return answer.body;
  }

  async call<T = any>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return api(this.gateway.url, this.appToken)<T>(method, path, {body});
  }

  async customer(): Promise<string> {
    const {customer_id} = await this.ok('POST', '/customers/v1', {app_user_id: `user-${++made}-${process.pid}`});
    return customer_id;
  }

  /** An account to be paid that no payer of the bank knows yet. */
  async destination(): Promise<Destination> {
    const iban = unusedIban();
    const {id} = await this.ok('POST', '/payments/v1/destinations', {
      display_name: 'Acme Corp.',
      name: 'Acme Corp.',
      bank_identifier: 'ENBD_UAE',
      address: 'Acme Towers',
      city: 'Dubai',
      country: 'ARE',
      account_number: iban.slice(7),
      iban,
    });
    return {id, iban};
  }

  async intent(customer: string, destination: Destination, more: Record<string, unknown> = {}): Promise<string> {
    const {payment_intent_id} = await this.ok('POST', '/payments/v1/intents', {
      customer_id: customer,
      payment_destination_id: destination.id,
      amount: 1000,
      currency: 'AED',
      ...more,
    });
    return payment_intent_id;
  }

  async openConnect(customer: string, destination: Destination): Promise<LinkSession> {
    const wanted = {method: 'CONNECT', customer_id: customer, payment_destination_id: destination.id} as const;
    return LinkSession.open(this.gateway.url, this.appToken, wanted);
  }

  async connect(customer: string, destination: Destination, payer: Payer): Promise<Step> {
    const session = await this.openConnect(customer, destination);
    return session.walk(payer);
  }

  async openPay(intent: string, more: Record<string, unknown> = {}): Promise<LinkSession> {
    return LinkSession.open(this.gateway.url, this.appToken, {method: 'PAY', payment_intent_id: intent, ...more});
  }

  /** Tries to pay, which must be refused at once. */
  async refusedToPay(intent: string): Promise<{status: number; refusal: Refusal}> {
    const body = {app_token: this.appToken, method: 'PAY', payment_intent_id: intent};
    const answer = await api(this.gateway.url)<Refusal>('POST', '/link/v1/sessions', {body});
    assert.ok(answer.status >= 400, `a session opened: ${answer.text}`);
    return {status: answer.status, refusal: answer.body};
  }

  /** A customer with a source that may pay `destination` now; a cool-off is waited for by the clock. */
  async connected(user: string, destination: Destination): Promise<string> {
    const customer = await this.customer();
    const end = await this.connect(customer, destination, {user});
    if (end.kind === 'COOL_OFF') {
      await this.advance('24h');
      const {id} = await this.source(customer);
      await this.event(id, 'payment_source.beneficiary.updated');
    } else {
      assert.equal(end.kind, 'CONNECTED', JSON.stringify(end));
    }
    return customer;
  }

  /** An intent of a connected customer, walked until the step `kind`. */
  async at(kind: string, user: string, more: Record<string, unknown> = {}): Promise<AtStep> {
    const destination = await this.destination();
    const customer = await this.connected(user, destination);
    const intent = await this.intent(customer, destination, more);
    const session = await this.openPay(intent);
    const step = await session.walk({user}, kind);
    assert.equal(step.kind, kind, JSON.stringify(step));
    return {session, intent, destination};
  }

  /** The one payment of an intent, once the payer has started it. */
  async payment(intent: string): Promise<Payment> {
    const {payments} = await this.ok('GET', `/payments/v1/intents/${intent}`);
    assert.equal(payments.length, 1, 'an intent has one payment');
    return this.ok('GET', `/payments/v1/${payments[0].id}`);
  }

  async sources(customer: string): Promise<Source[]> {
    return this.ok('GET', `/customers/v1/${customer}/payment-sources`);
  }

  async explain(id: string): Promise<Story> {
    return this.gateway.json<Story>('explain', id);
  }

  /** The entries of a story in words, "bank ok: …"; without the deliveries, which come between them as they like. */
  async told(id: string): Promise<string[]> {
    const {entries} = await this.explain(id);
    return entries.filter(({source}) => source !== 'webhook').map(({source, symbol, text}) => `${source} ${symbol}: ${text}`);
  }

  /** Moves the clock of gateway and bank. */
  async advance(by: string): Promise<void> {
    await this.gateway.json('clock', 'advance', by);
  }

  /** The one source of a customer. */
  async source(customer: string): Promise<Source> {
    const sources = await this.sources(customer);
    assert.equal(sources.length, 1, JSON.stringify(sources));
    return sources[0]!;
  }

  /** What the bank has booked to this account. */
  async transfersTo({iban}: Destination): Promise<Transfer[]> {
    return (await this.bank.transfers()).filter(({creditorIban}) => creditorIban === iban);
  }

  /** The events of a payment source or an intent, in the order of their first arrival. */
  eventsOf(aggregate: string): Event[] {
    return this.receiver.events.filter((event) => aggregateOf(event) === aggregate);
  }

  /** `payment.created` and `payment.updated` of an intent. */
  paymentEventsOf(intent: string): Event[] {
    return this.eventsOf(intent).filter(({type}) => type.startsWith('payment.'));
  }

  /** Waits until an event of this type about `aggregate` has arrived, and gives it. */
  async event(aggregate: string, type: string): Promise<Event> {
    return this.receiver.event(type, (event) => aggregateOf(event) === aggregate, kPatienceMs);
  }

  /** What a merchant relies on in all that has arrived: signatures, bodies as described, order without gaps, equal repetitions. */
  assertWebhooksHold(): void {
    const {deliveries} = this.receiver;
    assert.deepEqual(deliveries.flatMap(({badSignature}) => badSignature ?? []), []);
    assert.deepEqual(deliveries.flatMap(({event}) => eventFault(event) ?? []), []);
    const sequences = new Map<string, number[]>();
    for (const event of this.receiver.events) {
      const aggregate = aggregateOf(event);
      sequences.set(aggregate, [...(sequences.get(aggregate) ?? []), event.sequence]);
    }
    for (const [aggregate, sequence] of sequences) {
      assert.deepEqual(sequence, sequence.map((_, index) => index + 1), `first sightings of ${aggregate}`);
    }
    const bodies = new Map<string, string>();
    for (const {event, body} of deliveries) {
      assert.equal(bodies.get(event.event_id) ?? body, body, `another body of ${event.event_id}`);
      bodies.set(event.event_id, body);
    }
  }
}

/** Waits until `probe` gives something that `holds`, and gives that. */
export async function eventually<T>(
  probe: () => Promise<T>, holds: (value: T) => boolean, what: string, patienceMs = kPatienceMs,
): Promise<T> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const value = await probe();
    if (holds(value)) return value;
    if (Date.now() > deadline) throw new Error(`${what}; it stands at ${JSON.stringify(value)}`);
    await wait(20);
  }
}

function aggregateOf({payload}: Event): string {
  const {intent_id, payment_intent_id, payment_source_id, id, identifier} = payload;
  return String(intent_id ?? payment_intent_id ?? payment_source_id ?? id ?? identifier);
}

/** A valid IBAN of the United Arab Emirates (ISO 13616): AE, two check digits, bank 033, sixteen digits. */
export function unusedIban(): string {
  const account = `033${String(Date.now()).slice(-10)}${String(++made).padStart(6, '0')}`;
  const check = 98n - (BigInt(`${account}101400`) % 97n);  // A = 10, E = 14, and 00 for the digits looked for.
  return `AE${String(check).padStart(2, '0')}${account}`;
}
