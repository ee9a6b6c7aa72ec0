// Runs a command beside a PostgreSQL of its own, and ends as the command does. The unit tests find the server by the
// environment (src/db/postgres/test_server.h) and run on it then:
//   node tests/postgres/run.mjs ctest --test-dir build/release
//   node tests/postgres/run.mjs --version=18 build/release/src/payments_test
import {spawn, spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const tests = fileURLToPath(new URL('..', import.meta.url));
const versionGiven = /^--version=(15|18)$/.exec(process.argv[2] ?? '');
const version = Number(versionGiven?.[1] ?? 15);
const [program, ...args] = process.argv.slice(versionGiven ? 3 : 2);
if (program === undefined || program.startsWith('-')) {
  console.error('usage: node tests/postgres/run.mjs [--version=15|18] COMMAND [ARGUMENT...]');
  process.exit(2);
}

// Whatever ends it, the server and what was compiled go too.
let command;
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => (command ? command.kill(signal) : process.exit(1)));

// Not where tests/run.mjs compiles to: both may run at a time.
const compiled = `.build-postgres-${process.pid}`;
process.on('exit', () => rmSync(join(tests, compiled), {recursive: true, force: true}));
const {status} = spawnSync('node_modules/.bin/tsc', ['--project', '.', '--outDir', compiled], {cwd: tests, stdio: 'inherit'});
if (status !== 0) process.exit(1);
const {Postgres} = await import(join(tests, compiled, 'support/postgres.js'));

// The tests look at what is committed, and none of them pulls the plug.
const fast = {fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off', max_connections: 300};
const postgres = await Postgres.start({version, settings: fast});
// A property's hundred cases are each a database here; on SQLite they are cheap.
const env = {RC_PARAMS: 'max_success=10', ...process.env, QANTARA_TEST_POSTGRES: postgres.url()};
command = spawn(program, args, {stdio: 'inherit', env});
const ended = await new Promise((resolve) => {
  command.once('error', (error) => {
    console.error(error.message);
    resolve(127);
  });
  command.once('exit', (code) => resolve(code ?? 1));
});
await postgres.dispose();
process.exit(ended);
