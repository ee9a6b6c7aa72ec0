// Processes that are measured: started, waited for, watched and ended.
import {type ChildProcess, execFileSync, spawn} from 'node:child_process';
import {openSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {createInterface} from 'node:readline';
import {fileURLToPath} from 'node:url';

const root = fileURLToPath(new URL('../../..', import.meta.url));
/** What was built: QANTARA_BINARY, or `./dev bench`'s; the bench programs stand beside it. */
export const binary = process.env['QANTARA_BINARY'] ?? join(root, 'build/release/qantara');
export const benchFolder = join(binary, '../tests/bench');
export const peersFolder = join(root, 'tests/bench/peers');
export const benchmarksPage = join(root, 'docs/reference/benchmarks.md');

const children = new Set<ChildProcess>();
process.setMaxListeners(0); // Each folder that is made is removed at the end, whatever that is.
process.on('exit', () => children.forEach((child) => child.kill('SIGKILL')));
for (const signal of ['SIGINT', 'SIGTERM'] as const) process.on(signal, () => process.exit(1));

export interface Launch {
  program: string;
  args: string[];
  env?: Record<string, string>;
  /** Where standard error goes: a server logs to a file, as it would in service. */
  log?: string;
  /** How long until it says that it is ready. */
  patienceMs?: number;
}

/** A server that prints one line of JSON when it is ready. */
export class Server {
  private constructor(
    private readonly child: ChildProcess,
    private readonly exited: Promise<void>,
    /** The line. */
    readonly ready: Record<string, string>,
    readonly startMs: number,
  ) {}

  static async start({program, args, env = {}, log = '/dev/null', patienceMs = 60_000}: Launch): Promise<Server> {
    const begun = performance.now();
    const child = spawn(program, args, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', openSync(log, 'a')]});
    children.add(child);
    const exited = new Promise<void>((resolve) => {
      child.once('error', () => resolve());
      child.once('exit', () => resolve());
    });
    void exited.then(() => children.delete(child));
    const firstLine = new Promise<string>((resolve) => createInterface({input: child.stdout!}).once('line', resolve));
    const line = await Promise.race([firstLine, exited.then(() => undefined), after(patienceMs)]);
    if (line === undefined) {
      child.kill('SIGKILL');
      throw new Error(`${program} ${args.join(' ')} did not get ready; its log is ${log}`);
    }
    return new Server(child, exited, JSON.parse(line) as Record<string, string>, performance.now() - begun);
  }

  get url(): string {
    return this.ready['url'] ?? '';
  }

  /** Seconds of processor time so far, its own and the kernel's for it. */
  cpuSeconds(): number {
    const fields = readFileSync(`/proc/${this.child.pid}/stat`, 'utf8').replace(/^.*\) /, '').split(' ');
    return (Number(fields[11]) + Number(fields[12])) / 100; // USER_HZ is 100 on every Linux.
  }

  /** Bytes in RAM: now, and at most so far. */
  memory(): {now: number; peak: number} {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    const of = (name: string) => 1024 * Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0);
    return {now: of('VmRSS'), peak: of('VmHWM')};
  }

  async stop(): Promise<void> {
    this.child.kill('SIGTERM');
    await Promise.race([this.exited, after(30_000)]);
    this.child.kill('SIGKILL');
    await this.exited;
  }
}

/** Runs a program to its end. Result: its standard output. */
export async function output(program: string, args: string[], env: Record<string, string> = {}): Promise<string> {
  const child = spawn(program, args, {env: {...process.env, ...env}, stdio: ['ignore', 'pipe', 'pipe']});
  children.add(child);
  let out = '';
  let err = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text));
  const code = await new Promise<number | null>((resolve, reject) => {
    child.once('error', reject);
    child.once('close', resolve);
  });
  children.delete(child);
  if (code !== 0) throw new Error(`${program} ${args.slice(0, 3).join(' ')} ended with ${code}: ${err}${out}`);
  return out;
}

export async function node(script: string, ...args: string[]): Promise<string> {
  return output(process.execPath, [join(peersFolder, script), ...args]);
}

/** The first line that a program prints of itself, or that it is not there. */
export function versionOf(program: string, ...args: string[]): string {
  try {
    return execFileSync(program, args, {encoding: 'utf8', stdio: ['ignore', 'pipe', 'pipe']}).split('\n')[0]!.trim();
  } catch {
    return 'not found';
  }
}

export async function after(ms: number): Promise<undefined> {
  return new Promise((resolve) => setTimeout(() => resolve(undefined), ms).unref());
}

export async function pause(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
