// Requests as a merchant makes them, and requests that no client library would make.
import assert from 'node:assert/strict';
import {connect} from 'node:net';

import {violation} from './openapi.js';
import {isValidating, objection} from './prism.js';

export interface Answer<T = any> {
  status: number;
  headers: Headers;
  /** Parsed, if it is JSON. */
  body: T;
  /** As received: amounts keep their decimals here ("1000.00"). */
  text: string;
}

export interface Call {
  body?: unknown;
  headers?: Record<string, string>;
}

/**
 * `api(gateway.url, appToken)` gives a function: `await call('POST', '/customers/v1', {body: {app_user_id: 'u1'}})`.
 * Whatever a gateway answers is held against api/openapi.yaml.
 */
export function api(url: string, appToken?: string) {
  return async function call<T = any>(method: string, path: string, {body, headers = {}}: Call = {}): Promise<Answer<T>> {
    const response = await fetch(url + path, {
      method,
      redirect: 'manual',
      headers: {
        ...(appToken !== undefined && {'lean-app-token': appToken}),
        ...(body !== undefined && {'content-type': 'application/json'}),
        ...headers,
      },
      // A string is sent as it stands: for bodies that are wrong in a way of their own.
      ...(body !== undefined && {body: typeof body === 'string' ? body : JSON.stringify(body)}),
    });
    const text = await response.text();
    const {status, headers: answered} = response;
    if (answered.has('lean-correlation-id')) {
      const sent = typeof body === 'string' ? parsed(body) : body;
      const fault = violation({method, url: path, body: sent, status, headers: answered, text}) ?? objection(path, status, answered);
      assert.equal(fault, undefined, `${method} ${path} is not as api/openapi.yaml says: ${fault}\n${text}`);
    }
    return {status, headers: answered, body: parsed(text) as T, text};
  };
}

/** For how an answer is written, down to the byte; there is nothing to see through a proxy that writes it anew. */
export function assertWritten(text: string, pattern: RegExp, message?: string): void {
  if (!isValidating) assert.match(text, pattern, message);
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Sends bytes as they are (`\r\n` is the caller's) and reads until the server closes, or until `quietMs` have passed
 * without another byte. Result: everything that came, and whether the server closed the connection.
 */
export async function raw(url: string, bytes: string | Buffer, quietMs = 500): Promise<{text: string; closed: boolean}> {
  const {hostname, port} = new URL(url);
  return new Promise((resolve, reject) => {
    const pieces: Buffer[] = [];
    const socket = connect(Number(port), hostname, () => socket.write(bytes));
    const end = (closed: boolean) => {
      socket.destroy();
      resolve({text: Buffer.concat(pieces).toString('latin1'), closed});
    };
    socket.setTimeout(quietMs, () => end(false));
    socket.on('data', (piece) => pieces.push(piece));
    socket.on('end', () => end(true));
    socket.on('error', (error: NodeJS.ErrnoException) => (error.code === 'ECONNRESET' ? end(true) : reject(error)));
  });
}

/** The status codes of the answers in what `raw` read. An answer may begin right behind the body of the one before. */
export function statuses(text: string): number[] {
  return [...text.matchAll(/HTTP\/1\.1 (\d{3}) /g)].map((match) => Number(match[1]));
}
