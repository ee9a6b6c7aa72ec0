// `qantara doctor` finds what was broken, says what to do, and leaves everything as it is.
import assert from 'node:assert/strict';
import {chmodSync, mkdtempSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {createServer} from 'node:net';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, afterEach, before, test} from 'node:test';

import {engine} from '../support/engine.js';
import {type Gateway, run, startGateway} from '../support/gateway.js';

interface Finding {
  subject: string;
  verdict: 'ok' | 'look' | 'fail';
  text: string;
  remedy: string | null;
}

let gateway: Gateway;
const folder = mkdtempSync(join(tmpdir(), 'qantara-doctor-'));

before(async () => {
  gateway = await startGateway({verb: 'serve'});
});
afterEach(() => {
  chmodSync(gateway.dataFolder, 0o700);
  chmodSync(join(gateway.dataFolder, 'key'), 0o600);
});
after(async () => {
  await gateway.dispose();
  rmSync(folder, {recursive: true, force: true});
});

async function doctor(...flags: string[]): Promise<{code: number; findings: Map<string, Finding>}> {
  const itsData = flags.includes('--data') ? [] : ['--data', gateway.dataFolder, ...gateway.databaseFlags];
  const {code, out, err} = await run(['doctor', '--json', ...itsData, ...(flags.includes('--listen') ? [] : ['--listen', '127.0.0.1:0']), ...flags]);
  assert.equal(err, '');
  const findings = out.trim().split('\n').map((line) => JSON.parse(line) as Finding);
  for (const finding of findings) assert.ok(finding.verdict === 'ok' || finding.remedy !== null || finding.subject === 'key', finding.subject);
  return {code, findings: new Map(findings.map((finding) => [finding.subject, finding]))};
}

test('finds nothing wrong with a gateway that runs, and leaves nothing behind', async () => {
  const inFolder = () => readdirSync(gateway.dataFolder).sort();
  const before = inFolder();
  const {code, findings} = await doctor();
  assert.equal(code, 0);
  assert.deepEqual(inFolder(), before);
  const wrong = [...findings.values()].filter(({verdict, subject}) => verdict !== 'ok' && !['clock', 'disk flush'].includes(subject));
  assert.deepEqual(wrong, []);
  assert.match(findings.get('gateway')!.text, /^runs on this folder, \d/);
  assert.match(findings.get('database')!.text, engine === 'sqlite' ? /whole/ : /^PostgreSQL 1\d\./);
  assert.match(findings.get('key')!.text, /fits the database/);
});

test('finds permissions that let others in', async () => {
  chmodSync(gateway.dataFolder, 0o755);
  chmodSync(join(gateway.dataFolder, 'key'), 0o644);
  const {code, findings} = await doctor();
  assert.equal(code, 1);
  assert.deepEqual([findings.get('data folder')!.verdict, findings.get('key')!.verdict], ['fail', 'fail']);
  assert.match(findings.get('data folder')!.remedy!, /^chmod 0700 /);
});

test('finds an address that others can reach, and one that another process has', async () => {
  assert.equal((await doctor('--listen', '0.0.0.0:7070')).findings.get('address')!.verdict, 'look');
  const server = createServer().listen(0, '127.0.0.1');
  await new Promise((resolve) => server.once('listening', resolve));
  const {port} = server.address() as {port: number};
  const {code, findings} = await doctor('--listen', `127.0.0.1:${port}`, '--data', join(folder, 'none'));
  assert.deepEqual([code, findings.get('address')!.verdict, findings.get('data folder')!.verdict], [1, 'fail', 'look']);
  server.close();
});

test('looks at what the configuration file says, and refuses one that nobody understands', async () => {
  const file = join(folder, 'qantara.toml');
  writeFileSync(file, `[serve]\ndata = "${gateway.dataFolder}"\nlisten = "0.0.0.0:0"\n`);
  const {code, out} = await run(['doctor', '--json', '--config', file]);
  assert.equal(code, 0);
  assert.ok(out.includes(`${gateway.dataFolder}, mode 0700`), out);
  assert.match(out, /reachable from outside/);
  writeFileSync(file, '[serve]\nlissten = "127.0.0.1:0"\n');
  assert.equal((await run(['doctor', '--config', file])).code, 2);
});
