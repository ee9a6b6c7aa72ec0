// The Debian package holds what a machine needs, no more, and what is in it runs.
import assert from 'node:assert/strict';
import {spawn, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {createInterface} from 'node:readline';
import {after, test} from 'node:test';

import {binary} from '../support/gateway.js';

const folder = mkdtempSync(join(tmpdir(), 'qantara-package-'));
after(() => rmSync(folder, {recursive: true, force: true}));

function run(program: string, ...args: string[]): string {
  const result = spawnSync(program, args, {cwd: dirname(binary), encoding: 'utf8'});
  assert.equal(result.status, 0, `${program} ${args.join(' ')}: ${result.error?.message ?? ''}${result.stderr}${result.stdout}`);
  return result.stdout;
}

const has = (program: string) => spawnSync(program, ['--version']).status === 0;
const skip = !has('cpack') || !has('dpkg-deb') ? 'cpack or dpkg-deb is missing' : false;

test('the Debian package has program, unit and settings, and what it installs serves', {skip}, async () => {
  run('cpack', '-G', 'DEB', '-B', folder);
  const file = join(folder, readdirSync(folder).find((name) => name.endsWith('.deb')) ?? 'no package');

  const fields = run('dpkg-deb', '--field', file);
  for (const field of [/^Package: qantara$/m, /^Version: \d+\.\d+\.\d+$/m, /^Depends: .*libssl3/m]) assert.match(fields, field);
  const files = [...run('dpkg-deb', '--contents', file).matchAll(/^-(\S+) root\/root .* \.(\/\S+)$/gm)].map((row) => `${row[1]} ${row[2]}`);
  for (const wanted of ['rwxr-xr-x /usr/bin/qantara', 'rw-r--r-- /lib/systemd/system/qantara.service', 'rw-r--r-- /etc/qantara/qantara.toml']) {
    assert.ok(files.includes(wanted), `${wanted} is not in it:\n${files.join('\n')}`);
  }
  const elsewhere = files.filter((line) => !/ \/(usr\/bin\/qantara|lib\/systemd\/system\/qantara\.service|etc\/qantara\/qantara\.toml|usr\/share\/doc\/qantara\/.*)$/.test(line));
  assert.deepEqual(elsewhere, []);

  const root = join(folder, 'root');
  run('dpkg-deb', '--raw-extract', file, root);
  assert.equal(readFileSync(join(root, 'DEBIAN/conffiles'), 'utf8'), '/etc/qantara/qantara.toml\n');
  for (const script of ['postinst', 'prerm', 'postrm']) run('sh', '-n', join(root, 'DEBIAN', script));
  const unit = readFileSync(join(root, 'lib/systemd/system/qantara.service'), 'utf8');
  assert.match(unit, /^ExecStart=\/usr\/bin\/qantara serve --config \/etc\/qantara\/qantara\.toml$/m);

  const serving = spawn(join(root, 'usr/bin/qantara'), [
    'serve', '--config', join(root, 'etc/qantara/qantara.toml'), '--json', '--data', join(folder, 'data'), '--listen', '127.0.0.1:0',
  ], {stdio: ['ignore', 'pipe', 'ignore']});
  try {
    const line = await new Promise<string>((resolve) => createInterface({input: serving.stdout}).once('line', resolve));
    assert.equal((await fetch(`${(JSON.parse(line) as {url: string}).url}/readyz`)).status, 200);
  } finally {
    serving.kill();
  }
});

test('the unit leaves the gateway little of the machine', {skip: has('systemd-analyze') ? false : 'systemd-analyze is missing'}, () => {
  const unit = new URL('../../../tools/packaging/qantara.service', import.meta.url).pathname;
  // The exposure level times ten, from 0 to 100: most services of a distribution are above 90.
  const {status, stdout} = spawnSync('systemd-analyze', ['security', '--offline=true', '--threshold=20', unit], {encoding: 'utf8'});
  assert.equal(status, 0, stdout.slice(-500));
});
