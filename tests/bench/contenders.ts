// Who is measured beside whom with the same requests.
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {Postgres} from '../support/postgres.js';
import {type Load, load, median, requireSuccess, type Wanted} from './load.js';
import {intentBody, Ours} from './ours.js';
import {benchFolder, output, pause, peersFolder, Server} from './processes.js';
import type {Settings} from './settings.js';

export interface Contender {
  name: string;
  /** What it is asked; the same of all of them. */
  wanted: Omit<Wanted, 'seconds'>;
  server?: Server;
  /** Who does not speak HTTP presses itself, for so many seconds. Result: how many a second. */
  press?(seconds: number): Promise<number>;
  stop(): Promise<void>;
}

export function creating(url: string, token: string, customers: string): Omit<Wanted, 'seconds'> {
  return {
    url: `${url}/payments/v1/intents`, method: 'POST', headers: [`lean-app-token: ${token}`], body: intentBody, ids: customers,
    idempotencyKeys: true,
  };
}

function ofOurs(ours: Ours): Contender {
  const {token, customers} = ours.application;
  return {name: 'Qantara', wanted: creating(ours.url, token, customers), server: ours.server, stop: () => ours.dispose()};
}

export async function qantara(how?: ConstructorParameters<typeof Ours>[0], name = 'Qantara'): Promise<Contender> {
  const ours = await (await new Ours(how).start()).furnish();
  return {...ofOurs(ours), name};
}

/** On a new PostgreSQL. */
export async function qantaraOnPostgres(): Promise<Contender> {
  const postgres = await Postgres.start();
  const contender = await qantara({flags: ['--database', postgres.url()]});
  return {...contender, stop: async () => (await contender.stop(), postgres.dispose())};
}

const token = '019a0000-0000-7000-8000-0000000000aa';

/** Ids as customers have them, for servers that do not make their own. */
function customersIn(folder: string): string {
  const file = join(folder, 'customers');
  const ids = Array.from({length: 1000}, (_, n) => `019a0000-0000-7000-8000-${n.toString(16).padStart(12, '0')}\n`);
  writeFileSync(file, ids.join(''));
  return file;
}

function temporaryFolder(): {folder: string; remove: () => void} {
  const folder = mkdtempSync(join(tmpdir(), 'qantara-bench-'));
  const remove = () => rmSync(folder, {recursive: true, force: true});
  process.on('exit', remove);
  return {folder, remove};
}

export async function fastifySqlite(env: Record<string, string> = {}, name = 'Fastify + better-sqlite3'): Promise<Contender> {
  const {folder, remove} = temporaryFolder();
  const customers = customersIn(folder);
  const args = [join(peersFolder, 'fastify_sqlite.mjs'), folder, token, customers];
  const server = await Server.start({program: process.execPath, args, env: {NODE_ENV: 'production', ...env}});
  return {name, wanted: creating(server.url, token, customers), server, stop: async () => (await server.stop(), remove())};
}

export async function fastifyPg(connections = 20): Promise<Contender> {
  const {folder, remove} = temporaryFolder();
  const postgres = await Postgres.start();
  const customers = customersIn(folder);
  const args = [join(peersFolder, 'fastify_pg.mjs'), postgres.url(), token, customers, String(connections)];
  const server = await Server.start({program: process.execPath, args, env: {NODE_ENV: 'production'}});
  const stop = async () => {
    await server.stop();
    await postgres.dispose();
    remove();
  };
  return {name: 'Fastify + pg', wanted: creating(server.url, token, customers), server, stop};
}

/** The one statement of Fastify + pg with nothing around it, from 16 connections. Ids are in the order of time here too. */
export async function pgbench(): Promise<Contender> {
  const {folder, remove} = temporaryFolder();
  const postgres = await Postgres.start();
  const sql = (name: string) => readFileSync(join(peersFolder, name), 'utf8');
  await postgres.query(sql('pg_tables.sql'));
  const customer = (n: string) => `('019a0000-0000-7000-8000-' || lpad(to_hex((${n})::bigint), 12, '0'))::uuid`;
  await postgres.query(`INSERT INTO customers SELECT ${customer('n')}, '${token}' FROM generate_series(0, 999) n`);
  const id = "lpad(to_hex((:made)::bigint * 64 + (:client_id)::bigint), 32, '0')";
  const destination = '019a0000-0000-7000-8000-000000000001';
  const event = JSON.stringify({type: 'payment_intent.created', event_id: destination, timestamp: new Date(), sequence: 1,
    payload: {intent_id: destination, customer_id: destination, amount: 1000, currency: 'AED', status: 'INTENT_CREATED'}});
  const values = [
    id, `'${token}'`, customer(':n'), `'${destination}'`, '100000', "'AED'", "'Order 4711'", "'INTENT_CREATED'", id,
    String(Date.now()), String(Date.now() + 86_400_000), `'${event}'`,
  ];
  const statement = sql('pg_create.sql').replace(/\$(\d+)/g, (_, n: string) => values[Number(n) - 1]!);
  const script = join(folder, 'create.pgbench');
  writeFileSync(script, `\\set made :made + 1\n\\set n random(0, 999)\n${statement.trim()};\n`);
  let rounds = 0;
  const press = async (seconds: number): Promise<number> => {
    const args = ['-n', '-c', '16', '-j', '2', '-M', 'prepared', '-T', String(seconds), '-D', `made=${++rounds * 1e8}`, '-f', script, postgres.url()];
    const told = await output(postgres.program('pgbench'), args);
    return Number(/^tps = ([\d.]+)/m.exec(told)![1]);
  };
  const wanted = {url: ''};
  return {name: 'pgbench, 16 clients', wanted, press, stop: async () => (await postgres.dispose(), remove())};
}

export async function rawLog(): Promise<Contender> {
  const {folder, remove} = temporaryFolder();
  const server = await Server.start({program: join(benchFolder, 'raw_log'), args: [folder, token]});
  const wanted = creating(server.url, token, customersIn(folder));
  return {name: 'preallocated log', wanted, server, stop: async () => (await server.stop(), remove())};
}

/** A body as long as an intent is. */
const constant = JSON.stringify({payment_intent_id: 'x'.repeat(36), filler: 'x'.repeat(640)});

export async function nginx(): Promise<Contender> {
  const {folder, remove} = temporaryFolder();
  const port = 20_000 + (process.pid % 10_000);
  const configuration = `
    daemon off; master_process on; worker_processes auto; pid ${folder}/pid; error_log ${folder}/error.log;
    events { worker_connections 4096; }
    http {
      access_log off; keepalive_requests 1000000000; default_type application/json; tcp_nodelay on;
      client_body_temp_path ${folder}/body; proxy_temp_path ${folder}/proxy; fastcgi_temp_path ${folder}/fastcgi;
      uwsgi_temp_path ${folder}/uwsgi; scgi_temp_path ${folder}/scgi;
      server { listen 127.0.0.1:${port} reuseport; location / { return 200 '${constant}'; } }
    }`;
  writeFileSync(join(folder, 'nginx.conf'), configuration);
  // It says nothing when it is ready, so the shell asks until it answers.
  const url = `http://127.0.0.1:${port}`;
  const script = `nginx -c ${folder}/nginx.conf & trap 'kill $!; wait; exit' TERM; until curl -sf ${url} >/dev/null; do sleep 0.05; done; echo '{"url":"${url}"}'; wait`;
  const server = await Server.start({program: 'sh', args: ['-c', script]});
  return {name: 'nginx, a constant', wanted: creating(server.url, token, customersIn(folder)), stop: async () => (await server.stop(), remove())};
}

export interface Measured {
  name: string;
  /** Median of the rounds. */
  perSecond: number;
  /** Of who is asked over HTTP. */
  rounds: Load[];
  /** Microseconds of processor time of the server's process for each request, median of the rounds; of one process only. */
  cpuMicros?: number;
}

/** Loads one after the other, for as many rounds as there are, so that a change of the machine's mood meets all of them. */
export async function inTurns(contenders: Contender[], settings: Settings, change: Partial<Wanted> = {}): Promise<Measured[]> {
  const rates = contenders.map(() => [] as number[]);
  const rounds = contenders.map(() => [] as {load: Load; cpu: number}[]);
  for (let round = 0; round < settings.rounds; ++round) {
    for (const [i, {name, wanted, server, press}] of contenders.entries()) {
      if (press) {
        rates[i]!.push(await press(settings.seconds));
        settings.note(`${name}: ${Math.round(rates[i]!.at(-1)!)}/s`);
      } else {
        const before = server?.cpuSeconds() ?? 0;
        const measured = requireSuccess(await load({...wanted, seconds: settings.seconds, ...change}), name);
        const cpu = (server?.cpuSeconds() ?? 0) - before;
        rates[i]!.push(measured.accepted_per_second);
        rounds[i]!.push({load: measured, cpu});
        settings.note(`${name}: ${Math.round(measured.accepted_per_second)}/s, p99 ${measured.latency_us.p99} us`);
      }
      await pause(200); // For what it still has to put away.
    }
  }
  return contenders.map(({name, server}, i) => ({
    name,
    perSecond: median(rates[i]!),
    rounds: rounds[i]!.map(({load}) => load),
    ...(server && {cpuMicros: median(rounds[i]!.map(({load, cpu}) => (cpu * 1e6) / (load.accepted + load.accepted_per_second * 0.5)))}),
  }));
}
