// Checks the types of the tests beside the pages' code, and runs them: those that need no browser.
//   node web/test.mjs [WORD...]     only the files whose names contain one of the words
import {spawnSync} from 'node:child_process';
import {readdirSync, rmSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {build} from 'vite';

const web = fileURLToPath(new URL('.', import.meta.url));
const words = process.argv.slice(2);

function run(...args) {
  const {status} = spawnSync(process.execPath, args, {cwd: web, stdio: 'inherit'});
  if (status !== 0) process.exit(status ?? 1);
}

function testsIn(folder) {
  return readdirSync(join(web, folder), {withFileTypes: true}).flatMap((entry) => {
    const path = join(folder, entry.name);
    if (entry.isDirectory()) return testsIn(path);
    return /\.test\.tsx?$/.test(path) ? [path] : [];
  });
}

const tests = ['link', 'sdk', 'shared', 'shop']
  .flatMap(testsIn)
  .filter((path) => words.length === 0 || words.some((word) => path.includes(word)));
if (tests.length === 0) {
  console.log(`no test file${words.length > 0 ? ` is named like ${words.join(' or ')}` : ''}: nothing to run`);
  process.exit();
}

run('node_modules/typescript/bin/tsc', '-p', 'tsconfig.test.json');
const out = join(web, '.build');
rmSync(out, {recursive: true, force: true});
await build({
  configFile: false,
  root: web,
  logLevel: 'warn',
  ssr: {noExternal: true},
  build: {
    ssr: true,
    outDir: out,
    minify: false,
    rollupOptions: {input: Object.fromEntries(tests.map((path) => [path.replace(/\.tsx?$/, ''), join(web, path)]))},
  },
});
// TAP, because every Node from 18 on writes it alike, with the same closing lines.
run('--test', '--test-reporter=tap', ...tests.map((path) => join('.build', path.replace(/\.tsx?$/, '.js'))));
