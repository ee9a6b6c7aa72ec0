// Messages that are no proper HTTP: refused before anything in them is believed, and the connection closed.
import assert from 'node:assert/strict';
import {connect} from 'node:net';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {raw, statuses} from '../support/http.js';
import {assertRefused, type Expected, invalid, kTooLarge, writesNothing} from '../support/refusals.js';

const kBodyMax = 256 * 1024;

let gateway: Gateway;

before(async () => {
  gateway = await startGateway();
});
after(async () => gateway?.dispose());

const kBody = '{"app_user_id": "framed"}';

/** A request as bytes, with exactly these fields; `Content-Length` fits `body` where it is not given otherwise. */
function message(fields: string[], body = kBody, start = 'POST /customers/v1 HTTP/1.1'): string {
  return [start, ...fields, '', body].join('\r\n');
}

const host = () => `Host: ${new URL(gateway.url).host}`;
const fieldsOf = (...more: string[]) => [host(), `lean-app-token: ${gateway.info.app_token}`, 'Content-Type: application/json', ...more];
const kLength = `Content-Length: ${kBody.length}`;
const kChunked = 'Transfer-Encoding: chunked';
const chunks = (size = kBody.length.toString(16), rest = '0\r\n\r\n') => `${size}\r\n${kBody}\r\n${rest}`;

function assertClosed({text, closed}: {text: string; closed: boolean}, expected: Expected, what: string): void {
  assert.deepEqual(statuses(text), [expected.status], `${what}: ${text}`);
  assert.ok(closed, `${what}: the connection stays open`);
  assert.match(text, /\r\nConnection: close\r\n/, what);
  const [head = '', body = ''] = text.split('\r\n\r\n');
  const headers = new Headers(head.split('\r\n').slice(1).map((line) => line.split(': ') as [string, string]));
  assertRefused({status: expected.status, headers, text, body: JSON.parse(body)}, expected, what);
}

type Row = [what: string, bytes: string, expected?: Expected];
const kLengths = ['+25', '-1', '0x19', '25 5', '2.5e1', '', '18446744073709551616'];
const kCodings = ['identity', 'gzip, chunked', 'chunked, chunked', 'chunked, identity', 'xchunked', 'Chunked', '"chunked"', 'chunked;q=1', ''];
const kSizes = ['0x19', '+19', '-1', 'g', '', '10000000000000019', ' 19'];

test('what two readers could read in two ways is refused and the connection closed', async () => {
  const ofStatus = (status: number): Expected => ({status, code: 'INVALID_PARAMETERS'});
  const cases: Row[] = [
    ['two Hosts', message(fieldsOf(host(), kLength))],
    ['two different Hosts', message(fieldsOf('Host: example.com', kLength))],
    ['no Host', message(fieldsOf(kLength).slice(1))],
    ['a Host with a path', message([...fieldsOf(kLength).slice(1), 'Host: a/b'])],
    ['two Content-Lengths', message(fieldsOf(kLength, kLength))],
    ['two different Content-Lengths', message(fieldsOf(kLength, 'Content-Length: 0'))],
    ['a list of lengths', message(fieldsOf(`Content-Length: ${kBody.length}, ${kBody.length}`))],
    ...kLengths.map((length): Row => [`Content-Length: ${length}`, message(fieldsOf(`Content-Length: ${length}`))]),
    ['Transfer-Encoding beside Content-Length', message(fieldsOf(kLength, kChunked), chunks())],
    ['Content-Length beside Transfer-Encoding', message(fieldsOf(kChunked, 'Content-Length: 0'), chunks())],
    ['two Transfer-Encodings', message(fieldsOf(kChunked, kChunked), chunks())],
    ...kCodings.map((coding): Row => [`Transfer-Encoding: ${coding}`, message(fieldsOf(`Transfer-Encoding: ${coding}`), chunks())]),
    ['a blank before the colon', message(fieldsOf('Transfer-Encoding : chunked'), chunks())],
    ['chunks in HTTP/1.0', message(fieldsOf(kChunked), chunks(), 'POST /customers/v1 HTTP/1.0')],
    ...kSizes.map((size): Row => [`the chunk size "${size}"`, message(fieldsOf(kChunked), chunks(size))]),
    ['a chunk longer than it says', message(fieldsOf(kChunked), chunks('5'))],
    ['a chunk line without CR', message(fieldsOf(kChunked), `19\n${kBody}\r\n0\r\n\r\n`)],
    ['a length in a trailer', message(fieldsOf(kChunked), chunks(undefined, `0\r\nContent-Length: 5\r\n\r\n`))],
    ['a folded line', message(fieldsOf('X-Folded: a', ' b', kLength))],
    ['a folded line with a tab', message(fieldsOf('X-Folded: a', '\tb', kLength))],
    ['a bare LF', message(fieldsOf(kLength)).replace('\r\n', '\n')],
    ['a bare LF further down', message(fieldsOf(kLength)).replace(`${kLength}\r\n`, `${kLength}\n`)],
    ['a bare CR', message(fieldsOf('X-Bare: a\rb', kLength))],
    ['a NUL', message(fieldsOf('X-Nul: a\0b', kLength))],
    ['no colon', message(fieldsOf('X-None', kLength))],
    ['no name', message(fieldsOf(': x', kLength))],
    ['a blank in a name', message(fieldsOf('X Y: z', kLength))],
    ['a blank in the target', message(fieldsOf(kLength), kBody, 'POST /customers/v1 x HTTP/1.1')],
    ['two blanks in the request line', message(fieldsOf(kLength), kBody, 'POST  /customers/v1 HTTP/1.1')],
    ['no version', message(fieldsOf(kLength), kBody, 'POST /customers/v1')],
    ['a fragment', message(fieldsOf(kLength), kBody, 'POST /customers/v1#x HTTP/1.1')],
    ['a broken escape', message(fieldsOf(kLength), kBody, 'POST /customers/v1/%zz HTTP/1.1')],
    ['an escaped NUL', message(fieldsOf(kLength), kBody, 'POST /customers/v1/%00 HTTP/1.1')],
    ['a later version', message(fieldsOf(kLength), kBody, 'POST /customers/v1 HTTP/2.0'), ofStatus(505)],
    ['an expectation', message(fieldsOf(kLength, 'Expect: wonders')), ofStatus(417)],
    ['a head without end', message(fieldsOf(`X-Long: ${'x'.repeat(17_000)}`, kLength)), ofStatus(431)],
    ['too large by its own account', message(fieldsOf(`Content-Length: ${kBodyMax + 1}`)), kTooLarge],
    ['too large in chunks', message(fieldsOf(kChunked), `${(kBodyMax + 1).toString(16)}\r\n${' '.repeat(kBodyMax + 1)}`), kTooLarge],
  ];
  await writesNothing(gateway, async () => {
    for (const [what, bytes, expected = invalid()] of cases) assertClosed(await raw(gateway.url, bytes, 5_000), expected, what);
  });
});

test('nothing that follows a refused message is taken for a request', async () => {
  const smuggled = message(fieldsOf('Content-Length: 0'), '', 'GET /healthz HTTP/1.1');
  await writesNothing(gateway, async () => {
    const refusedOnes = [
      message(fieldsOf(kLength, kChunked), chunks()),
      message(fieldsOf(kLength, kLength)),
      message(fieldsOf('Transfer-Encoding: identity')),
    ];
    for (const first of refusedOnes) {
      assertClosed(await raw(gateway.url, first + smuggled, 5_000), invalid(), first);
    }
  });
});

test('a body that is not UTF-8 is refused', async () => {
  await writesNothing(gateway, async () => {
    for (const bytes of [[0xff], [0xc3, 0x28], [0xc0, 0xaf], [0xed, 0xa0, 0x80], [0xf4, 0x90, 0x80, 0x80], [0xe2, 0x82]]) {
      const body = Buffer.concat([Buffer.from('{"app_user_id": "'), Buffer.from(bytes), Buffer.from('"}')]);
      const head = Buffer.from(message(fieldsOf(`Content-Length: ${body.length}`, 'Connection: close'), ''));
      assertClosed(await raw(gateway.url, Buffer.concat([head, body]), 5_000), invalid(), bytes.toString());
    }
  });
});

test('a body that ends too early is no request', async () => {
  await writesNothing(gateway, async () => {
    for (const bytes of [message(fieldsOf('Content-Length: 26')), message(fieldsOf(kChunked), chunks(undefined, ''))]) {
      assert.equal(await answerAfterEnd(bytes), '', bytes);
    }
  });
});

/** Sends bytes, ends the sending side, and reads until the server closes. */
async function answerAfterEnd(bytes: string): Promise<string> {
  const {hostname, port} = new URL(gateway.url);
  return new Promise((resolve, reject) => {
    let text = '';
    const socket = connect(Number(port), hostname, () => socket.end(bytes));
    socket.setEncoding('latin1').on('data', (piece) => (text += piece)).on('close', () => resolve(text)).on('error', reject);
  });
}

test('the messages above are refused for their faults alone', async () => {
  const right = [message(fieldsOf(kLength)), message(fieldsOf(kChunked), chunks().replace('framed', 'chunke'))];
  for (const bytes of right) assert.deepEqual(statuses((await raw(gateway.url, bytes, 200)).text), [200], bytes);
});
