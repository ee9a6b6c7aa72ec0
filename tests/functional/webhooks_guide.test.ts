// The commands and the code of docs/guides/webhooks.md do what they say.
import assert from 'node:assert/strict';
import {spawn} from 'node:child_process';
import {mkdtempSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {pathToFileURL} from 'node:url';

import {type Gateway, startGateway} from '../support/gateway.js';
import {Receiver} from '../support/receiver.js';

const guide = readFileSync(new URL('../../../docs/guides/webhooks.md', import.meta.url), 'utf8');
const blocks = (language: string) => [...guide.matchAll(new RegExp(`^\`\`\`${language}\\n(.*?)^\`\`\`$`, 'gms'))].map((block) => block[1]!);

const folder = mkdtempSync(join(tmpdir(), 'qantara-guide-'));
let receiver: Receiver;
let gateway: Gateway;

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway();
});
after(async () => {
  await gateway?.dispose();
  await receiver?.close();
  rmSync(folder, {recursive: true, force: true});
});

/** Runs a script while this process goes on serving. */
async function shell(script: string): Promise<{code: number | null; out: string}> {
  const env = {...process.env, QANTARA_URL: gateway.url, QANTARA_APP_TOKEN: gateway.info.app_token, WEBHOOK_URL: receiver.url};
  const child = spawn('bash', ['-euo', 'pipefail', '-c', script], {cwd: folder, env, stdio: ['ignore', 'pipe', 'inherit']});
  let out = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text));
  const code = await new Promise<number | null>((resolve) => child.once('close', resolve));
  return {code, out};
}

test('its commands register, test, replay, list, resume and rotate', async () => {
  const [, ...commands] = blocks('sh');
  assert.ok(commands.length >= 7, `the guide shows ${commands.length} commands`);
  // One shell for all: what a block keeps in a variable, the next one uses. Each answer on a line of its own.
  const run = await shell(commands.map((block) => `${block}echo\n`).join(''));
  assert.equal(run.code, 0, run.out);
  const answers = run.out.split(/\n|(?<=\})(?=\{)/).filter((line) => line.startsWith('{')).map((line) => JSON.parse(line));
  const faults = answers.filter(({metadata}) => metadata !== undefined);
  assert.deepEqual(faults, []);
  const [created, tested, deliveries, dead, since, events, resumed, rotated] = answers;
  assert.match(created.secret, /^whsec_/);
  const told = await receiver.event('webhook_endpoint.tested');
  assert.equal(told.event_id, tested.event_id);
  assert.equal(deliveries.data[0].event_id, tested.event_id);
  assert.equal(dead.replayed, 0);
  assert.equal(since.has_more, false);
  assert.deepEqual(events, {data: [], cursor: null, has_more: false});
  assert.equal(resumed.status, 'ACTIVE');
  assert.notEqual(rotated.secret, created.secret);
});

test('its code tells a genuine webhook from another', async () => {
  const [code] = blocks('js');
  const file = join(folder, 'is_genuine.mjs');
  writeFileSync(file, code!);
  const {isGenuine} = (await import(pathToFileURL(file).href)) as {isGenuine(body: string, header: unknown, secret: string): boolean};
  const {secret} = JSON.parse(readFileSync(join(folder, 'endpoint.json'), 'utf8')) as {secret: string};
  await receiver.event('webhook_endpoint.tested');
  const {body, headers} = receiver.deliveries[0]!;
  assert.equal(isGenuine(body, headers['lean-signature'], secret), true);
  assert.equal(isGenuine(`${body} `, headers['lean-signature'], secret), false);
  assert.equal(isGenuine(body, headers['lean-signature'], `${secret}x`), false);
  assert.equal(isGenuine(body, undefined, secret), false);
});
