// The checks that docs/guides/verify-webhooks offers for copying, each in its own language, on what the gateway really sends.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {createHmac} from 'node:crypto';
import {mkdtempSync, rmSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath} from 'node:url';

import {Hooks} from '../support/hooks.js';
import type {Delivery} from '../support/receiver.js';

const folder = fileURLToPath(new URL('../../../docs/guides/verify-webhooks', import.meta.url));
/** How each is run. What a machine lacks is left out there; JavaScript never is. */
const built = mkdtempSync(join(tmpdir(), 'qantara-samples-'));
const samples: [language: string, run: string[], build?: string[]][] = [
  ['JavaScript', ['node', 'verify.mjs']],
  ['Python', ['python3', 'verify.py']],
  ['Java', ['java', '-cp', built, 'Verify'], ['javac', '-d', built, 'Verify.java']],
  ['PHP', ['php', 'verify.php']],
  ['Go', [join(built, 'verify')], ['go', 'build', '-o', join(built, 'verify'), 'verify.go']],
];
const isThere = (command: string) => spawnSync('sh', ['-c', `command -v ${command}`]).status === 0;

let hooks: Hooks;
let secrets: {older: string; newer: string};
let delivery: Delivery;

before(async () => {
  hooks = await Hooks.open();
  const {receiver, path, secret: older} = await hooks.listen();
  const {secret: newer} = await hooks.ok('POST', `${path}/rotate-secret`, {overlap: '2h'});
  secrets = {older, newer};
  await hooks.publish();
  await receiver.event('payment_intent.created');
  delivery = receiver.deliveries[0]!;
});
after(async () => {
  await hooks?.close();
  rmSync(built, {recursive: true, force: true});
});

function signed(secret: string, id: string, at: string, body: string): string {
  const key = Buffer.from(secret.slice('whsec_'.length), 'base64');
  return `v1,${createHmac('sha256', key).update(`${id}.${at}.${body}`).digest('base64')}`;
}

for (const [language, [command, ...args], build] of samples) {
  const needed = build?.[0] ?? command!;
  test(`${language}: tells what the gateway sent from what it did not`, {skip: !isThere(needed) && `${needed} is not on this machine`}, () => {
    if (build) assert.equal(spawnSync(build[0]!, build.slice(1), {cwd: folder, stdio: 'inherit'}).status, 0);
    const header = (name: string) => String(delivery.headers[name]);
    const real = {secret: secrets.newer, id: header('webhook-id'), at: header('webhook-timestamp'), signature: header('webhook-signature'), body: delivery.body};
    assert.equal(real.signature.split(' ').length, 2, 'one for each secret of a rotation');
    const old = String(Number(real.at) - 3600);
    const cases: [what: string, changed: Partial<typeof real>, says: 'genuine' | 'forged'][] = [
      ['with the new secret', {}, 'genuine'],
      ['with the old secret', {secret: secrets.older}, 'genuine'],
      ['a changed body', {body: delivery.body.replace('100.00', '100.01')}, 'forged'],
      ['another id', {id: `${real.id}0`}, 'forged'],
      ['another secret', {secret: `whsec_${Buffer.alloc(32, 7).toString('base64')}`}, 'forged'],
      ['an hour old', {at: old, signature: signed(secrets.newer, real.id, old, delivery.body)}, 'forged'],
      ['a time that is none', {at: 'now', signature: signed(secrets.newer, real.id, 'now', delivery.body)}, 'forged'],
      ['no signature', {signature: ''}, 'forged'],
      ['another version', {signature: real.signature.replaceAll('v1,', 'v2,')}, 'forged'],
    ];
    for (const [what, changed, says] of cases) {
      const {secret, id, at, signature, body} = {...real, ...changed};
      const run = spawnSync(command!, [...args, id, at, signature], {cwd: folder, input: body, encoding: 'utf8', env: {...process.env, WEBHOOK_SECRET: secret}});
      assert.equal(run.stdout.trim(), says, `${what}: ${run.stderr}`);
      assert.equal(run.status, says === 'genuine' ? 0 : 1, what);
    }
  });
}
