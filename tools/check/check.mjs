// ./dev check, the part that reads our own rules: prints one line for each finding and fails if there is one.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {compareRoutes} from './routes.mjs';
import {rules} from './rules.mjs';
import {Source} from './source.mjs';

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

for (const path of paths) {
  const bytes = readFileSync(join(root, path));
  if (bytes.includes(0)) continue;
  const source = new Source(path, bytes.toString('utf8'));
  for (const rule of rules) {
    if (!rule.applies(path)) continue;
    for (const {line, remedy} of rule.find(source)) report(path, line, rule.name, remedy);
  }
}

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
