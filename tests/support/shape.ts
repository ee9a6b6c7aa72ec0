// Compares an answer with a sample from the documentation: names and types count, ids and masked values do not.
import assert from 'node:assert/strict';

const kUuid = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;
const kInstant = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/;

/**
 * Every member of `sample` must be in `actual`, with the same JSON type; further members may be. Where the sample has a
 * UUID or a time, so must the answer (times in UTC with microseconds). An empty array must be empty; an array with one
 * element or more must have one or more, each like the sample's first. null must be null.
 */
export function assertShape(sample: unknown, actual: unknown, path = 'body'): void {
  assert.equal(typeOf(actual), typeOf(sample), `${path} is ${JSON.stringify(actual)}`);
  if (Array.isArray(sample)) {
    const items = actual as unknown[];
    assert.equal(items.length > 0, sample.length > 0, `${path} has ${items.length} elements`);
    items.forEach((item, index) => assertShape(sample[0], item, `${path}[${index}]`));
  } else if (typeof sample === 'object' && sample !== null) {
    for (const [name, value] of Object.entries(sample)) {
      assert.ok(Object.hasOwn(actual as object, name), `${path}.${name} is missing in ${JSON.stringify(actual)}`);
      assertShape(value, (actual as Record<string, unknown>)[name], `${path}.${name}`);
    }
  } else if (typeof sample === 'string') {
    if (isUuid(sample)) assert.match(actual as string, kUuid, `${path} is no UUID`);
    if (isInstant(sample)) assert.match(actual as string, kInstant, `${path} is no time`);
  }
}

function isUuid(text: string): boolean {
  return kUuid.test(text.toLowerCase());
}

function isInstant(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT[\d:.]+Z$/.test(text);
}

function typeOf(value: unknown): string {
  return value === null ? 'null' : Array.isArray(value) ? 'array' : typeof value;
}
