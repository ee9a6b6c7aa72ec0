// The hosted page, what it loads and the SDK, as a browser gets them from the real binary.
import assert from 'node:assert/strict';
import {spawnSync} from 'node:child_process';
import {after, before, test} from 'node:test';
import {brotliDecompressSync, gunzipSync} from 'node:zlib';
import {binary, startGateway, type Gateway} from '../support/gateway.js';
import {raw} from '../support/http.js';

let gateway: Gateway;
before(async () => (gateway = await startGateway()));
after(async () => gateway.dispose());

const get = (path: string, init: RequestInit = {}) => fetch(gateway.url + path, {redirect: 'manual', ...init});

const pagePath = (origin: string, language = 'en') =>
  `/link?app_token=${gateway.info.app_token}&origin=${encodeURIComponent(origin)}&language=${language}`;

function origins(...args: string[]) {
  const {status, stdout, stderr} = spawnSync(binary, ['app', 'origin', ...args, '--data', gateway.dataFolder], {encoding: 'utf8'});
  assert.equal(status, 0, stderr);
  return stdout.trim();
}

test('shows the page to who may frame it, from the next request on', async () => {
  const status = async (origin: string) => (await get(pagePath(origin))).status;
  const ancestors = async (origin: string) => /frame-ancestors (.*)$/.exec((await get(pagePath(origin))).headers.get('content-security-policy') ?? '')?.[1];

  assert.equal(await ancestors('http://127.0.0.1:7072'), 'http://127.0.0.1:7072');
  assert.equal(await status('https://shop.example'), 403);
  assert.equal(await ancestors('https://shop.example'), "'none'");

  assert.equal(origins('add', 'https://Shop.example:443'), 'https://shop.example');
  assert.equal(await ancestors('https://shop.example'), 'https://shop.example');
  assert.equal(await status('http://127.0.0.1:7072'), 403);

  assert.equal(origins('remove', 'https://shop.example'), '');
  assert.equal(await status('https://shop.example'), 403);
  assert.equal(await status('http://127.0.0.1:7072'), 200);
});

test('the command on the plain page is the one that helps', async () => {
  const page = await (await get(pagePath('https://other.example'))).text();
  const command = /<footer><code>qantara (.*)<\/code>/.exec(page)?.[1]?.split(' ') ?? [];
  const {status, stderr} = spawnSync(binary, [...command, '--data', gateway.dataFolder], {encoding: 'utf8'});
  assert.equal(status, 0, stderr);
  assert.equal((await get(pagePath('https://other.example'))).status, 200);
  origins('remove', 'https://other.example');
});

test('the page loads its own files only, and they are kept for good', async () => {
  for (const language of ['en', 'ar']) {
    const page = await (await get(pagePath('http://localhost', language))).text();
    assert.match(page, new RegExp(`<html lang="${language}" dir="${language === 'ar' ? 'rtl' : 'ltr'}">`));
    // An icon that is none keeps the browser from asking for one.
    const loaded = [...page.matchAll(/(?:src|href)="([^"]*)"/g)].map(([, path = '']) => path).filter((path) => path !== 'data:,');
    assert.ok(loaded.length >= 2, page);
    for (const path of loaded) {
      assert.match(path, /^\/link\/assets\/[\w.-]+$/);
      const file = await get(path);
      assert.equal(file.status, 200, path);
      assert.equal(file.headers.get('cache-control'), 'public, max-age=31536000, immutable');
      assert.equal(file.headers.get('cross-origin-resource-policy'), 'same-origin');
      assert.match(file.headers.get('content-type') ?? '', path.endsWith('.css') ? /^text\/css/ : /^text\/javascript/);
    }
  }
  assert.equal((await get('/link/assets/index.js')).status, 404);
  assert.equal((await get('/link/assets/..%2Findex.en.html')).status, 404);
});

test('the SDK has every published name, and no other', async () => {
  const names = [
    '/link/sdk/web/latest/Lean.min.js', '/link/sdk/web/1.21.1/Lean.min.js', '/link/sdk/web/2/Lean.min.js', '/sa/link/sdk/web/latest/Lean.min.js', '/sa/link/sdk/web/0.5.0/Lean.min.js',
    '/link/sdk/web/v2/prod/ae/latest/Lean.min.js', '/link/sdk/web/v2/prod/sa/1.0.0/Lean.min.js', '/link/loader/prod/ae/latest/lean-link-loader.min.js', '/link/loader/prod/sa/1.2.3/lean-link-loader.min.js',
  ];
  const bytes = new Set<string>();
  for (const name of names) {
    const script = await get(name);
    assert.equal(script.status, 200, name);
    assert.equal(script.headers.get('cross-origin-resource-policy'), 'cross-origin', name);
    assert.equal(script.headers.get('cache-control'), 'public, max-age=300', name);
    bytes.add(await script.text());
  }
  assert.equal(bytes.size, 1);

  const others = [
    '/link/sdk/web/newest/Lean.min.js', '/link/sdk/web/latest1/Lean.min.js', '/link/sdk/web/1..2/Lean.min.js', '/link/sdk/web/.1/Lean.min.js', '/link/sdk/web/1./Lean.min.js', '/link/sdk/web/v2/Lean.min.js',
    '/link/sdk/web/1.2.3-beta/Lean.min.js', '/link/sdk/web/1%2F2/Lean.min.js', `/link/sdk/web/${'1'.repeat(30)}/Lean.min.js`,
    '/link/sdk/web/v2/prod/uk/latest/Lean.min.js', '/link/sdk/web/v2/prod/AE/latest/Lean.min.js', '/link/loader/prod/kw/latest/lean-link-loader.min.js',
  ];
  for (const name of others) {
    const answer = await get(name);
    assert.equal(answer.status, 404, name);
    assert.equal(((await answer.json()) as {status: string}).status, 'INVALID_URL', name);
  }
});

test('the SDK comes compressed to who can read it, and not twice', async () => {
  const path = '/link/sdk/web/latest/Lean.min.js';
  const plain = await (await get(path, {headers: {'accept-encoding': 'identity'}})).text();
  // (fetch takes compression off by itself, so the bytes are looked at as they come.)
  const bodyOf = async (coding: string) => {
    const {text} = await raw(gateway.url, `GET ${path} HTTP/1.1\r\nHost: a\r\nAccept-Encoding: ${coding}\r\nConnection: close\r\n\r\n`);
    const end = text.indexOf('\r\n\r\n');
    assert.match(text.slice(0, end), new RegExp(`^Content-Encoding: ${coding}$`, 'mi'));
    assert.match(text.slice(0, end), /^Vary: Accept-Encoding$/mi);
    return Buffer.from(text.slice(end + 4), 'latin1');
  };
  assert.equal(gunzipSync(await bodyOf('gzip')).toString(), plain);
  assert.equal(brotliDecompressSync(await bodyOf('br')).toString(), plain);

  const first = await get(path);
  const again = await get(path, {headers: {'if-none-match': first.headers.get('etag') ?? ''}});
  assert.equal(again.status, 304);
  assert.equal(again.headers.get('cache-control'), 'public, max-age=300');
  assert.equal(await again.text(), '');

  const head = await get(path, {method: 'HEAD', headers: {'accept-encoding': 'identity'}});
  assert.equal(head.headers.get('content-length'), String(Buffer.byteLength(plain)));
});

test('no answer to a browser can be read, framed or loaded by another site, but the script that anybody may pin by its hash', async () => {
  const asked = [
    () => get(pagePath('http://localhost')), () => get('/link'), () => get('/link/sdk/web/latest/Lean.min.js'), () => get('/link/sdk/web/x/Lean.min.js'),
    () => get(`/link/loader/prod/ae/latest/lean-sdk.html?app_token=${gateway.info.app_token}`), () => get('/link/loader/prod/ae/latest/lean-sdk.html'),
    () => get('/link/v1/sessions/9dafc6f5-37e8-4f72-aa0b-53239be401f2'), () => get('/link/v1/sessions', {method: 'POST', body: '{}', headers: {'content-type': 'application/json'}}),
  ];
  for (const ask of asked) {
    const {headers: sent, url, status} = await ask();
    const headers = new Headers(sent);
    const what = `${status} ${url}`;
    assert.match(headers.get('content-security-policy') ?? '', /^default-src 'none';.*frame-ancestors ('none'|http:\/\/localhost)$/, what);
    assert.equal(headers.get('x-content-type-options'), 'nosniff', what);
    assert.equal(headers.get('referrer-policy'), 'no-referrer', what);
    assert.ok(headers.get('cross-origin-resource-policy'), what);
    const isScript = url.endsWith('latest/Lean.min.js');
    assert.equal(headers.get('access-control-allow-origin'), isScript ? '*' : null, what);
    headers.delete('access-control-allow-origin');
    for (const [name] of headers) assert.ok(!name.startsWith('access-control-') && name !== 'set-cookie' && name !== 'server', `${what}: ${name}`);
    if (!isScript) assert.equal(headers.get('cache-control'), 'no-store', what);
  }
});
