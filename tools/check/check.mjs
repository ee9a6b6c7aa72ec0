// ./dev check, the part that reads our own rules: prints one line for each finding and fails if there is one.
import {spawnSync} from 'node:child_process';
import {existsSync, readFileSync} from 'node:fs';
import {createRequire} from 'node:module';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {compareErrors, compareEvents, compareStates, compareSteps, linesOf} from './contract.mjs';
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

// The contract says what the code says. What this needs is there after a build; where it is not, that is told, and in CI it
// is a finding.
function cannotCompare(what, why) {
  if (process.env.CI === 'true') report('api/openapi.yaml', 1, 'contract', `${what}: ${why}`);
  else console.log(`check: ${what}: ${why}`);
}

function compareContract() {
  const file = 'api/openapi.yaml';
  const read = (path) => readFileSync(join(root, path), 'utf8');
  const text = read(file);

  const binary = join(root, 'build/release/qantara');
  const {status, stdout} = existsSync(binary) ? spawnSync(binary, ['routes', '--json'], {encoding: 'utf8'}) : {};
  if (status !== 0) cannotCompare('the routes are not compared', 'build/release/qantara is not there, or is too old: ./dev build');
  else for (const {line, remedy} of compareRoutes(text, JSON.parse(stdout))) report(file, line, 'routes', remedy);

  let yaml;
  try {
    yaml = createRequire(join(root, 'tests/package.json'))('yaml');
  } catch {
    return cannotCompare('the enumerations are not compared', 'the npm packages of tests/ are not there: ./dev setup');
  }
  const api = yaml.parse(text);
  const lineOf = linesOf(yaml, text);
  const findings = [
    ...compareErrors(api, read('docs/reference/errors.md'), lineOf),
    ...compareStates(api, read('docs/reference/states.md'), lineOf),
    ...compareEvents(api, read('docs/reference/events.md'), lineOf),
    ...compareSteps(api, read('web/shared/step.ts'), lineOf),
  ];
  for (const {line, remedy} of findings) report(file, line, 'contract', remedy);
}

compareContract();

console.log(`check: ${paths.length} files, ${rules.length} rules, ${findings === 0 ? 'no' : findings} finding${findings === 1 ? '' : 's'}`);
process.exit(findings === 0 ? 0 : 1);
