// A payer at the sandbox bank's own pages, without a browser: the forms are sent as a browser sends them, with its cookies.
import assert from 'node:assert/strict';
import {request} from 'node:http';

import type {LinkSession, Step} from './payer.js';
import {api} from './http.js';

export interface Page {
  status: number;
  text: string;
  location: string;
}

/** One browser: keeps cookies, by name and host, and says where a navigation began. */
export class Visitor {
  private readonly cookies = new Map<string, string>();

  async get(url: string, headers: Record<string, string> = {}): Promise<Page> {
    return this.send('GET', url, '', headers);
  }

  async post(url: string, form: Record<string, string> = {}, headers: Record<string, string> = {}): Promise<Page> {
    const type = {'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin'};
    return this.send('POST', url, new URLSearchParams(form).toString(), {...type, ...headers});
  }

  /** The cookies as the header has them. */
  get cookie(): string {
    return [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
  }

  /** Leaves by the link of a REDIRECT step, as from the page. Result: where the bank's page is. */
  async leave(step: Step): Promise<string> {
    assert.equal(step.kind, 'REDIRECT');
    const {status, location} = await this.get(String(step['url']), {'sec-fetch-site': 'same-origin'});
    assert.equal(status, 303);
    return location;
  }

  /** Signs in at the bank's page and decides. Result: the address that the bank sends the browser back to. */
  async decide(page: string, user: string, decision: 'approve' | 'refuse'): Promise<string> {
    const here = page.split('?')[0]!;
    const signedIn = await this.post(`${here}/sign-in`, {username: user, password: 'sandbox-pass'});
    assert.equal(signedIn.status, 303, signedIn.text);
    const decided = await this.post(`${here}/${decision}`);
    const {text} = await this.get(new URL(decided.location, here).href);
    const address = /http-equiv="refresh" content="0;url=([^"]+)"/.exec(text)?.[1];
    assert.ok(address, text);
    return address.replaceAll('&amp;', '&');
  }

  private send(method: string, url: string, body: string, headers: Record<string, string>): Promise<Page> {
    return new Promise((resolve, reject) => {
      const sent = request(url, {method, headers: {...headers, ...(this.cookies.size > 0 && {cookie: this.cookie})}}, (response) => {
        for (const set of response.headers['set-cookie'] ?? []) {
          const [name, value] = set.split(';')[0]!.split('=');
          this.cookies.set(name!, value!);
        }
        let text = '';
        response.setEncoding('utf8').on('data', (piece: string) => (text += piece));
        response.on('end', () => resolve({status: response.statusCode ?? 0, text, location: response.headers.location ?? ''}));
      });
      sent.on('error', reject);
      sent.end(body);
    });
  }
}

/** The token in an address that a payer comes back by. */
export const tokenOf = (address: string): string => new URL(address).pathname.split('/').at(-1)!;

/** What the page behind the return address asks for. */
export async function openReturned(address: string, visitor: Visitor) {
  return api(new URL(address).origin)('POST', `/link/v1/returns/${tokenOf(address)}`, {headers: {cookie: visitor.cookie}});
}

/** Goes to the bank from where the session stands and comes back; the session goes on. */
export async function visitBank(session: LinkSession, user: string, decision: 'approve' | 'refuse' = 'approve'): Promise<Step> {
  const visitor = new Visitor();
  const back = await visitor.decide(await visitor.leave(session.step), user, decision);
  assert.equal((await visitor.get(back)).status, 200);
  const opened = await openReturned(back, visitor);
  assert.equal(opened.status, 201, opened.text);
  await session.look();
  return session.step.actions.includes('check_again') ? session.act('check_again') : session.step;
}
