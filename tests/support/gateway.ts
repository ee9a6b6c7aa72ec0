// Starts the real binary on a folder of its own, and ends it again.
import {type ChildProcess, spawn} from 'node:child_process';
import {existsSync, mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

import {engine, OwnDatabase} from './engine.js';
import {isValidating, Prism} from './prism.js';

/** QANTARA_BINARY, or what `./dev build` made. */
export const binary = process.env['QANTARA_BINARY'] ?? fileURLToPath(new URL('../../../build/release/qantara', import.meta.url));

/** The one line that `--json` prints when everything listens. What does not apply is absent. */
export interface Ready {
  url: string;
  sandbox_bank_url: string;
  shop_url?: string;
  app_token: string;
  client_id: string;
  client_secret?: string;
  webhook_secret: string;
}

export interface GatewayOptions {
  /** `dev` is gateway and sandbox bank in one process; `serve` the gateway alone, `sandbox-bank` the bank alone. */
  verb?: 'dev' | 'serve' | 'sandbox-bank';
  /** Where webhooks go; see receiver.ts. */
  webhookUrl?: string;
  /** Further flags. Without `--database` among them, its data is where the run of the tests wants it (engine.ts). */
  flags?: string[];
  /** Its data is in a file of its folder, wherever the run of the tests wants them. */
  keptIn?: 'file';
  env?: Record<string, string>;
}

const running = new Set<ChildProcess>();
// A test run that ends in a hurry leaves no process behind.
process.on('exit', () => running.forEach((child) => child.kill('SIGKILL')));

/** How long a start or a stop may take before the test gives up: far more than it should. */
const kPatienceMs = 20_000;

export class Gateway {
  readonly dataFolder = mkdtempSync(join(tmpdir(), 'qantara-test-'));
  private child: ChildProcess | undefined;
  private ready: Ready | undefined;
  private exited: Promise<number | NodeJS.Signals> | undefined;
  private prism: Prism | undefined;
  private database: OwnDatabase | undefined;
  private log = '';

  constructor(private readonly options: GatewayOptions) {}

  get info(): Ready {
    if (!this.ready) throw new Error('the gateway is not running');
    return this.ready;
  }
  /** Where the API answers; behind it, with QANTARA_VALIDATE=1, stands a proxy that judges. */
  get url(): string {
    return this.prism?.url ?? this.info.url;
  }
  /** Of the process, for signals. */
  get pid(): number {
    if (this.child?.pid === undefined) throw new Error('the gateway is not running');
    return this.child.pid;
  }
  /** For a verb that looks at the same database. */
  get databaseFlags(): string[] {
    return this.database ? ['--database', this.database.url] : [];
  }
  get isRunning(): boolean {
    return this.ready !== undefined;
  }
  get bankUrl(): string {
    return this.info.sandbox_bank_url;
  }

  /** The log as lines of JSON, from all starts on this folder. */
  get logLines(): string[] {
    return this.log.split('\n').filter((line) => line !== '');
  }

  /**
   * Starts, again on the same folder if it ran before: the same application with the same credentials. At a free port,
   * unless it is to come back where others look for it.
   */
  async start(listen = '127.0.0.1:0'): Promise<this> {
    const {verb = 'dev', webhookUrl, flags = [], keptIn, env = {}} = this.options;
    const args = [verb, '--json', '--listen', listen, '--data', this.dataFolder];
    if (webhookUrl !== undefined) args.push('--webhook-url', webhookUrl);
    if (engine === 'postgres' && keptIn !== 'file' && verb !== 'sandbox-bank' && !flags.includes('--database')) {
      this.database ??= await OwnDatabase.make();
      args.push(...this.databaseFlags);
    }
    const child = spawn(binary, [...args, ...flags], {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
    running.add(child);
    this.child = child;
    this.exited = new Promise((resolve) => {
      child.once('error', (error) => {
        this.log += `${error.message}\n`;
        resolve(-1);
      });
      child.once('close', (code, signal) => resolve(code ?? signal ?? -1));
    });
    void this.exited.then(() => running.delete(child));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (this.log += text));

    const firstLine = new Promise<string>((resolve) => createInterface({input: child.stdout}).once('line', resolve));
    const line = await Promise.race([firstLine, this.exited.then(() => undefined), after(kPatienceMs)]);
    if (line === undefined) {
      await this.kill();
      throw new Error(`${binary} ${args.join(' ')} did not get ready:\n${this.log.slice(-4000)}`);
    }
    this.ready = JSON.parse(line) as Ready;
    if (isValidating && verb !== 'sandbox-bank') {
      await this.prism?.stop();
      this.prism = await Prism.before(this.ready.url);
    }
    return this;
  }

  /** SIGKILL: as if the machine had lost the process. The folder stays. */
  async kill(): Promise<void> {
    this.child?.kill('SIGKILL');
    await this.exited;
    this.ready = undefined;
  }

  /** SIGTERM, and waits for the orderly end. Result: the exit code. */
  async stop(): Promise<number | NodeJS.Signals | undefined> {
    this.child?.kill('SIGTERM');
    const code = await Promise.race([this.exited, after(kPatienceMs)]);
    if (code === undefined && this.exited) {
      await this.kill();
      throw new Error(`the gateway did not stop on SIGTERM:\n${this.log.slice(-4000)}`);
    }
    this.ready = undefined;
    return code;
  }

  /** Ends it for good, and its folder. */
  async dispose(): Promise<void> {
    if (this.ready) await this.kill();
    await this.prism?.stop();
    await this.database?.drop();
    rmSync(this.dataFolder, {recursive: true, force: true});
  }

  /** All that its database holds, to the byte. */
  async databaseContents(): Promise<Buffer> {
    if (this.database) return this.database.contents();
    const files = readdirSync(this.dataFolder).filter((name) => name.startsWith('qantara.db') && !name.endsWith('-shm'));
    return Buffer.concat(files.map((name) => readFileSync(join(this.dataFolder, name))));
  }

  /** Runs a verb of the command line against this gateway: `await gateway.cli('clock', 'advance', '24h')`. */
  async cli(...args: string[]): Promise<{code: number; out: string; err: string}> {
    return run(args, {
      QANTARA_DATA: this.dataFolder,
      ...(this.ready && {QANTARA_URL: this.ready.url, QANTARA_APP_TOKEN: this.ready.app_token}),
    });
  }

  /** The same with `--json`, which must succeed. Result: what it printed, parsed. */
  async json<T = Record<string, unknown>>(...args: string[]): Promise<T> {
    const {code, out, err} = await this.cli(...args, '--json');
    if (code !== 0) throw new Error(`qantara ${args.join(' ')} exited with ${code}: ${err}${out}`);
    return JSON.parse(out) as T;
  }
}

/** A started gateway. End it with `dispose()`, best in `after` or `afterEach`. */
export async function startGateway(options: GatewayOptions = {}): Promise<Gateway> {
  if (!existsSync(binary)) throw new Error(`${binary} is not there: ./dev build`);
  const gateway = new Gateway(options);
  try {
    return await gateway.start();
  } catch (error) {
    await gateway.dispose();
    throw error;
  }
}

/** Runs the binary to its end. */
export async function run(args: string[], env: Record<string, string> = {}): Promise<{code: number; out: string; err: string}> {
  const child = spawn(binary, args, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
  running.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', (status) => resolve(status ?? -1));
  });
  running.delete(child);
  return {code, out, err};
}

async function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}
