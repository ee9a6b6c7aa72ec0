// Compiles and runs the tests that need Node: those of tools/check, and the functional tests on the real binary.
//   node tests/run.mjs [WORD...]     only the files whose names contain one of the words
import {spawnSync} from 'node:child_process';
import {existsSync, readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

const here = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);

function run(program, ...args) {
  const {status} = spawnSync(program, args, {cwd: here, stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}

function testsIn(folder) {
  if (!existsSync(join(here, folder))) return [];
  return readdirSync(join(here, folder))
    .filter((name) => /\.test\.m?js$/.test(name) && (words.length === 0 || words.some((word) => name.includes(word))))
    .map((name) => join(folder, name));
}

rmSync(join(here, '.build'), {recursive: true, force: true});
run('node_modules/.bin/tsc', '--project', '.');

const files = [...testsIn('tools'), ...testsIn('.build/functional')].sort();
if (files.length === 0) {
  console.log(`no test file${words.length > 0 ? ` is named like ${words.join(' or ')}` : ''}: nothing to run`);
} else {
  // TAP, because every Node from 18 on writes it alike, with the same closing lines.
  run(process.execPath, '--test', '--test-reporter=tap', ...files);
}
