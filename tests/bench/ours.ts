// The gateway as an operator runs it (`qantara serve`, every setting as it comes, its log in a file), with one application,
// a destination and a thousand customers.
import {mkdtempSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {binary, output, type Launch, Server} from './processes.js';

const kCustomers = 1000;

export interface Application {
  token: string;
  destination: string;
  /** A file of customers' ids, one a line. */
  customers: string;
}

export class Ours {
  readonly folder = mkdtempSync(join(tmpdir(), 'qantara-bench-'));
  server!: Server;
  application!: Application;

  /** `how`: another program that takes the same flags, further flags, or an environment that changes the machine under it. */
  constructor(private readonly how: {program?: string; flags?: string[]; env?: Record<string, string>} = {}) {
    process.on('exit', () => rmSync(this.folder, {recursive: true, force: true}));
  }

  get data(): string {
    return join(this.folder, 'data');
  }
  get database(): string {
    return join(this.data, 'qantara.db');
  }
  get url(): string {
    return this.server.url;
  }
  get headers(): string[] {
    return [`lean-app-token: ${this.application.token}`];
  }

  async start(): Promise<this> {
    const {program = binary, flags = [], env = {}} = this.how;
    const args = ['serve', '--json', '--listen', '127.0.0.1:0', '--data', this.data, '--allow-webhook-network', '127.0.0.0/8', ...flags];
    const launch: Launch = {program, args, env, log: join(this.folder, 'log')};
    this.server = await Server.start(launch);
    return this;
  }

  /** Makes what the requests speak of. */
  async furnish(webhookUrls: string[] = []): Promise<this> {
    const made = await output(binary, ['app', 'create', '--name', 'Marsa Wallet', '--data', this.data, '--json']);
    const {app_token: token} = JSON.parse(made) as {app_token: string};
    const call = async (path: string, body: object): Promise<Record<string, string>> => {
      const headers = {'lean-app-token': token, 'content-type': 'application/json'};
      const answer = await fetch(this.url + path, {method: 'POST', headers, body: JSON.stringify(body)});
      if (!answer.ok) throw new Error(`${path} answered ${answer.status}: ${await answer.text()}`);
      return (await answer.json()) as Record<string, string>;
    };
    const destination = await call('/payments/v1/destinations', {
      display_name: 'Marsa Wallet', name: 'Marsa Wallet LLC', bank_identifier: 'EXAMPLE', address: '1 Harbour Street', city: 'Dubai',
      country: 'ARE', account_number: '1234567', swift_code: 'EBILAEAD', iban: 'AE070331234567890123456',
    });
    const ids: string[] = [];
    for (let i = 0; i < kCustomers; ++i) ids.push((await call('/customers/v1', {app_user_id: `user-${i}`}))['customer_id']!);
    const customers = join(this.folder, 'customers');
    writeFileSync(customers, ids.map((id) => `${id}\n`).join(''));
    for (const url of webhookUrls) await call('/webhooks/v1/endpoints', {url});
    this.application = {token, destination: destination['id']!, customers};
    return this;
  }

  async dispose(): Promise<void> {
    await this.server.stop();
    rmSync(this.folder, {recursive: true, force: true});
  }
}

/** What all of them are asked to create: `{id}` is a customer. */
export const intentBody = '{"customer_id":"{id}","amount":1000.00,"currency":"AED","description":"Order 4711"}';
