// An application that looks after its own webhook endpoints: the calls of /webhooks/v1, and events to be told of.
import assert from 'node:assert/strict';

import {type Gateway, type GatewayOptions, startGateway} from './gateway.js';
import {type Answer, api} from './http.js';
import {Receiver} from './receiver.js';

export interface Endpoint {
  id: string;
  url: string;
  description: string | null;
  types: string[] | null;
  status: 'ACTIVE' | 'PAUSED' | 'DISABLED';
  disabled_reason: string | null;
  failing_since: string | null;
  created_at: string;
}

export interface ListedDelivery {
  event_id: string;
  type: string;
  status: 'PENDING' | 'DELIVERED' | 'DEAD';
  attempts: number;
  first_attempt_at: string | null;
  next_attempt_at: string | null;
}

export interface Attempt {
  number: number;
  started_at: string;
  status: number | null;
  failure: string | null;
  elapsed_ms: number;
  answer: string | null;
}

const kPatienceMs = 10_000;
let made = 0;

export class Hooks {
  private readonly receivers: Receiver[] = [];
  private customerAndDestination: Promise<{customer: string; destination: string}> | undefined;

  private constructor(readonly gateway: Gateway, readonly appToken: string) {}

  static async open(options: GatewayOptions = {}): Promise<Hooks> {
    const gateway = await startGateway(options);
    try {
      return new Hooks(gateway, gateway.info.app_token ?? (await Hooks.makeApplication(gateway)));
    } catch (error) {
      await gateway.dispose();
      throw error;
    }
  }

  /** Another application of the same gateway. Only the first one's `close` ends the gateway. */
  async stranger(): Promise<Hooks> {
    return new Hooks(this.gateway, await Hooks.makeApplication(this.gateway));
  }

  async close(): Promise<void> {
    await this.gateway.dispose();
    await Promise.all(this.receivers.map((receiver) => receiver.close()));
  }

  async call<T = any>(method: string, path: string, body?: unknown): Promise<Answer<T>> {
    return api(this.gateway.url, this.appToken)<T>(method, path, {body});
  }

  /** A call that must succeed. Result: the body. */
  async ok<T = any>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, body);
    assert.ok(answer.status < 300, `${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }

  /** A receiver of its own, registered with `settings`. It checks every signature. */
  async listen(settings: {description?: string; types?: string[]} = {}): Promise<{receiver: Receiver; path: string; secret: string}> {
    const receiver = await Receiver.listen();
    this.receivers.push(receiver);
    const {id, secret} = await this.ok('POST', '/webhooks/v1/endpoints', {url: receiver.url, ...settings});
    receiver.secret = secret;
    return {receiver, path: `/webhooks/v1/endpoints/${id}`, secret};
  }

  /** Commits `count` events `payment_intent.created`, each of an aggregate of its own. Result: the intents. */
  async publish(count = 1): Promise<string[]> {
    this.customerAndDestination ??= this.makeCustomerAndDestination();
    const {customer, destination} = await this.customerAndDestination;
    const intents: string[] = [];
    for (let i = 0; i < count; ++i) {
      const wanted = {customer_id: customer, payment_destination_id: destination, amount: 100, currency: 'AED'};
      intents.push((await this.ok('POST', '/payments/v1/intents', wanted)).payment_intent_id);
    }
    return intents;
  }

  /** The deliveries at `path`, as soon as they are as `holds` wants them. Newest first. */
  async deliveries(path: string, holds: (found: ListedDelivery[]) => boolean, query = ''): Promise<ListedDelivery[]> {
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const {data} = await this.ok<{data: ListedDelivery[]}>('GET', `${path}/deliveries${query}`);
      if (holds(data)) return data;
      if (Date.now() > deadline) throw new Error(`the deliveries are ${JSON.stringify(data, null, 1)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  /** The endpoint at `path`, as soon as it has this status. */
  async endpoint(path: string, status: Endpoint['status']): Promise<Endpoint> {
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const endpoint = await this.ok<Endpoint>('GET', path);
      if (endpoint.status === status) return endpoint;
      if (Date.now() > deadline) throw new Error(`the endpoint is ${JSON.stringify(endpoint)}`);
      await new Promise((resolve) => setTimeout(resolve, 20));
    }
  }

  async attempts(path: string, event: string): Promise<Attempt[]> {
    return (await this.ok<{data: Attempt[]}>('GET', `${path}/deliveries/${event}/attempts`)).data;
  }

  async advance(by: string): Promise<void> {
    const {code, err} = await this.gateway.cli('clock', 'advance', by);
    assert.equal(code, 0, err);
  }

  private static async makeApplication(gateway: Gateway): Promise<string> {
    return (await gateway.json<{app_token: string}>('app', 'create', '--name', `Shop ${++made}`)).app_token;
  }

  private async makeCustomerAndDestination(): Promise<{customer: string; destination: string}> {
    const {customer_id: customer} = await this.ok('POST', '/customers/v1', {app_user_id: `user-${++made}`});
    const account = {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'};
    const {id: destination} = await this.ok('POST', '/payments/v1/destinations', account);
    return {customer, destination};
  }
}

/** Deliveries by their status, newest first: "DELIVERED PENDING". */
export function statusesOf(deliveries: ListedDelivery[]): string {
  return deliveries.map(({status}) => status).join(' ');
}
