// A merchant's web shop as the browser sees it: one page with the gateway's script and a button.
import {createServer, type Server} from 'node:http';
import type {AddressInfo} from 'node:net';

import type {Frame, Page} from 'playwright-core';

import type {Language} from './browser_copy.js';
import {kPatienceMs} from './browser.js';

export type SdkMethod =
  | 'connect' | 'createPaymentSource' | 'updatePaymentSource' | 'createBeneficiary' | 'reconnect' | 'pay' | 'checkout' | 'captureRedirect' | 'link'
  | 'authorize' | 'authorise' | 'authorizeConsent' | 'manageConsents' | 'verifyAddress';

/** What the shop's callback is told. */
export interface CallbackResult {
  status: string;
  method: string;
  message: string | null;
  secondary_status?: string;
  bank?: {bank_identifier: string | null; is_supported: boolean};
  exit_point?: string;
  [member: string]: unknown;
}

export interface ShopPage {
  /** Under which name the shop is visited: "localhost", "127.0.0.1", or anything that ends in ".example". */
  host?: string;
  /** The path of the script at the gateway. */
  script?: string;
  language?: Language;
  /** The shop's own Content-Security-Policy. */
  policy?: string;
}

/** What the page's own script keeps; see kShopScript. */
interface ShopGlobals {
  Lean: Record<string, (config: object) => unknown>;
  wanted: {method: string; config: object} | undefined;
  results: CallbackResult[];
  steps: {step: string; method: string; bank_identifier?: string}[];
}

const kScript = '/link/sdk/web/latest/Lean.min.js';

const kShopScript = `
window.results = [];
window.steps = [];
document.querySelector('#open').addEventListener('click', () => {
  const {method, config} = window.wanted;
  Lean[method]({...config, on_step: (step) => window.steps.push(step), callback: (result) => {
    window.results.push(result);
    document.querySelector('#results').textContent = String(window.results.length);
  }});
});
`;

/** A server of its own at a free port. It answers `/` with the shop, and `/frame?src=` with a page that frames another. */
export class Merchant {
  private constructor(
    private readonly server: Server,
    private readonly gatewayUrl: () => string,
  ) {}

  static async listen(gatewayUrl: () => string): Promise<Merchant> {
    const server = createServer((request, response) => {
      const url = new URL(request.url ?? '/', 'http://shop');
      const html = (body: string, headers: Record<string, string> = {}) =>
        response.writeHead(200, {'content-type': 'text/html; charset=utf-8', ...headers}).end(`<!doctype html>${body}`);
      const query = (name: string) => url.searchParams.get(name) ?? '';
      if (url.pathname === '/shop.js') {
        response.writeHead(200, {'content-type': 'text/javascript'}).end(kShopScript);
      } else if (url.pathname === '/') {
        html(shop(query('gateway') + (query('script') || kScript), query('language') || 'en'), {
          ...(query('policy') !== '' && {'content-security-policy': query('policy')}),
        });
      } else if (url.pathname === '/frame') {
        html(`<html lang="en"><title>Frame</title><iframe title="inner" width="1000" height="700" src="${attribute(query('src'))}"></iframe></html>`);
      } else if (url.pathname === '/favicon.ico') {
        response.writeHead(204).end();
      } else {
        response.writeHead(404).end();
      }
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    server.unref();
    return new Merchant(server, gatewayUrl);
  }

  async close(): Promise<void> {
    this.server.closeAllConnections();
    await new Promise((resolve) => this.server.close(resolve));
  }

  origin(host = 'localhost'): string {
    return `http://${host}:${(this.server.address() as AddressInfo).port}`;
  }

  /** The address of the shop's page. */
  url({host, script = '', language = 'en', policy = ''}: ShopPage = {}): string {
    const url = new URL(`${this.origin(host)}/`);
    url.search = new URLSearchParams({gateway: this.gatewayUrl(), script, language, policy}).toString();
    return url.href;
  }

  /** The address of a page of this merchant that has `src` in a frame. */
  framing(src: string, host?: string): string {
    return `${this.origin(host)}/frame?src=${encodeURIComponent(src)}`;
  }

  async visit(page: Page, how: ShopPage = {}): Promise<Visit> {
    await page.goto(this.url(how));
    return new Visit(page, this.gatewayUrl());
  }
}

/** The shop in one tab. */
export class Visit {
  constructor(
    readonly page: Page,
    private readonly gatewayUrl: string,
  ) {}

  get button() {
    return this.page.getByRole('button', {name: 'Top up'});
  }

  /** What the button will do. */
  async want(method: SdkMethod, config: Record<string, unknown>): Promise<void> {
    await this.page.evaluate((wanted) => Object.assign(globalThis, {wanted}), {method, config: {sandbox: true, ...config}});
  }

  /** Presses the button. */
  async open(method: SdkMethod, config: Record<string, unknown>): Promise<void> {
    await this.want(method, config);
    await this.button.click();
  }

  /** The window of the hosted page, as soon as it is there. */
  async frame(): Promise<Frame> {
    const isHosted = (frame: Frame) => frame.url().startsWith(`${this.gatewayUrl}/link?`);
    const found = () => this.page.frames().find((frame) => frame.parentFrame() !== null && isHosted(frame));
    const deadline = Date.now() + kPatienceMs;
    for (;;) {
      const frame = found();
      if (frame) return frame;
      const left = deadline - Date.now();
      if (left <= 0) throw new Error('the hosted page was not opened');
      await this.page.waitForEvent('framenavigated', {timeout: Math.min(left, 250)}).catch(() => undefined);
    }
  }

  async results(): Promise<CallbackResult[]> {
    return this.page.evaluate(() => (globalThis as unknown as ShopGlobals).results);
  }

  /** Waits until `on_step` was told of this screen: the frame shows one before the page hears of it. */
  async told(screen: string): Promise<void> {
    await this.page.waitForFunction((name) => (globalThis as unknown as ShopGlobals).steps.some(({step}) => step === name), screen);
  }

  /** The screens that `on_step` was told of. */
  async steps(): Promise<ShopGlobals['steps']> {
    return this.page.evaluate(() => (globalThis as unknown as ShopGlobals).steps);
  }

  /** Waits until the callback has been called and the dialog is gone, and gives the one result. */
  async result(): Promise<CallbackResult> {
    await this.page.locator('#results').getByText('1', {exact: true}).waitFor();
    await this.page.locator('dialog iframe').waitFor({state: 'detached'});
    const results = await this.results();
    if (results.length !== 1) throw new Error(`the callback was called ${results.length} times: ${JSON.stringify(results)}`);
    return results[0]!;
  }
}

function shop(script: string, language: string): string {
  return `
<html lang="${attribute(language)}">
<head>
  <meta charset="utf-8">
  <meta name="viewport" content="width=device-width">
  <title>Marsa Wallet</title>
  <script src="${attribute(script)}"></script>
  <script src="/shop.js" defer></script>
</head>
<body>
  <h1>Marsa Wallet</h1>
  <p>A page that is longer than the window.</p>
  <button id="open">Top up</button>
  <output id="results">0</output>
  <div><svg width="1" height="2000" aria-hidden="true"></svg></div>
  <a href="#">The last link of the shop</a>
</body>
</html>`;
}

function attribute(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('"', '&quot;').replaceAll('<', '&lt;');
}
