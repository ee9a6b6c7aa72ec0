// A gateway with a certificate of its own: what it speaks, what it refuses, and how the certificate is renewed.
import assert from 'node:assert/strict';
import {copyFileSync, readFileSync} from 'node:fs';
import {request} from 'node:https';
import {connect as connectPlain, type Socket} from 'node:net';
import {connect, type ConnectionOptions, type TLSSocket} from 'node:tls';
import {X509Certificate} from 'node:crypto';
import {after, before, test} from 'node:test';

import {Certificates} from '../support/certificates.js';
import {Gateway, run} from '../support/gateway.js';
import {raw} from '../support/http.js';
import {eventually} from '../support/shop.js';

const certificates = new Certificates();
const first = certificates.make('first');
const served = {certificate: `${certificates.folder}/served.pem`, key: `${certificates.folder}/served.key`};
const flags = ['--tls-certificate', served.certificate, '--tls-key', served.key];
let gateway: Gateway;

function serve(files: {certificate?: string; key?: string}): void {
  if (files.certificate) copyFileSync(files.certificate, served.certificate);
  if (files.key) copyFileSync(files.key, served.key);
}

before(async () => {
  serve(first);
  gateway = await new Gateway({verb: 'serve', flags}).start();
});
after(async () => {
  await gateway.dispose();
  certificates.dispose();
});

const port = () => Number(new URL(gateway.info.url).port);
const fingerprint = (file: string) => new X509Certificate(readFileSync(file)).fingerprint256;

/** Shakes hands as told; nothing is checked here but that it comes about. */
async function shakeHands(options: ConnectionOptions = {}): Promise<TLSSocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({port: port(), host: '127.0.0.1', rejectUnauthorized: false, ...options}, () => resolve(socket));
    socket.on('error', reject);
  });
}

async function refused(options: ConnectionOptions): Promise<string> {
  try {
    (await shakeHands(options)).destroy();
  } catch (error) {
    return (error as Error).message;
  }
  return 'not refused';
}

async function get(path: string): Promise<{status: number; headers: NodeJS.Dict<string | string[]>}> {
  return new Promise((resolve, reject) => {
    const asked = request({port: port(), host: '127.0.0.1', path, ca: readFileSync(served.certificate), agent: false}, (response) => {
      response.resume().once('end', () => resolve({status: response.statusCode ?? 0, headers: response.headers}));
    });
    asked.once('error', reject).end();
  });
}

async function shown(): Promise<string> {
  const socket = await shakeHands();
  const {fingerprint256} = socket.getPeerCertificate();
  socket.destroy();
  return fingerprint256;
}

test('answers by https alone, and tells browsers to keep to it', async () => {
  assert.match(gateway.info.url, /^https:\/\/127\.0\.0\.1:\d+$/);
  const {status, headers} = await get('/readyz');
  assert.equal(status, 200);
  assert.equal(headers['strict-transport-security'], 'max-age=31536000');
  const refusal = await get('/payments/v1/intents');
  assert.deepEqual([refusal.status, refusal.headers['strict-transport-security']], [401, 'max-age=31536000']);

  const plain = await raw(`http://127.0.0.1:${port()}`, 'GET /readyz HTTP/1.1\r\nHost: a\r\n\r\n', 5000);
  assert.match(plain.text, /^HTTP\/1\.1 400 [^]*use https/);
});

test('speaks TLS 1.2 and 1.3 with forward secrecy, and nothing older or weaker', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await shakeHands({minVersion: version, maxVersion: version, ALPNProtocols: ['h2', 'http/1.1']});
    assert.equal(socket.getProtocol(), version);
    assert.match(socket.getCipher().standardName, /GCM|CHACHA20/);
    assert.equal(socket.alpnProtocol, 'http/1.1');
    socket.destroy();
  }
  // A client that is made to try: its own library would refuse before a byte had left.
  const lax = {ciphers: 'ALL:@SECLEVEL=0', minVersion: 'TLSv1', maxVersion: 'TLSv1.1'} as const;
  assert.match(await refused(lax), /alert protocol version|alert handshake failure|wrong version/);
  for (const ciphers of ['ECDHE-ECDSA-AES128-SHA', 'AES128-GCM-SHA256', 'ECDHE-ECDSA-AES256-SHA384']) {
    assert.match(await refused({ciphers: `${ciphers}:@SECLEVEL=0`, maxVersion: 'TLSv1.2'}), /handshake failure/, ciphers);
  }
  assert.notEqual(await refused({ALPNProtocols: ['h2']}), 'not refused');
});

test('resumes sessions', async () => {
  for (const version of ['TLSv1.2', 'TLSv1.3'] as const) {
    const socket = await shakeHands({maxVersion: version});
    const session = await new Promise<Buffer>((resolve) => {
      if (version === 'TLSv1.2') return resolve(socket.getSession()!);
      socket.once('session', resolve);
      return undefined;
    });
    socket.destroy();
    const again = await shakeHands({maxVersion: version, session});
    assert.equal(again.isSessionReused(), true, version);
    again.destroy();
  }
});

test('clients that begin a handshake and do not go on keep nobody waiting', async () => {
  const hello = Buffer.from('16030102000100', 'hex');
  const silent: Socket[] = [];
  for (let i = 0; i < 300; ++i) {
    const socket = connectPlain(port(), '127.0.0.1').on('error', () => undefined);
    if (i % 2 === 0) socket.write(hello);
    silent.push(socket);
  }
  for (let i = 0; i < 5; ++i) assert.equal((await get('/readyz')).status, 200);
  silent.forEach((socket) => socket.destroy());
});

test('a certificate that is renewed is shown to those who come next; a wrong one changes nothing', async () => {
  const second = certificates.make('second');
  assert.equal(await shown(), fingerprint(first.certificate));
  const patient = await shakeHands();

  serve({certificate: second.certificate});
  process.kill(gateway.pid, 'SIGHUP');
  const isTold = async () => gateway.logLines.some((line) => line.includes('stays in use') && line.includes('must be the key of the certificate'));
  await eventually(isTold, (told) => told, 'the wrong pair is told of in the log');
  assert.equal(await shown(), fingerprint(first.certificate));

  serve({key: second.key});
  process.kill(gateway.pid, 'SIGHUP');
  await eventually(shown, (print) => print === fingerprint(second.certificate), 'the second certificate is shown');

  // Nobody tells of this one.
  serve(first);
  await eventually(shown, (print) => print === fingerprint(first.certificate), 'the first certificate is shown again');

  patient.write('GET /readyz HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n');
  const answer = await new Promise<string>((resolve) => patient.once('data', (data) => resolve(data.toString())));
  assert.match(answer, /^HTTP\/1\.1 200 /);
  patient.destroy();
});

test('does not start on a certificate that nobody would accept, and says why', async () => {
  const expired = certificates.make('expired', {days: -1});
  const others = certificates.make('others');
  for (const [certificate, key, words] of [
    [expired.certificate, expired.key, /tls-certificate .*expired\.pem holds a certificate that expired at 20/],
    [first.certificate, others.key, /tls-key .*others\.key must be the key of the certificate/],
    [`${certificates.folder}/none.pem`, first.key, /tls-certificate .*none\.pem must be a readable file/],
  ] as const) {
    const {code, err} = await run(['serve', '--listen', '127.0.0.1:0', '--data', `${certificates.folder}/data`, '--tls-certificate', certificate, '--tls-key', key]);
    assert.equal(code, 1);
    assert.match(err, words);
  }
  const half = await run(['serve', '--data', `${certificates.folder}/data`, '--tls-certificate', first.certificate]);
  assert.equal(half.code, 2);
  assert.match(half.err, /--tls-key/);
});

test('doctor says when the certificate ends', async () => {
  const finding = async (files: {certificate: string; key: string}) => {
    const {out} = await run(['doctor', '--json', '--data', gateway.dataFolder, '--tls-certificate', files.certificate, '--tls-key', files.key]);
    const findings = out.trim().split('\n').map((line) => JSON.parse(line) as {subject: string; verdict: string; text: string});
    return findings.find(({subject}) => subject === 'certificates')!;
  };
  const fresh = await finding(first);
  assert.equal(fresh.verdict, 'ok');
  assert.match(fresh.text, /first\.pem ends at 20\d\d-/);
  assert.equal((await finding(certificates.make('soon', {days: 5}))).verdict, 'look');
  assert.equal((await finding(certificates.make('late', {days: -1}))).verdict, 'fail');
});

test('the client is whom a trusted proxy names, and nobody else is believed', async () => {
  const strict = async (url: string, headers: Record<string, string>) => (await fetch(`${url}/readyz`, {headers})).headers.get('strict-transport-security');
  const behind = await new Gateway({verb: 'serve', flags: ['--trusted-proxy', '127.0.0.0/8']}).start();
  const alone = await new Gateway({verb: 'serve'}).start();
  try {
    const said = {'x-forwarded-for': '192.0.2.1', 'x-forwarded-proto': 'https'};
    assert.equal(await strict(behind.info.url, said), 'max-age=31536000');
    assert.equal(await strict(behind.info.url, {...said, 'x-forwarded-proto': 'http'}), null);
    assert.equal(await strict(behind.info.url, {forwarded: 'for=192.0.2.1;proto=https'}), null, 'not the agreed header');
    assert.equal(await strict(alone.info.url, said), null);
  } finally {
    await behind.dispose();
    await alone.dispose();
  }
  const wrong = await run(['serve', '--trusted-proxy', '10.0.0.0/33']);
  assert.equal(wrong.code, 2);
  assert.match(wrong.err, /10\.0\.0\.0\/33' is no network/);
});
