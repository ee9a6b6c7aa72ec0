// What an attacker may try from inside a browser: forged messages, hostile texts, and looking for what was typed.
import assert from 'node:assert/strict';
import {readdirSync, readFileSync, statSync} from 'node:fs';
import {join} from 'node:path';
import {after, before, test} from 'node:test';

import type {Frame} from 'playwright-core';

import {heard} from '../support/browser_copy.js';
import {kHostile} from '../support/browser_hostile.js';
import {callFor, play, type Screen, screens} from '../support/browser_steps.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

// ---- 1,000 messages ----

const kMessages = 1000;
const kSeed = 4711;

/**
 * Posts `count` messages to `target`, none of which is a right one: runs in a page. What `right` has is varied, so that most
 * are wrong in one place only; `nonce` is the right one where the window they come from is wrong anyway.
 */
function flood({count, seed, nonce, isNonceRight, to}: {count: number; seed: number; nonce: string; isNonceRight: boolean; to: string}): number {
  let state = seed;
  const random = (below: number) => {
    state = (Math.imul(state ^ (state >>> 15), 0x2c1b3c6d) + 0x9e3779b9) | 0;
    return (state >>> 0) % below;
  };
  const pick = <T>(values: readonly T[]): T => values[random(values.length)]!;
  const result = {status: 'SUCCESS', method: 'PAY', message: 'paid', secondary_status: 'ACCEPTED_BY_BANK'};
  const session = {app_token: 'x', method: 'PAY', payment_intent_id: 'x', language: 'en'};
  const wrongNonces = [
    '', '0', nonce.slice(1), `${nonce}0`, nonce.toUpperCase() === nonce ? `${nonce} ` : nonce.toUpperCase(), [nonce], {nonce}, null, undefined, 0, true,
    Array.from({length: 32}, () => random(16).toString(16)).join(''),
  ];
  const polluted = JSON.parse('{"__proto__":{"polluted":1,"qantara":1,"nonce":"x","type":"close"},"constructor":{"prototype":{"polluted":1}}}') as object;
  const rightShapes = () => [
    {type: 'ready'}, {type: 'close'}, {type: 'leave'}, {type: 'result', result}, {type: 'step', title: 'x', over: true, screen: 'X'},
    {type: 'open', session, customization: {}}, {type: 'open_url', url: 'https://evil.example/'}, {type: 'problem', text: 'x'},
  ];
  const wrongTypes = ['', 'READY', 'toString', 'constructor', '__proto__', 'hasOwnProperty', 'valueOf', 'x'.repeat(1000), 7, null, ['close']];
  const rest = () => pick([...rightShapes(), {type: pick(wrongTypes)}, polluted, {}]);
  const target = (globalThis as unknown as {floodTarget: WindowProxy}).floodTarget;
  for (let index = 0; index < count; ++index) {
    const message: unknown = pick([
      () => ({qantara: 1, nonce: isNonceRight ? nonce : pick(wrongNonces), ...rest()}),
      () => ({qantara: 1, nonce: isNonceRight ? nonce : pick(wrongNonces), ...pick(rightShapes())}),
      () => ({qantara: pick<unknown>(['1', true, 2, null, [1], {}]), nonce, ...rest()}),
      () => ({nonce, ...rest()}),
      () => ({qantara: 1, nonce, type: pick(wrongTypes), result, session, url: 'https://evil.example/'}),
      () => Object.assign(Object.create(null) as object, polluted, {qantara: pick([0, '1']), nonce}),
      () => [1, nonce, 'close'],
      () => new Map([['qantara', '1'], ['nonce', nonce], ['type', 'close']]),
      () => JSON.stringify({qantara: 1, nonce, type: 'close'}),
      () => 'x'.repeat(random(20) === 0 ? 1_000_000 : 100),
      () => pick<unknown>([null, undefined, 0, -1, NaN, 1n, true, new Date(0), new ArrayBuffer(8), /close/]),
    ])();
    target.postMessage(message, to);
  }
  return count;
}

/** Waits until everything posted to a window before this has been delivered there. */
async function settled(frame: Frame): Promise<void> {
  await frame.evaluate(async () => new Promise<void>((resolve) => {
    const {port1, port2} = new MessageChannel();
    port1.onmessage = () => setTimeout(resolve, 0);
    port2.postMessage(0);
  }));
}

const state = async (frame: Frame) =>
  frame.evaluate(() => ({html: document.documentElement.outerHTML, polluted: 'polluted' in {}, url: location.href, length: history.length}));

test('1,000 forged or random messages change nothing in the hosted page; the right one does', async () =>
  world.browser.in({}, async (window) => {
    const {intent} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('payment_code');
    const page = await flow.hosted();
    const shop = flow.page.mainFrame();
    const nonce = new URL(page.url()).hash.slice(1);
    const to = world.shop.gateway.url;
    const before = await state(page);
    const requests = window.requests.length;

    // The right window with wrong messages; then windows that are not the shop's with right ones.
    await shop.evaluate(() => {
      const hosted = [...document.querySelectorAll('*')].flatMap((element) => [...(element.shadowRoot ?? element).querySelectorAll('iframe')])[0];
      Object.assign(globalThis, {floodTarget: hosted!.contentWindow});
    });
    await shop.evaluate(flood, {count: kMessages / 2, seed: kSeed, nonce, isNonceRight: false, to});
    const sameOrigin = await shop.evaluateHandle(() => {
      const other = document.body.appendChild(document.createElement('iframe'));
      Object.assign(other.contentWindow!, {floodTarget: (globalThis as unknown as {floodTarget: unknown}).floodTarget});
      return other;
    });
    const sibling = (await sameOrigin.contentFrame())!;
    await sibling.evaluate(flood, {count: kMessages / 4, seed: kSeed + 1, nonce, isNonceRight: true, to});
    // From the page's own window: the origin is the gateway's, not the shop's.
    await page.evaluate(() => Object.assign(globalThis, {floodTarget: globalThis}));
    await page.evaluate(flood, {count: kMessages / 4, seed: kSeed + 2, nonce, isNonceRight: true, to: '*'});
    await settled(page);
    assert.deepEqual(await state(page), before);
    assert.deepEqual(window.requests.slice(requests).filter((url) => url.includes('/link/v1/')), []);

    await shop.evaluate(({nonce, to}) =>
      (globalThis as unknown as {floodTarget: WindowProxy}).floodTarget.postMessage({qantara: 1, nonce, type: 'leave'}, to), {nonce, to});
    await flow.asks('leave_paying');
  }));

test('1,000 forged or random messages change nothing in the shop\'s page, not even SUCCESS with the right nonce', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.review();
    await flow.at('payment_code');
    const page = await flow.hosted();
    const shop = flow.page.mainFrame();
    const nonce = new URL(page.url()).hash.slice(1);
    const origin = world.merchant.origin();
    const dialog = async () => shop.evaluate(() => ({
      polluted: 'polluted' in {}, url: location.href, results: (globalThis as unknown as {results: unknown[]}).results.length,
      frames: [...document.querySelectorAll('*')].filter((element) => element.shadowRoot?.querySelector('dialog[open] iframe')).length,
    }));
    const before = await dialog();
    assert.equal(before.frames, 1);

    // The right window with wrong messages.
    await page.evaluate(() => Object.assign(globalThis, {floodTarget: parent}));
    await page.evaluate(flood, {count: kMessages / 4, seed: kSeed, nonce, isNonceRight: false, to: origin});
    // The shop's page itself, and another site in a frame of it.
    await shop.evaluate(() => Object.assign(globalThis, {floodTarget: globalThis}));
    await shop.evaluate(flood, {count: kMessages / 4, seed: kSeed + 1, nonce, isNonceRight: true, to: origin});
    for (const src of [world.merchant.url({host: 'evil.example'}), gatewayPage()]) {
      const handle = await shop.evaluateHandle((src) => {
        const other = document.createElement('iframe');
        other.src = src;
        return document.body.appendChild(other);
      }, src);
      const other = (await handle.contentFrame())!;
      await other.waitForLoadState();
      await other.evaluate(() => Object.assign(globalThis, {floodTarget: parent}));
      await other.evaluate(flood, {count: kMessages / 4, seed: kSeed + 2, nonce, isNonceRight: true, to: origin});
    }
    await settled(shop);
    assert.deepEqual(await dialog(), before);
    assert.equal(await flow.heading().innerText(), flow.say('payment_code'));
    assert.deepEqual(await world.shop.transfersTo(destination), []);

    // What is true is still told, once.
    await flow.code('payment');
    await flow.at('bank_accepted');
    assert.equal((await flow.end()).secondary_status, 'ACCEPTED_BY_BANK');
  }));

/** A page of the gateway's own origin, in a frame of the shop: the right origin, but not the right window. */
function gatewayPage(): string {
  const query = new URLSearchParams({app_token: world.shop.appToken, origin: world.merchant.origin(), language: 'en'});
  return `${world.shop.gateway.url}/link?${query}#${'a'.repeat(32)}`;
}

// ---- Hostile texts ----

/** The step with `text` wherever somebody other than us writes. */
function poisoned({step}: Screen, text: string): Record<string, unknown> {
  const bank = (value: object) => ({...value, name: text, arabic_name: text, main_color: text, background_color: text, app_url: text});
  const account = (value: object) => ({...value, name: text, number_masked: text, reason: text});
  const field = (value: object) => ({...value, label: text, ...('options' in value && {options: [{value: 'sms', label: text}, {value: 'app', label: text}]})});
  return {
    ...step,
    merchant: {name: text},
    operator: {name: text, terms_url: text, privacy_url: text},
    message: text,
    target: text,
    reference: text,
    bank_reference: text,
    ...(step['bank'] !== undefined && {bank: bank(step['bank'] as object)}),
    ...(step['banks'] !== undefined && {banks: (step['banks'] as object[]).map(bank)}),
    ...(step['payee'] !== undefined && {payee: {...(step['payee'] as object), name: text, display_name: text}}),
    ...(step['accounts'] !== undefined && {accounts: (step['accounts'] as object[]).map(account)}),
    ...(step['fields'] !== undefined && {fields: (step['fields'] as object[]).map(field)}),
    ...(step['failure'] !== undefined && {failure: {...(step['failure'] as object), text}}),
    ...(step['result'] !== undefined && {result: {...(step['result'] as object), message: text}}),
  };
}

test('100 hostile strings, wherever a name or a text of others stands, execute nothing and are shown as text', async () => {
  assert.ok(kHostile.length >= 100);
  await world.browser.in({}, async (window) => {
    const asksAgain = (step: Record<string, unknown>, number: number) => ({...step, number, ask_again_in_ms: 20});
    let step = asksAgain(screens[0]!.step, 0);
    await play(window.context, () => step);
    const flow = await world.visit(window);
    const {method, config} = callFor(step);
    await flow.open(method, {app_token: world.shop.appToken, ...config});
    await flow.heading().waitFor();
    const page = await flow.hosted();
    for (const [index, text] of kHostile.entries()) {
      const screen = screens[index % screens.length]!;
      step = asksAgain(poisoned(screen, text), index + 1);
      await page.waitForFunction((wanted) => document.body.textContent?.includes(wanted), text, {polling: 'raf'})
        .catch((error: unknown) => assert.fail(`${screen.name} shows as text: ${text}: ${String(error)}`));
      const harm = await page.evaluate(() => ({
        ran: Object.keys(globalThis).includes('pwned'),
        foreign: document.querySelectorAll('#page script, img, iframe, object, embed, form[action], base, style, [onerror], [onload], [srcdoc]').length,
        links: [...document.querySelectorAll('a')].map(({href}) => href).filter((href) => /^(javascript|data|vbscript|blob|file):/i.test(href)),
        headings: document.querySelectorAll('h1').length,
      }));
      assert.deepEqual(harm, {ran: false, foreign: 0, links: [], headings: 1}, `${screen.name}: ${text}`);
      window.assertQuiet();
    }
  });
});

test('hostile names and descriptions that the API takes are text from the shop to the bank\'s own pages', async () =>
  world.browser.in({}, async (window) => {
    const hostile = '"><img src=x onerror=alert(1)>';
    const destination = await world.shop.ok('POST', '/payments/v1/destinations', {
      display_name: hostile, name: hostile, iban: 'AE260260001008223921001', country: 'ARE',
    });
    const customer = await world.shop.connected('payer-app', {id: destination.id, iban: 'AE260260001008223921001'});
    const intent = await world.shop.intent(customer, {id: destination.id, iban: ''}, {description: hostile});
    const flow = await world.paying(window, intent, {facts: {payee: hostile}});
    await flow.at('review');
    assert.ok((await flow.text()).includes(heard(hostile)));
    await flow.press('pay');
    await flow.at('approve_in_app');
    for (const path of ['/app', '/ledger', '/']) {
      const bank = await window.tab();
      await bank.goto(`${world.shop.gateway.bankUrl}${path}`);
      assert.equal(await bank.locator('img[onerror], script:not([src])').count(), 0);
      await bank.close();
    }
    await world.shop.bank.decideApprovals('approve');
    await world.shop.advance('5s');
    await flow.at('bank_accepted');
    await flow.end();
  }));

// ---- What was typed ----

test('passwords and codes are in no address, no storage, no log and no file', async () =>
  world.browser.in({}, async (window) => {
    const canaries = ['canary-password-8f21', '"8642"'];  // A code as it would stand in JSON: four digits alone are everywhere.
    const customer = await world.shop.customer();
    // A shop of the gateway's own site: its frame may use the browser's storages.
    const config = {customer, destination: await world.shop.destination()};
    const flow = await world.connecting(window, config, {}, {host: '127.0.0.1'});
    await flow.welcome();
    await flow.chooseBank();
    await flow.signIn('payer-otp', canaries[0]);
    await flow.reads('wrong_password');
    await flow.signIn(undefined);
    await flow.code('login', '8642');
    await flow.reads('wrong_code');
    await flow.code('login');
    await flow.foundAccounts();
    await flow.addPayee();
    await flow.code('payee');
    await flow.reads('cool_off_text');
    const hosted = await flow.hosted();
    await hosted.evaluate(() => localStorage.setItem('control', '1'));
    await assert.rejects(window.assertNothingStored(), /local control/, 'what is stored would be seen');
    await hosted.evaluate(() => localStorage.clear());
    await flow.end('done');

    const page = flow.page.mainFrame();
    assert.ok(!JSON.stringify(await page.evaluate(() => ({...history.state as object, url: location.href}))).includes('canary'));
    for (const secret of [...canaries, 'sandbox-pass']) {
      assert.deepEqual(window.requests.filter((url) => url.includes(secret)), []);
      assert.deepEqual(world.shop.gateway.logLines.filter((line) => line.includes(secret)), []);
    }
    for (const file of filesIn(world.shop.gateway.dataFolder)) {
      const bytes = readFileSync(file);
      for (const secret of canaries) assert.ok(!bytes.includes(secret), `${secret} is in ${file}`);
    }
    const stored = await world.shop.gateway.databaseContents();
    for (const secret of canaries) assert.ok(!stored.includes(secret), `${secret} is in the database`);
  }));

function filesIn(folder: string): string[] {
  return readdirSync(folder).flatMap((name) => {
    const path = join(folder, name);
    const stat = statSync(path);
    return stat.isDirectory() ? filesIn(path) : stat.isFile() ? [path] : [];
  });
}
