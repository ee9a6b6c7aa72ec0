// Every command that README and guides show is run, in the order in which a reader would type it.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHmac} from 'node:crypto';
import {existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {dirname, join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';
import {binary, Gateway} from '../support/gateway.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

/** The shell blocks of a page, in order. */
function commands(page: string): string[] {
  return [...readFileSync(join(root, page), 'utf8').matchAll(/^```sh\n(.*?)^```$/gms)].map((block) => block[1] ?? '');
}

function shell(script: string, cwd: string, env: Record<string, string> = {}) {
  const path = `${dirname(binary)}:${process.env['PATH'] ?? ''}`;
  const result = spawnSync('bash', ['-euo', 'pipefail', '-c', script], {cwd, encoding: 'utf8', env: {...process.env, ...env, PATH: path}});
  return {code: result.status, out: result.stdout, err: result.stderr};
}

const gateway = new Gateway({verb: 'dev'});
const folder = mkdtempSync(join(tmpdir(), 'qantara-docs-'));

before(() => gateway.start());
after(async () => {
  await gateway.dispose();
  rmSync(folder, {recursive: true, force: true});
});

test('the guide to a payment by hand does what it says', () => {
  writeFileSync(join(folder, 'ready.json'), JSON.stringify(gateway.info));
  const blocks = commands('docs/guides/first-payment.md');
  assert.ok(blocks.length >= 7, `the guide shows ${blocks.length} commands`);
  // One shell for all: what a block keeps in a variable, the next one uses.
  const run = shell(blocks.join('\n'), folder, {QANTARA_DATA: gateway.dataFolder});
  assert.equal(run.code, 0, run.err + run.out);
  assert.match(run.out, /COOL_OFF/);
  assert.match(run.out, /"status": "ACCEPTED_BY_BANK"/);
  assert.match(run.out, /confirmed the review/);
});

test('the guide to webhooks shows a check that works', () => {
  const [block] = commands('docs/guides/webhooks.md');
  assert.ok(block);
  const run = shell(block, folder, {BODY: '{"a":1}', WEBHOOK_SECRET: 'whsec_test'});
  assert.equal(run.out.trim(), `sha512=${createHmac('sha512', 'whsec_test').update('{"a":1}').digest('hex')}`);
});

test('the guide to operating backs up, restores and activates', () => {
  const blocks = commands('docs/guides/operate.md');
  assert.ok(blocks.length >= 5, `the guide shows ${blocks.length} commands`);
  const data = join(folder, 'qantara-data');
  const made = shell('qantara dev --demo --once --listen 127.0.0.1:0', folder);
  assert.equal(made.code, 0, made.err);
  assert.ok(existsSync(data));
  const run = shell(blocks.join('\n'), folder, {QANTARA_DATA: 'qantara-data', QANTARA_LISTEN: '127.0.0.1:0'});
  assert.equal(run.code, 0, run.err + run.out);
  for (const words of ['is a backup of qantara-data', 'can be restored', 'is restored, as a copy']) assert.ok(run.out.includes(words), run.out);
});

test('the guide to the demo shop orders a lost answer', () => {
  const [block] = commands('docs/guides/demo-shop.md');
  assert.ok(block);
  const run = shell(block.replace('http://127.0.0.1:7071', gateway.bankUrl), folder);
  assert.equal(run.code, 0, run.err + run.out);
  assert.equal(typeof JSON.parse(run.out).id, 'number');
});

test('the scripted payment of the README goes through and ends', () => {
  assert.ok(commands('README.md').some((block) => block.includes('./dev run')));
  const run = shell(`qantara dev --demo --once --listen 127.0.0.1:0 --data ${folder}/demo`, folder);
  assert.equal(run.code, 0, run.err + run.out);
  for (const words of ['409 PENDING_BENEFICIARY_COOL_OFF until', 'advanced by 24 h', 'payment.created', 'signature verified', '1 transfer for payment']) {
    assert.ok(run.out.includes(words), `the output lacks "${words}":\n${run.out}`);
  }
});

test('the annotated configuration file starts a gateway', async () => {
  const configured = new Gateway({verb: 'serve', flags: ['--config', join(root, 'tools/config/qantara.toml')]});
  await configured.start();
  assert.equal((await fetch(`${configured.url}/readyz`)).status, 200);
  assert.equal(await configured.stop(), 0);
  await configured.dispose();
});
