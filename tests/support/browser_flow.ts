// The hosted pages as a person meets them: by the words on the screen and the names of the buttons.
import assert from 'node:assert/strict';

import type {Frame, FrameLocator, Locator, Page} from 'playwright-core';

import {kPatienceMs, type Window} from './browser.js';
import {amountIn, type CopyKey, heard, type Language, say, type Slots} from './browser_copy.js';
import type {CallbackResult, SdkMethod, Visit} from './merchant.js';

/** What the sentences are about, as the screens should name it. */
export interface Facts {
  merchant: string;
  payee: string;
  bank: string;
  amount: string;
}

export type Stage = 'login' | 'payee' | 'payment';

export const kPassword = 'sandbox-pass';
export const kCode = '1111';

/** The sandbox's usual names in a language. */
export function factsIn(language: Language, more: Partial<Facts> = {}): Facts {
  return {
    merchant: 'Marsa Wallet',
    payee: 'Acme Corp.',
    bank: language === 'en' ? 'Lean Mockbank 1' : 'بنك لين التجريبي 1',
    amount: amountIn(language, '1000.00', 'AED'),
    ...more,
  };
}

export interface FlowOptions {
  language?: Language;
  facts?: Partial<Facts>;
  /** Everything by keys: Tab to what is meant, then Enter. */
  keyboard?: boolean;
  /** The hosted page stands alone in its tab, as in the web view of an app. */
  alone?: boolean;
  /** Called on every screen, before it is left. */
  onScreen?: (screen: string, flow: Flow) => Promise<void>;
}

export class Flow {
  readonly language: Language;
  readonly facts: Facts;
  readonly frame: Pick<FrameLocator, 'locator' | 'getByRole' | 'getByLabel' | 'getByText'>;
  readonly page: Page;
  private readonly keyboard: boolean;

  constructor(
    readonly window: Window,
    readonly visit: Visit,
    private readonly options: FlowOptions = {},
  ) {
    this.language = options.language ?? 'en';
    this.facts = factsIn(this.language, options.facts);
    this.keyboard = options.keyboard ?? false;
    this.page = visit.page;
    this.frame = options.alone === true ? visit.page : visit.page.frameLocator('dialog iframe');
  }

  /** Opens the flow from the shop's button. */
  async open(method: SdkMethod, config: Record<string, unknown>): Promise<this> {
    await this.visit.want(method, {language: this.language, ...config});
    if (this.keyboard) {
      await this.visit.button.focus();
      await this.page.keyboard.press('Enter');
    } else {
      await this.visit.button.click();
    }
    return this;
  }

  /** The same window, read in another language. */
  in(language: Language): Flow {
    return new Flow(this.window, this.visit, {...this.options, language});
  }

  say(key: CopyKey, more: Slots = {}): string {
    return say(this.language, key, {...this.facts, ...more});
  }

  /** As it is found in `text()`. */
  heardSay(key: CopyKey, more: Slots = {}): string {
    return heard(this.say(key, more));
  }

  heading(): Locator {
    return this.frame.locator('h1');
  }

  button(key: CopyKey, more: Slots = {}): Locator {
    return this.frame.getByRole('button', {name: this.say(key, more), exact: true});
  }

  field(key: CopyKey, more: Slots = {}): Locator {
    return this.frame.getByRole('textbox', {name: this.say(key, more), exact: true});
  }

  /** Waits until the screen has this title. */
  async at(key: CopyKey, more: Slots = {}): Promise<void> {
    await this.titled(this.say(key, more), key);
  }

  async titled(title: string, screen: string): Promise<void> {
    await this.eventually(async () => heard(await this.heading().innerText({timeout: 1_000})), heard(title));
    await this.options.onScreen?.(screen, this);
  }

  /** Waits until the title of the screen begins like this. */
  async begins(beginning: string): Promise<void> {
    const wanted = heard(beginning);
    await this.eventually(async () => heard(await this.heading().innerText({timeout: 1_000})).slice(0, wanted.length), wanted);
  }

  /** Waits until the question stands over the screen. */
  async asks(key: CopyKey, more: Slots = {}): Promise<void> {
    await this.frame.getByRole('alertdialog', {name: this.say(key, more), exact: true}).waitFor();
    await this.options.onScreen?.(key, this);
  }

  /** Waits until this sentence stands on the screen. */
  async reads(key: CopyKey, more: Slots = {}): Promise<void> {
    await this.readsText(this.say(key, more));
  }

  async readsText(sentence: string): Promise<void> {
    const wanted = heard(sentence);
    await this.eventually(async () => heard(await this.frame.locator('body').innerText({timeout: 1_000})).includes(wanted) || wanted, true);
  }

  /** What stands on the screen, in reading order. */
  async text(): Promise<string> {
    return heard(await this.frame.locator('body').innerText());
  }

  async press(key: CopyKey, more: Slots = {}): Promise<void> {
    await this.act(this.button(key, more));
  }

  /** Presses what is meant, by hand or by keys. */
  async act(target: Locator): Promise<void> {
    if (!this.keyboard) return target.click();
    await this.tabTo(target);
    await this.page.keyboard.press('Enter');
  }

  /** Goes to the target with the Tab key, as far as it takes. */
  async tabTo(target: Locator): Promise<void> {
    await target.waitFor();
    const isThere = async () => target.evaluate((element) => element === document.activeElement && document.hasFocus());
    for (let presses = 0; !(await isThere()); ++presses) {
      assert.ok(presses < 60, `Tab does not reach ${target.toString()}`);
      await this.page.keyboard.press('Tab');
    }
  }

  async type(target: Locator, text: string): Promise<void> {
    if (!this.keyboard) return target.fill(text);
    await this.tabTo(target);
    await this.page.keyboard.press('Control+A');
    await this.page.keyboard.type(text);
  }

  // ---- The screens, one by one ----

  async welcome(): Promise<void> {
    await this.at('welcome');
    await this.press('continue');
  }

  async chooseBank(): Promise<void> {
    await this.at('banks');
    // The bank's name may stand beside a word on its state.
    await this.act(this.bankButton(this.facts.bank));
  }

  bankButton(name: string): Locator {
    return this.frame.getByRole('list').getByRole('button').filter({has: this.frame.getByText(name, {exact: true})});
  }

  /** With a username where the bank wants to know who it is. */
  async signIn(user: string | undefined, password = kPassword): Promise<void> {
    await this.at('sign_in_to');
    if (user !== undefined) await this.type(this.field('username'), user);
    await this.type(this.frame.getByLabel(this.say('password'), {exact: true}), password);
    await this.press('sign_in');
  }

  codeTitle(stage: Stage): CopyKey {
    return ({login: 'login_code', payee: 'payee_code', payment: 'payment_code'} as const)[stage];
  }

  async code(stage: Stage, code = kCode): Promise<void> {
    const title = this.codeTitle(stage);
    await this.at(title);
    await this.type(this.field(title), code);
    await this.press(({login: 'continue', payee: 'add_payee', payment: 'confirm_payment'} as const)[stage]);
  }

  async addPayee(): Promise<void> {
    await this.at('add_payee_title');
    await this.press('add_payee');
  }

  async review(): Promise<void> {
    await this.at('review');
    await this.press('pay');
  }

  /** From the first screen of connecting to its last, of a payer of the sandbox bank. */
  async connect(user: string, {loginCode = user === 'payer-otp' || user === 'payer-4h'} = {}): Promise<void> {
    await this.welcome();
    await this.chooseBank();
    await this.signIn(user);
    if (loginCode) await this.code('login');
    await this.foundAccounts();
    await this.addPayee();
    await this.code('payee');
  }

  /** The accounts that the bank has shown. */
  async foundAccounts(): Promise<void> {
    await this.at('accounts_found');
    await this.press('continue');
  }

  /** The last screen is left, and nothing of the flow remains. Result: what the shop was told. */
  async end(key: CopyKey = 'back_to_merchant'): Promise<CallbackResult> {
    await this.window.assertNothingStored();
    await this.press(key);
    return this.visit.result();
  }

  /** Gives the window another size, and waits until the hosted page has it too. */
  async resize(size: {width: number; height: number}): Promise<void> {
    await this.page.setViewportSize(size);
    const frame = await this.hosted();
    const element = this.page.locator('dialog iframe');
    await this.eventually(async () => {
      const room = await element.evaluate(({clientWidth, clientHeight}) => [innerWidth, innerHeight, clientWidth, clientHeight].join());
      const has = await frame.evaluate(() => [innerWidth, innerHeight].join());
      return room === `${size.width},${size.height},${has}` || `${room} around ${has}`;
    }, true);
  }

  /** The hosted page's own window. */
  async hosted(): Promise<Frame> {
    return this.visit.frame();
  }

  private async eventually<T>(probe: () => Promise<T>, wanted: T): Promise<void> {
    const deadline = Date.now() + kPatienceMs;
    let last: unknown;
    for (;;) {
      try {
        last = await probe();
      } catch (error) {
        last = error instanceof Error ? error.message.split('\n')[0] : error;  // Between two screens there may be nothing.
      }
      if (last === wanted) return;
      if (Date.now() > deadline) assert.fail(`it should be "${String(wanted)}", it is "${String(last)}"`);
      await this.page.waitForTimeout(25);
    }
  }
}
