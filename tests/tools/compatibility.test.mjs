// docs/reference/compatibility.md names a test for everything that it promises: the tests are there.
import assert from 'node:assert/strict';
import {existsSync, readFileSync} from 'node:fs';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/reference/compatibility.md', root), 'utf8');

// "functional/api_seeds" is a file of tests/, "src/iban/iban_test" one of C++.
function sourceOf(name) {
  const file = new URL(name.startsWith('src/') ? `${name}.cpp` : `tests/${name}.test.ts`, root);
  return existsSync(file) ? readFileSync(file, 'utf8').replaceAll("\\'", "'") : undefined;
}

test('every test that the page of compatibility names exists', () => {
  const named = [...page.matchAll(/`([\w/]+) › ([^`]+)`/g)];
  assert.ok(named.length > 30, 'the page names its tests as `file › test`');
  for (const [, file, claim] of named) {
    const source = sourceOf(file);
    assert.ok(source, `there is no ${file}`);
    const isThere = file.startsWith('src/') ? new RegExp(`TEST(_F)?\\(\\w+, ${claim}\\)`).test(source) : source.includes(`'${claim}'`);
    assert.ok(isThere, `${file} has no test "${claim}"`);
  }
});

test('every part that is served has a test', () => {
  const served = page.slice(page.indexOf('## Served'), page.indexOf('## Not served'));
  const rows = served.split('\n').filter((line) => line.startsWith('| ')).slice(1);
  for (const row of rows) assert.match(row, / › /, row);
});
