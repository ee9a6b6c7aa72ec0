// The commands of docs/guides/going-live.md, on a gateway that speaks TLS itself.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';

import {Certificates} from '../support/certificates.js';
import {binary, Gateway} from '../support/gateway.js';

const guide = readFileSync(new URL('../../../docs/guides/going-live.md', import.meta.url), 'utf8');
const commands = [...guide.matchAll(/^```sh\n(.*?)^```$/gms)].map((block) => block[1]!);

const certificates = new Certificates();
const folder = mkdtempSync(join(tmpdir(), 'qantara-live-'));
let gateway: Gateway;
let certificate: string;

before(async () => {
  const files = certificates.make('server');
  ({certificate} = files);
  gateway = new Gateway({verb: 'serve', flags: ['--tls-certificate', files.certificate, '--tls-key', files.key]});
  await gateway.start();
});
after(async () => {
  await gateway?.dispose();
  certificates.dispose();
  rmSync(folder, {recursive: true, force: true});
});

test('a live application is made, proves itself in three ways, and has a payee and an endpoint', () => {
  assert.ok(commands.length >= 6, `the guide shows ${commands.length} commands`);
  const env = {
    ...process.env,
    PATH: `${dirname(binary)}:${process.env['PATH'] ?? ''}`,
    QANTARA_DATA: gateway.dataFolder,
    QANTARA_URL: gateway.url.replace('127.0.0.1', 'localhost'),
    CURL_CA_BUNDLE: certificate,
  };
  // One shell for all: what a block keeps in a variable, the next one uses.
  const run = spawnSync('bash', ['-euo', 'pipefail', '-c', commands.map((block) => `${block}echo\n`).join('')], {cwd: folder, encoding: 'utf8', env});
  assert.equal(run.status, 0, run.stderr + run.stdout);
  assert.match(run.stdout, /"mode": ?"live"/i);
  assert.match(run.stdout, /^3\d{3}$/m, 'seconds of an access token');
  assert.match(run.stdout, /"default": true/);
  assert.match(run.stdout, /"status": "ACTIVE"/);
});
