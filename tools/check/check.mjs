// ./dev check, the part that reads our own rules: prints one line for each finding and fails if there is one.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {compareRoutes} from './routes.mjs';
import {rules} from './rules.mjs';
import {Source} from './source.mjs';
import {clashes} from './unity.mjs';

const root = fileURLToPath(new URL('../..', import.meta.url));

function git(...args) {
  const {status, stdout, stderr} = spawnSync('git', args, {cwd: root, encoding: 'utf8', maxBuffer: 1 << 26});
  if (status !== 0) throw new Error(`git ${args.join(' ')}: ${stderr}`);
  return stdout;
}

// Committed or about to be; texts only, and not what other people wrote.
const paths = git('ls-files', '-z', '--cached', '--others', '--exclude-standard')
  .split('\0')
  .filter((path) => path !== '' && path !== 'LICENSE' && existsSync(join(root, path)));

let findings = 0;
function report(path, line, name, remedy) {
  ++findings;
  console.log(`${path}:${line}: ${name}: ${remedy}`);
}

const sources = paths
  .map((path) => new Source(path, readFileSync(join(root, path), 'utf8')))
  .filter(({text}) => !text.includes('\0'));

for (const source of sources) {
  for (const rule of rules) {
    if (!rule.applies(source.path)) continue;
    for (const {line, remedy} of rule.find(source)) report(source.path, line, rule.name, remedy);
  }
}
for (const {source, line, remedy} of clashes(sources)) report(source.path, line, 'unity', remedy);

// The routes that the binary has are those that api/openapi.yaml describes. Needs both.
const binary = join(root, 'build/release/qantara');
const description = join(root, 'api/openapi.yaml');
if (existsSync(binary) && existsSync(description)) {
  const {status, stdout} = spawnSync(binary, ['routes', '--json'], {encoding: 'utf8'});
  if (status === 0) {
    for (const {line, remedy} of compareRoutes(readFileSync(description, 'utf8'), JSON.parse(stdout))) {
      report('api/openapi.yaml', line, 'routes', remedy);
    }
  }
}

console.log(`check: ${paths.length} files, ${rules.length} rules, ${findings === 0 ? 'no' : findings} finding${findings === 1 ? '' : 's'}`);
process.exit(findings === 0 ? 0 : 1);
