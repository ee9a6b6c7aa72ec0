// Compiles and runs the benchmarks; `./dev bench` installs and builds first.   node tests/bench/run.mjs [--quick] [--write] [WORD...]
import {spawnSync} from 'node:child_process';
import {rmSync} from 'node:fs';
import {fileURLToPath} from 'node:url';

const tests = fileURLToPath(new URL('..', import.meta.url));
const out = `${tests}/.build-bench`;

function run(...args) {
  const {status} = spawnSync(process.execPath, args, {cwd: tests, stdio: 'inherit'});
  return status ?? 1;
}

rmSync(out, {recursive: true, force: true});
const compiled = run('node_modules/typescript/bin/tsc', '--project', '.', '--outDir', out);
process.exitCode = compiled === 0 ? run(`${out}/bench/main.js`, ...process.argv.slice(2)) : compiled;
rmSync(out, {recursive: true, force: true});
