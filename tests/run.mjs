// Compiles and runs the tests that need Node: those of tools/check, and on the real binary those over HTTP and in a browser.
//   node tests/run.mjs [--database=postgres|postgres18] [WORD...]     only the files whose names contain one of the words
// With --database the gateways of all tests have their data there (support/engine.ts), in one server for the whole run.
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2).filter((word) => !word.startsWith('--'));
const [, database] = /^--database=(postgres|postgres18)$/.exec(process.argv[2] ?? '') ?? [];
if (process.argv.length > 2 + words.length + (database === undefined ? 0 : 1)) {
  console.error('usage: node tests/run.mjs [--database=postgres|postgres18] [WORD...]');
  process.exit(2);
}

function run(program, ...args) {
  const {status} = spawnSync(program, args, {cwd: here, stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}

// What starts PostgreSQL by itself belongs to the runs on it.
function isWanted(name) {
  return words.length === 0 ? database !== undefined || !name.includes('postgres') : words.some((word) => name.includes(word));
}

function testsIn(folder) {
  if (!existsSync(join(here, folder))) return [];
  return readdirSync(join(here, folder))
    .filter((name) => /\.test\.m?js$/.test(name) && isWanted(name))
    .map((name) => join(folder, name));
}

rmSync(join(here, '.build'), {recursive: true, force: true});
run('node_modules/.bin/tsc', '--project', '.');
if (database !== undefined) {
  process.env.QANTARA_TEST_DATABASE = database;
  const {startServer} = await import('./.build/support/engine.js');
  process.env.QANTARA_TEST_POSTGRES = (await startServer()).url();
}

const overHttp = [...testsIn('tools'), ...testsIn('.build/functional')].sort();
const inBrowser = testsIn('.build/e2e').sort();
if (overHttp.length + inBrowser.length === 0) {
  console.log(`no test file${words.length > 0 ? ` is named like ${words.join(' or ')}` : ''}: nothing to run`);
}
// TAP, because every Node from 18 on writes it alike, with the same closing lines. Most of the tests' time goes by in
// waiting for the gateway or Chromium, so two files run beside each other on any machine.
const tap = ['--test', '--test-reporter=tap', '--test-concurrency=2'];
if (overHttp.length > 0) run(process.execPath, ...tap, ...overHttp);
if (inBrowser.length > 0) {
  // The pictures of one run, to be looked at.
  rmSync(join(here, '../build/screenshots'), {recursive: true, force: true});
  run(process.execPath, ...tap, '--enable-source-maps', ...inBrowser);
}
