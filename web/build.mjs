// Builds what people see: checks the types, makes the three bundles, and writes them as one C++ file for the binary.
//   node web/build.mjs --out DIR [--cpp FILE]
import {spawn} from 'node:child_process';
import {createHash} from 'node:crypto';
import {once} from 'node:events';
import {copyFileSync, existsSync, mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync} from 'node:fs';
import {dirname, extname, join, relative, resolve} from 'node:path';
import {fileURLToPath} from 'node:url';
import {parseArgs} from 'node:util';
import {brotliCompressSync, constants, gzipSync} from 'node:zlib';

import {build} from 'vite';
import {parse} from 'yaml';

const web = fileURLToPath(new URL('.', import.meta.url));
const {out, cpp} = parseArgs({options: {out: {type: 'string'}, cpp: {type: 'string'}}}).values;
if (!out) fail('usage: node web/build.mjs --out DIR [--cpp FILE]');

// Compressed (gzip), in KiB: what a payer on a poor phone can be asked to wait for.
// The SDK's share is what it takes to tell an engineer, option by option, what is wrong with a call of any of its methods.
const limits = {link: 60, sdk: 9, shop: 20};

const types = {
  '.css': 'text/css; charset=utf-8',
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.json': 'application/json',
  '.png': 'image/png',
  '.svg': 'image/svg+xml',
  '.txt': 'text/plain; charset=utf-8',
};

function fail(message) {
  console.error(`web: ${message}`);
  process.exit(1);
}

async function checkTypes() {
  const tsc = spawn(process.execPath, [join(web, 'node_modules/typescript/bin/tsc'), '-p', web, '--pretty', 'false'], {stdio: 'inherit'});
  const [status] = await once(tsc, 'exit');
  if (status !== 0) throw new Error('the types do not fit: see above');
}

// One page, DIR/<name>/<input>, and what it loads under hashed names in DIR/<name>/assets.
const page = (name, base, input) => ({
  root: join(web, name),
  base,
  build: {rollupOptions: {input: join(web, name, input)}},
});

// One script without modules, for `<script src>` in anybody's page.
const script = (name, input, file) => ({
  root: join(web, name),
  build: {
    modulePreload: false,
    rollupOptions: {input: join(web, name, input), output: {format: 'iife', entryFileNames: file}},
  },
});

async function bundle(name, {build: options, ...config}) {
  await build({
    configFile: false,
    logLevel: 'warn',
    publicDir: false,
    ...config,
    build: {
      outDir: join(resolve(out), name),
      emptyOutDir: false,
      target: 'es2020',
      modulePreload: {polyfill: false},
      reportCompressedSize: false,
      ...options,
      rollupOptions: {onwarn: (warning) => { throw new Error(warning.message); }, ...options.rollupOptions},
    },
  });
}

// The page as each language's readers get it: `<html>` says so before any script runs.
function writeLanguages(folder) {
  const built = readFileSync(join(folder, 'index.html'), 'utf8');
  for (const [language, direction] of [['en', 'ltr'], ['ar', 'rtl']]) {
    const variant = built.replace(/<html\b[^>]*>/, `<html lang="${language}" dir="${direction}">`);
    writeFileSync(join(folder, `index.${language}.html`), variant);
  }
  rmSync(join(folder, 'index.html'));
}

// The contract as JSON, and the page that draws it: Swagger UI as it was published, with its licenses.
function writeDocs(folder) {
  const swagger = join(web, 'node_modules/swagger-ui-dist');
  const assets = join(folder, 'assets');
  mkdirSync(assets, {recursive: true});
  writeFileSync(join(folder, 'openapi.json'), JSON.stringify(parse(readFileSync(join(web, '../api/openapi.yaml'), 'utf8'))));
  copyFileSync(join(web, 'docs/index.html'), join(folder, 'index.html'));
  for (const file of ['docs.css', 'docs.js']) copyFileSync(join(web, 'docs', file), join(assets, file));
  for (const file of ['swagger-ui.css', 'swagger-ui-bundle.js']) copyFileSync(join(swagger, file), join(assets, file));
  const licenses = ['NOTICE', 'LICENSE', 'swagger-ui-bundle.js.LICENSE.txt'].map((file) => readFileSync(join(swagger, file), 'utf8').trim());
  writeFileSync(join(assets, 'licenses.txt'), `${licenses.join('\n\n')}\n`);
}

function filesIn(folder) {
  return readdirSync(folder, {withFileTypes: true}).flatMap((entry) =>
    entry.isDirectory() ? filesIn(join(folder, entry.name)) : [join(folder, entry.name)]);
}

function readAssets() {
  return filesIn(out)
    .map((file) => {
      const identity = readFileSync(file);
      const type = types[extname(file)];
      if (!type) fail(`${relative(out, file)}: nobody said what type ${extname(file)} is`);
      const pays = (compressed) => (compressed.length < identity.length ? compressed : Buffer.alloc(0));
      return {
        path: relative(out, file).replaceAll('\\', '/'),
        type,
        etag: `W/"${createHash('sha256').update(identity).digest('hex').slice(0, 16)}"`,
        identity,
        gzip: pays(gzipSync(identity, {level: 9})),
        brotli: pays(brotliCompressSync(identity, {params: {
          // The best takes seconds on a megabyte, and only the documentation has one.
          [constants.BROTLI_PARAM_QUALITY]: identity.length < 1 << 20 ? 11 : 9,
          [constants.BROTLI_PARAM_SIZE_HINT]: identity.length,
        }})),
      };
    })
    .sort((a, b) => (a.path < b.path ? -1 : 1));
}

// What one visitor loads: one of the languages, no page of refusal, and nothing for the web views of apps.
function checkSizes(assets) {
  for (const [name, limit] of Object.entries(limits)) {
    const loaded = assets.filter(({path}) => path.startsWith(`${name}/`) && !/\.ar\.html$|\bplain\b|\bwebview\b/.test(path));
    const sum = (encoding) => loaded.reduce((bytes, asset) => bytes + (asset[encoding].length || asset.identity.length), 0);
    const kib = (bytes) => (bytes / 1024).toFixed(1);
    console.log(`web: ${name} ${kib(sum('identity'))} KiB, gzip ${kib(sum('gzip'))} of at most ${limit}, brotli ${kib(sum('brotli'))}`);
    if (sum('gzip') > limit * 1024) fail(`${name} is larger than its limit`);
  }
}

// A string literal: three octal digits end an escape whatever follows.
function literal(bytes) {
  let text = '';
  for (const byte of bytes) {
    if (byte === 0x0a) text += '\\n';
    else if (byte === 0x22 || byte === 0x5c) text += `\\${String.fromCharCode(byte)}`;
    else if (byte === 0x3f || byte < 0x20 || byte > 0x7e) text += `\\${byte.toString(8).padStart(3, '0')}`;
    else text += String.fromCharCode(byte);
  }
  return `"${text}"sv`;
}

function toCpp(assets) {
  const rows = assets.map(({path, type, etag, identity, gzip, brotli}) =>
    `    {${[path, type, etag].map((text) => literal(Buffer.from(text))).join(', ')},\n     ${[identity, gzip, brotli].map(literal).join(',\n     ')}},\n`);
  return `// Made by web/build.mjs.
#include "assets/assets.h"
#pragma clang diagnostic ignored "-Woverlength-strings"
namespace qantara::assets {
using namespace std::string_view_literals;
static constexpr Asset kAssets[] = {
${rows.join('')}};
std::span<const Asset> all() { return kAssets; }
}  // namespace qantara::assets
`;
}

rmSync(out, {recursive: true, force: true});
try {
  await Promise.all([
    checkTypes(),
    bundle('link', page('link', '/link/', 'index.html')),
    bundle('link', page('link', '/link/', 'plain.html')), // By itself: it shares no file with the payer's flow.
    bundle('sdk', script('sdk', 'index.ts', 'Lean.min.js')),
    bundle('shop', page('shop', '/', 'index.html')),
  ]);
} catch (error) {
  fail(error.message);
}
writeLanguages(join(out, 'link'));
writeDocs(join(out, 'docs'));
const assets = readAssets();
checkSizes(assets);
if (cpp) {
  mkdirSync(dirname(cpp), {recursive: true});
  // Left alone where it says the same, so that nothing is compiled anew.
  const text = toCpp(assets);
  if (!existsSync(cpp) || readFileSync(cpp, 'utf8') !== text) writeFileSync(cpp, text);
}
