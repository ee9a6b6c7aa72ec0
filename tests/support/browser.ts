// Chromium, with a fresh window for each test. Every window is watched: an error in the console, a breach of a policy, a
// request that leaves this machine or a dialog fails the test it happens in, unless that test expects it.
import assert from 'node:assert/strict';
import {execFileSync} from 'node:child_process';
import {existsSync, mkdirSync} from 'node:fs';
import {join} from 'node:path';
import {fileURLToPath} from 'node:url';

import {type Browser as Chromium, type BrowserContext, chromium, type Frame, type Page} from 'playwright-core';

/** Far more than anything takes, also on a machine that does three other things. */
export const kPatienceMs = 20_000;

const kScreenshots = fileURLToPath(new URL('../../../build/screenshots/', import.meta.url));

export interface Look {
  scheme?: 'light' | 'dark';
  width?: 'wide' | 'narrow';
  /** Waiting for movement takes most of a test's time, so it is for those that look at it. */
  motion?: boolean;
  forcedColors?: boolean;
  moreContrast?: boolean;
  javaScript?: boolean;
  /** What the browser asks for; the shop's page says itself which language it wants. */
  locale?: string;
}

export const sizes = {wide: {width: 1280, height: 860}, narrow: {width: 320, height: 640}} as const;

export class Browser {
  private constructor(private readonly chromium: Chromium) {}

  /** One for each test file. End it with `close()`, in `after`. */
  static async launch(): Promise<Browser> {
    const executablePath = process.env['QANTARA_CHROMIUM'] ?? '/usr/bin/chromium';
    assert.ok(existsSync(executablePath), `${executablePath} is not there: ./dev setup`);
    assertArabicFonts();
    const args = [
      '--no-sandbox', '--disable-gpu', '--disable-quic', '--no-first-run', '--disable-background-networking',
      '--disable-component-update', '--disable-sync', '--disable-dev-shm-usage', '--font-render-hinting=none',
      // Names for shops that are not on loopback by name.
      '--host-resolver-rules=MAP *.example 127.0.0.1',
    ];
    return new Browser(await chromium.launch({executablePath, args, timeout: 60_000}));
  }

  async close(): Promise<void> {
    await this.chromium.close();
  }

  /** Does `body` in a window of its own, which nobody else has touched, and fails if anything happened there unexpectedly. */
  async in(look: Look, body: (window: Window) => Promise<void>): Promise<void> {
    const window = await this.open(look);
    try {
      await body(window);
      window.assertQuiet();
    } catch (error) {
      await window.report(error);
      throw error;
    } finally {
      await window.close();
    }
  }

  /** The same without an end: for who closes it. */
  async open(look: Look = {}): Promise<Window> {
    const {scheme = 'light', width = 'wide', motion = false, forcedColors = false, javaScript = true, locale = 'en-GB'} = look;
    const context = await this.chromium.newContext({
      viewport: sizes[width],
      colorScheme: scheme,
      reducedMotion: motion ? 'no-preference' : 'reduce',
      forcedColors: forcedColors ? 'active' : 'none',
      contrast: look.moreContrast === true ? 'more' : 'no-preference',
      javaScriptEnabled: javaScript,
      locale,
      timezoneId: 'Asia/Dubai',
      hasTouch: width === 'narrow',
      isMobile: false,
    });
    context.setDefaultTimeout(kPatienceMs);
    return new Window(context);
  }
}

/** A window with its tabs. */
export class Window {
  /** Every address that was asked for, in order. */
  readonly requests: string[] = [];
  private readonly traffic: string[] = [];
  private readonly problems: string[] = [];
  private readonly expected: RegExp[] = [];

  constructor(readonly context: BrowserContext) {
    context.on('console', (message) => {
      const {url} = message.location();
      if (message.type() === 'error') this.problems.push(`console: ${message.text()} (${url})`);
    });
    context.on('weberror', (error) => this.problems.push(`uncaught: ${error.error().stack ?? error.error().message}`));
    context.on('dialog', (dialog) => {
      this.problems.push(`dialog: ${dialog.type()} "${dialog.message()}"`);
      void dialog.dismiss();
    });
    const opened = Date.now();
    const tell = (what: string) => this.traffic.push(`${((Date.now() - opened) / 1000).toFixed(2)} s ${what}`);
    context.on('response', (response) => tell(`${response.status()} ${response.url()}`));
    context.on('requestfailed', (request) => tell(`${request.failure()?.errorText ?? 'failed'} ${request.url()}`));
    context.on('request', (request) => {
      tell(`${request.method()} ${request.url()}`);
      const url = request.url();
      this.requests.push(url);
      if (!isOnThisMachine(url)) this.problems.push(`request to another host: ${url}`);
    });
  }

  async tab(): Promise<Page> {
    return this.context.newPage();
  }

  /** From here on it is no problem if something like this is said or asked for. */
  expect(...patterns: RegExp[]): void {
    this.expected.push(...patterns);
  }

  /** What went wrong so far and was not expected. */
  get unexpected(): string[] {
    return this.problems.filter((problem) => !this.expected.some((pattern) => pattern.test(problem)));
  }

  /** Everything that was said, expected or not. */
  get said(): readonly string[] {
    return this.problems;
  }

  assertQuiet(): void {
    assert.deepEqual(this.unexpected, [], 'nothing goes wrong in the window');
  }

  /** Keeps a picture of the tab in build/screenshots, to be looked at. */
  async screenshot(page: Page, name: string): Promise<void> {
    mkdirSync(kScreenshots, {recursive: true});
    await page.screenshot({path: join(kScreenshots, `${name}.png`), animations: 'disabled', caret: 'hide'});
  }

  /** A picture and the text of each tab, beside the error that ended the test. */
  async report(error: unknown): Promise<void> {
    const name = `failed-${process.pid}-${Date.now()}`;
    let told = [...this.unexpected, ...this.traffic.slice(-20)].join('\n');
    for (const [index, page] of this.context.pages().entries()) {
      try {
        await page.screenshot({path: join(kScreenshots, `${name}-${index}.png`), timeout: 5_000});
        for (const frame of page.frames()) {
          const text = await frame.evaluate(() => document.body?.innerText ?? '');
          told += `\n--- ${frame.url()}\n${text}`;
        }
      } catch (cause) {
        told += `\n(no picture: ${String(cause)})`;
      }
    }
    if (!(error instanceof Error)) return;
    // Some reporters show the message, some the stack.
    const report = `\nbuild/screenshots/${name}-*.png\n${told}`;
    error.stack = `${error.stack ?? error.message}${report}`;
    error.message += report;
  }

  async close(): Promise<void> {
    await this.context.close();
  }

  /** No cookie anywhere, and nothing in any storage of the frames that are open. */
  async assertNothingStored(): Promise<void> {
    assert.deepEqual(await this.context.cookies(), [], 'no cookies');
    for (const frame of this.context.pages().flatMap((page) => page.frames())) {
      if (!frame.url().startsWith('http')) continue;
      assert.deepEqual(await stored(frame), [], `nothing is stored by ${frame.url()}`);
    }
  }
}

/**
 * The names of everything that a frame has stored in the browser. A frame of another site may be refused its storages as a
 * whole: a shop at 127.0.0.1 is of the same site as the gateway, and its frame is not.
 */
async function stored(frame: Frame): Promise<string[]> {
  return frame.evaluate(async () => {
    const found: string[] = [];
    const look = async (names: () => string[] | Promise<string[]>) => {
      try {
        found.push(...(await names()));
      } catch (error) {
        if (!(error instanceof DOMException)) throw error;
      }
    };
    await look(() => Object.keys(localStorage).map((key) => `local ${key}`));
    await look(() => Object.keys(sessionStorage).map((key) => `session ${key}`));
    await look(() => (document.cookie === '' ? [] : [`cookie ${document.cookie}`]));
    await look(async () => (await indexedDB.databases()).map(({name}) => `database ${name ?? ''}`));
    // Caches and workers exist on trustworthy origins only.
    if ('caches' in globalThis) await look(async () => (await caches.keys()).map((name) => `cache ${name}`));
    if ('serviceWorker' in navigator) {
      await look(async () => (await navigator.serviceWorker.getRegistrations()).map(({scope}) => `worker ${scope}`));
    }
    return found;
  });
}

function isOnThisMachine(url: string): boolean {
  const {protocol, hostname} = new URL(url);
  if (protocol === 'data:' || protocol === 'blob:' || protocol === 'about:') return true;
  return hostname === 'localhost' || hostname === '127.0.0.1' || hostname === '[::1]' || hostname.endsWith('.example');
}

let fontsAreThere = false;

/** Without a font for Arabic the pictures show boxes, and widths are those of boxes. */
function assertArabicFonts(): void {
  if (fontsAreThere) return;
  const fonts = execFileSync('fc-list', [':lang=ar', 'family'], {encoding: 'utf8'});
  assert.notEqual(fonts.trim(), '', 'no font has Arabic letters: install fonts-noto-core (./dev setup)');
  if (!/Noto (Sans|Naskh) Arabic/.test(fonts)) console.log('# Arabic is not drawn with Noto: install fonts-noto-core');
  fontsAreThere = true;
}
