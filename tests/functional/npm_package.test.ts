// The npm package, as a shop gets it: packed, installed in an empty folder, compiled against and used.
import assert from 'node:assert/strict';
import {execFileSync, spawnSync} from 'node:child_process';
import {mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync} from 'node:fs';
import {tmpdir} from 'node:os';
import {join} from 'node:path';
import {after, before, test} from 'node:test';
import {fileURLToPath, pathToFileURL} from 'node:url';

const root = fileURLToPath(new URL('../../../', import.meta.url));
let folder: string;

before(() => {
  folder = mkdtempSync(join(tmpdir(), 'qantara-shop-'));
  const out = join(folder, 'packed');
  execFileSync(process.execPath, [join(root, 'web/package.mjs'), '--out', out]);
  const [file, ...more] = readdirSync(out);
  assert.deepEqual(more, []);
  assert.match(file!, /^qantara-link-\d+\.\d+\.\d+\.tgz$/);
  writeFileSync(join(folder, 'package.json'), '{"private": true, "type": "module"}');
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', '--silent', join(out, file!)], {cwd: folder});
});
after(() => rmSync(folder, {recursive: true}));

/** What the compiler says to `code` in the shop's folder. */
function compile(name: string, code: string): {ok: boolean; says: string} {
  writeFileSync(join(folder, name), code);
  const tsc = join(root, 'web/node_modules/typescript/bin/tsc');
  const flags = ['--strict', '--noEmit', '--module', 'nodenext', '--target', 'es2022', '--lib', 'es2022,dom'];
  const {status, stdout} = spawnSync(process.execPath, [tsc, ...flags, name], {cwd: folder, encoding: 'utf8'});
  return {ok: status === 0, says: stdout};
}

test('the package holds the code, its types and its licence, and asks for nothing else', () => {
  const installed = join(folder, 'node_modules/qantara-link');
  assert.deepEqual(readdirSync(installed).sort(), ['LICENSE', 'README.md', 'lib', 'package.json']);
  const {dependencies, version, scripts} = JSON.parse(readFileSync(join(installed, 'package.json'), 'utf8'));
  assert.deepEqual([dependencies, scripts], [undefined, undefined]);
  assert.notEqual(version, '0.0.0');
});

test('what the types allow compiles in a shop, and every call that is wrong does not', () => {
  const usage = readFileSync(join(root, 'web/npm/usage.ts'), 'utf8').replaceAll('./index.js', 'qantara-link');
  const {ok, says} = compile('usage.ts', usage);
  assert.ok(ok, says);
  // Each line below an expected error is one: without the expectation the compiler names it.
  const wrong = (usage.match(/\/\/ @ts-expect-error/g) ?? []).length;
  const told = compile('wrong.ts', usage.replaceAll('@ts-expect-error', '')).says.match(/^wrong\.ts\(\d+,\d+\): error TS/gm) ?? [];
  assert.ok(wrong > 10);
  assert.equal(told.length, wrong);
});

interface Script {
  remove(): void;
  src?: string;
  integrity?: string;
  crossOrigin?: string;
  nonce?: string;
  onload?(): void;
  onerror?(): void;
}

/** A page with no more than the loader touches. Result: the scripts that it put there. */
function fakePage(): Script[] {
  const scripts: Script[] = [];
  const page = {
    createElement: (): Script => ({remove() { scripts.splice(scripts.indexOf(this), 1); }}),
    head: {append: (script: Script) => scripts.push(script)},
  };
  Object.assign(globalThis, {document: page, window: globalThis});
  return scripts;
}

test('the script is loaded once from the gateway, with the hash that the page states; a failure says what to look at', async () => {
  const entry = pathToFileURL(join(folder, 'node_modules/qantara-link/lib/npm/index.js')).href;
  const {loadLean} = await import(entry);
  await assert.rejects(loadLean({gateway: 'https://pay.example'}), /there is no page here/);
  const scripts = fakePage();
  for (const gateway of ['pay.example', 'javascript:alert(1)', '', undefined]) {
    await assert.rejects(loadLean({gateway}), /gateway is .* It must be an origin like/);
  }

  const failing = loadLean({gateway: 'https://pay.example'});
  scripts[0]!.onerror?.();
  await assert.rejects(failing, /pay\.example\/link\/sdk\/web\/latest\/Lean\.min\.js has not loaded.*script-src https:\/\/pay\.example/);
  assert.equal(scripts.length, 0, 'nothing of it is left');

  const options = {gateway: 'https://pay.example/anything', version: '1.2.3', integrity: 'sha384-x', nonce: 'n'};
  const [first, second] = [loadLean(options), loadLean(options)];
  assert.equal(scripts.length, 1);
  const {src, integrity, crossOrigin, nonce} = scripts[0]!;
  assert.deepEqual([src, integrity, crossOrigin, nonce], ['https://pay.example/link/sdk/web/1.2.3/Lean.min.js', 'sha384-x', 'anonymous', 'n']);
  await assert.rejects(loadLean({gateway: 'https://other.example'}), /one page has one SDK/);
  const lean = {pay: () => undefined};
  Object.assign(globalThis, {Lean: lean});
  scripts[0]!.onload?.();
  assert.equal(await first, lean);
  assert.equal(await second, lean);
});
