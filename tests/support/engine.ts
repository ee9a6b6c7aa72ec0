// On which database a run of the tests has its gateways. QANTARA_TEST_DATABASE says it: nothing is SQLite, "postgres" is
// PostgreSQL 15, "postgres18" the newest. docs/reference/engines.md tells what differs.
import {randomBytes} from 'node:crypto';

import {contents, Postgres, type PostgresVersion, query} from './postgres.js';

const wanted = process.env['QANTARA_TEST_DATABASE'] ?? '';
if (!['', 'postgres', 'postgres18'].includes(wanted)) throw new Error(`QANTARA_TEST_DATABASE is ${wanted}, neither postgres nor postgres18`);

export const engine: 'sqlite' | 'postgres' = wanted === '' ? 'sqlite' : 'postgres';

/** For the options of a test that is about SQLite alone: `test('…', sqliteOnly('it fills the disk of the file'), …)`. */
export function sqliteOnly(reason: string): {skip: string | false} {
  return {skip: engine === 'sqlite' ? false : `SQLite only: ${reason}`};
}

/** What gateways write while nobody asks them anything. */
const kOfTheEngine = ['commit_marks', 'commit_news', 'leadership', 'gateways'];

/** Of the server of a run. */
export const postgresVersion: PostgresVersion = wanted === 'postgres18' ? 18 : 15;

/** One for many gateways beside each other, each with some connections. */
export async function startServer(): Promise<Postgres> {
  return Postgres.start({version: postgresVersion, settings: {max_connections: 400}});
}

let own: Promise<Postgres> | undefined;

/** The server of this run: what QANTARA_TEST_POSTGRES names, or one that ends with this process. */
async function server(): Promise<string> {
  const given = process.env['QANTARA_TEST_POSTGRES'] ?? '';
  return given === '' ? (await (own ??= startServer())).url() : given;
}

/** A database of a gateway's own. */
export class OwnDatabase {
  private constructor(
    private readonly server: string,
    private readonly name: string,
  ) {}

  static async make(): Promise<OwnDatabase> {
    const database = new OwnDatabase(await server(), `gateway_${randomBytes(8).toString('hex')}`);
    await query(database.server, `CREATE DATABASE ${database.name}`);
    return database;
  }

  get url(): string {
    return `${this.server}&dbname=${this.name}`;
  }

  /** Every row, as PostgreSQL keeps it. */
  async contents(): Promise<Buffer> {
    return contents(this.url, kOfTheEngine);
  }

  async drop(): Promise<void> {
    await query(this.server, `DROP DATABASE ${this.name} WITH (FORCE)`);
  }
}
