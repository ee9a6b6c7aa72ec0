// A PostgreSQL of its own: a new cluster with the settings that it comes with (so a commit is on the disk when it is told),
// reached through a socket file in a temporary folder, ended and removed afterwards.
import {chownSync, existsSync, mkdtempSync, readdirSync, rmSync} from 'node:fs';
import {execFileSync} from 'node:child_process';
import {tmpdir} from 'node:os';
import {join} from 'node:path';

import {output, versionOf} from './processes.js';

const kInstalled = '/usr/lib/postgresql';

function programs(): string {
  const versions = existsSync(kInstalled) ? readdirSync(kInstalled).filter((name) => existsSync(join(kInstalled, name, 'bin/initdb'))) : [];
  const newest = versions.sort((a, b) => Number(b) - Number(a))[0];
  if (newest === undefined) throw new Error(`there is no PostgreSQL in ${kInstalled}: ./dev bench installs it`);
  return join(kInstalled, newest, 'bin');
}

export const postgresVersion = (): string => versionOf(join(programs(), 'postgres'), '--version');

/** PostgreSQL refuses to run as root. */
const isRoot = process.getuid?.() === 0;
async function asItsUser(program: string, ...args: string[]): Promise<string> {
  const file = join(programs(), program);
  return isRoot ? output('setpriv', ['--reuid=postgres', '--regid=postgres', '--clear-groups', file, ...args]) : output(file, args);
}

export class Postgres {
  private constructor(private readonly folder: string) {}

  static async start(): Promise<Postgres> {
    const folder = mkdtempSync(join(tmpdir(), 'qantara-bench-pg-'));
    if (isRoot) {
      const id = (flag: string) => Number(execFileSync('id', [flag, 'postgres'], {encoding: 'utf8'}));
      chownSync(folder, id('-u'), id('-g'));
    }
    const postgres = new Postgres(folder);
    await asItsUser('initdb', '--pgdata', join(folder, 'data'), '--auth=trust', '--username=postgres', '--encoding=UTF8');
    const options = `-c listen_addresses='' -c unix_socket_directories='${folder}'`;
    await asItsUser('pg_ctl', '--pgdata', join(folder, 'data'), '--options', options, '--log', join(folder, 'log'), '--wait', 'start');
    process.on('exit', () => postgres.endAtOnce());
    return postgres;
  }

  get connection(): string {
    return `postgresql://postgres@/postgres?host=${this.folder}`;
  }

  async stop(): Promise<void> {
    await asItsUser('pg_ctl', '--pgdata', join(this.folder, 'data'), '--mode=fast', '--wait', 'stop');
    rmSync(this.folder, {recursive: true, force: true});
  }

  private endAtOnce(): void {
    const pidFile = join(this.folder, 'data/postmaster.pid');
    if (!existsSync(pidFile)) return;
    execFileSync('sh', ['-c', `kill -QUIT "$(head -n 1 '${pidFile}')"`]);
    rmSync(this.folder, {recursive: true, force: true});
  }
}
