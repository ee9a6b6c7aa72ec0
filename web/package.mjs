// Makes the npm package of web/npm/: DIR/qantara-link-VERSION.tgz, of the product's version.
//   node web/package.mjs --out DIR
import {execFileSync} from 'node:child_process';
import {copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';

const web = fileURLToPath(new URL('.', import.meta.url));
const {out} = parseArgs({options: {out: {type: 'string'}}}).values;
if (!out) {
  console.error('usage: node web/package.mjs --out DIR');
  process.exit(2);
}

const [, version] = /project\([^)]*VERSION\s+([\d.]+)/.exec(readFileSync(join(web, '../CMakeLists.txt'), 'utf8'));
const made = mkdtempSync(join(tmpdir(), 'qantara-link-'));
try {
  const tsc = join(web, 'node_modules/typescript/bin/tsc');
  execFileSync(process.execPath, [tsc, '-p', join(web, 'npm'), '--outDir', join(made, 'lib')], {stdio: 'inherit'});
  const description = JSON.parse(readFileSync(join(web, 'npm/package.json'), 'utf8'));
  writeFileSync(join(made, 'package.json'), `${JSON.stringify({...description, version}, null, 2)}\n`);
  copyFileSync(join(web, 'npm/README.md'), join(made, 'README.md'));
  copyFileSync(join(web, '../LICENSE'), join(made, 'LICENSE'));
  mkdirSync(out, {recursive: true});
  const [file] = execFileSync('npm', ['pack', '--silent', '--pack-destination', resolve(out)], {cwd: made, encoding: 'utf8'}).trim().split('\n').slice(-1);
  console.log(join(out, file));
} finally {
  rmSync(made, {recursive: true});
}
