// What a refusal looks like, and that it left nothing behind.
import assert from 'node:assert/strict';
import {createHash} from 'node:crypto';
import {readFileSync} from 'node:fs';
import {isDeepStrictEqual} from 'node:util';

import {SandboxBank} from './bank.js';
import type {Gateway} from './gateway.js';
import type {Answer} from './http.js';
import {untilDelivered} from './operator.js';
import {eventually} from './shop.js';

/** Without a write for so long, nothing is under way. */
const kRestMs = 100;

export interface Expected {
  status: number;
  code: string;
  /** The members that `metadata.errors` names; none for []. Where absent, it is not looked at. */
  fields?: string[];
  /** Further members of `metadata`. */
  details?: string[];
}

export const refused = (status: number, code: string, ...fields: string[]): Expected => ({status, code, fields});
export const invalid = (...fields: string[]) => refused(400, 'INVALID_PARAMETERS', ...fields);
export const missing = (...fields: string[]) => refused(400, 'MISSING_PARAMETERS', ...fields);
export const kUnauthorized = refused(401, 'UNAUTHORIZED');
export const kTooLarge = refused(413, 'PAYLOAD_TOO_LARGE');
export const kOtherMedia = refused(415, 'UNSUPPORTED_MEDIA_TYPE');

/** What docs/reference/errors.md promises of each code. */
const kErrors = new Map(
  [...readFileSync(new URL('../../../docs/reference/errors.md', import.meta.url), 'utf8').matchAll(/^\| `(\w+)` \| \d+ \| (\w+) \| ([^|]+) \|/gm)]
    .map(([, code, origin, again]) => [code, {origin, again}]),
);

/** The status, the envelope and the headers, all of it. */
export function assertRefused(answer: Pick<Answer, 'status' | 'headers' | 'text' | 'body'>, expected: Expected, what: string): void {
  const {status, headers, body, text} = answer;
  assert.equal(`${status} ${body?.status}`, `${expected.status} ${expected.code}`, `${what}: ${text}`);
  assert.deepEqual(Object.keys(body), ['timestamp', 'status', 'message', 'metadata'], what);
  assert.match(body.timestamp, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z$/, what);
  assert.ok(body.message.length > 0, what);
  assert.match(body.metadata.request_id, /^[A-Za-z]{16}$/, what);
  assert.equal(headers.get('lean-correlation-id'), body.metadata.request_id, what);
  const row = kErrors.get(expected.code);
  assert.equal(headers.get('x-error-origin'), row?.origin, what);
  if (row?.again === 'after `Retry-After`') assert.match(headers.get('retry-after') ?? '', /^[1-9]\d*$/, what);
  assert.equal(headers.get('content-type'), 'application/json', what);

  const {request_id: _, errors = [], ...details} = body.metadata;
  assert.deepEqual(Object.keys(details), expected.details ?? [], what);
  for (const error of errors) {
    assert.deepEqual(Object.keys(error), ['field', 'code', 'message'], what);
    assert.equal(error.code, expected.code, what);
    assert.ok(error.message.length > 0, what);
  }
  if (expected.fields) assert.deepEqual(errors.map(({field}: {field: string}) => field), expected.fields, `${what}: ${text}`);
}

/** All that could have been written: the gateway's database to the byte, and the bank's books. */
async function books(gateway: Gateway): Promise<unknown> {
  return {database: await digest(gateway), transfers: await new SandboxBank(gateway.bankUrl).transfers()};
}

/** The same, when the gateway has nothing left to write by itself: what events set going outlives the answer they belong to. */
async function booksAtRest(gateway: Gateway): Promise<unknown> {
  let last = '';
  let since = 0;
  const rested = async () => {
    await untilDelivered(gateway);
    const now = await digest(gateway);
    if (now !== last) [last, since] = [now, Date.now()];
    return Date.now() - since;
  };
  await eventually(rested, (ms) => ms > kRestMs, 'the gateway goes on writing');
  return books(gateway);
}

/** How often a gateway has looked at its bank for what became of payments; counted once for each, since a bank's counter takes all. */
const looks = new WeakMap<Gateway, () => Promise<number>>();

async function looksAtBank(gateway: Gateway): Promise<number> {
  if (!looks.has(gateway)) looks.set(gateway, await new SandboxBank(gateway.bankUrl).count('payment_status'));
  return looks.get(gateway)!();
}

/** Does what must write nothing; all over again if something was written while a look at the bank fell due, which is no fault of it. */
export async function writesNothing(gateway: Gateway, act: () => Promise<unknown>): Promise<void> {
  for (;;) {
    const looked = await looksAtBank(gateway);
    const before = await booksAtRest(gateway);
    await act();
    const after = await books(gateway);
    if (!isDeepStrictEqual(after, before) && (await looksAtBank(gateway)) > looked) continue;
    assert.deepEqual(after, before, 'something was written');
    return;
  }
}

async function digest(gateway: Gateway): Promise<string> {
  return createHash('sha256').update(await gateway.databaseContents()).digest('hex');
}
