// docs/reference/engines.md says of each test that only SQLite has why it is so.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync} from 'node:fs';
import {test} from 'node:test';

const root = new URL('../../', import.meta.url);
const page = readFileSync(new URL('docs/reference/engines.md', root), 'utf8');

test('the page names every test that is left out on PostgreSQL, with the reason that the test gives, and no other', () => {
  const skipped = [];
  for (const folder of ['functional', 'e2e']) {
    for (const file of readdirSync(new URL(`tests/${folder}/`, root)).sort()) {
      const source = readFileSync(new URL(`tests/${folder}/${file}`, root), 'utf8').replaceAll("\\'", "’");
      for (const [, name, reason] of source.matchAll(/test\('([^']+)', sqliteOnly\('([^']+)'\)/g)) {
        skipped.push(`| \`${folder}/${file.replace('.test.ts', '')} › ${name}\` | ${reason} |`);
      }
      assert.equal(source.split('sqliteOnly(').length - 1, source.split("', sqliteOnly('").length - 1, `${file}: sqliteOnly stands behind the name of a test`);
    }
  }
  assert.ok(skipped.length > 0);
  assert.deepEqual(page.split('\n').filter((line) => / › .*\|/.test(line)), skipped);
});
