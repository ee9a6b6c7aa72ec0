// The small things of the hosted pages: finding a bank, typing a secret, another language, the questions over a screen.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import type {Look, Window} from '../support/browser.js';
import {type CopyKey, type Language, languages} from '../support/browser_copy.js';
import {type Flow, kPassword} from '../support/browser_flow.js';
import {axeFaults, cutFaults, settle, smallTargets} from '../support/browser_looks.js';
import {callFor, play, screens} from '../support/browser_steps.js';
import {World} from '../support/browser_world.js';

let world: World;

before(async () => (world = await World.open()));
after(async () => world?.close());

const stepOf = (name: string) => screens.find((screen) => screen.name === name)!.step;

/** The flow at one step, whatever is pressed. */
async function at(window: Window, step: Record<string, unknown>, language: Language = 'en'): Promise<Flow> {
  await play(window.context, () => step);
  const flow = await world.visit(window, {language});
  const {method, config} = callFor(step);
  await flow.open(method, {app_token: world.shop.appToken, ...config});
  await flow.heading().waitFor();
  return flow;
}

for (const language of languages) {
  test(`a bank is found by any of its names, however they are typed: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const flow = await at(window, stepOf('banks'), language);
      const search = flow.frame.getByRole('searchbox', {name: flow.say('search_banks')});
      for (const [query, found] of [
        ['lean', 1], ['LEAN MOCK', 1], ['sandbox', 3], ['بنك', 4], ['بَنـك', 4], ['التجربه', 3], ['SANDBOX_SLOW', 1], ['البطيء', 1], ['  slow ', 1],
      ] as const) {
        await search.fill(query);
        await flow.reads('banks_found', {n: found});
        assert.equal(await flow.frame.getByRole('list').getByRole('button').count(), found, query);
      }
      await search.fill('nobody');
      await flow.reads('no_bank_found', {q: 'nobody'});
      await flow.press('clear_search');
      await flow.reads('banks_found', {n: 4});
      assert.equal(await search.inputValue(), '');

      // A bank that is down comes last, and says why it cannot be used.
      const sent = window.requests.length;
      const down = flow.frame.getByRole('list').getByRole('button').last();
      assert.equal(await down.getAttribute('aria-disabled'), 'true');
      await down.click({force: true});
      const name = language === 'en' ? 'Sandbox Maintenance Bank' : 'بنك التجربة قيد الصيانة';
      await flow.reads('bank_not_answering', {bank: name});
      assert.deepEqual(window.requests.slice(sent), []);
    }));
}

test('fields say to browsers and password managers what they are', async () =>
  world.browser.in({}, async (window) => {
    const flow = await at(window, stepOf('credentials'));
    const username = flow.field('username');
    assert.match(String(await username.getAttribute('autocomplete')), /^section-\S+ username$/);
    assert.equal(await username.getAttribute('autocapitalize'), 'none');
    assert.equal(await username.getAttribute('spellcheck'), 'false');
    const password = flow.frame.getByLabel(flow.say('password'), {exact: true});
    assert.match(String(await password.getAttribute('autocomplete')), /^section-\S+ current-password$/);

    // Shown while it is wanted, and what is typed stays.
    await password.fill(kPassword);
    const show = flow.frame.getByRole('button', {name: /^Show/});
    assert.equal(await show.getAttribute('aria-pressed'), 'false');
    await show.click();
    assert.deepEqual([await password.getAttribute('type'), await password.inputValue()], ['text', kPassword]);
    await flow.frame.locator('[aria-pressed="true"]').filter({hasText: flow.say('hide')}).click();
    assert.equal(await password.getAttribute('type'), 'password');
  }));

test('a code has one field for the phone to fill, and a paste is cleaned', async () =>
  world.browser.in({}, async (window) => {
    const flow = await at(window, stepOf('payment-code'));
    const code = flow.field('payment_code');
    assert.equal(await code.getAttribute('autocomplete'), 'one-time-code');
    assert.equal(await code.getAttribute('inputmode'), 'numeric');
    assert.equal(await code.getAttribute('maxlength'), null);
    assert.ok(await code.evaluate((element) => element === document.activeElement), 'the field has the focus: its label is the heading');
    await code.evaluate((element: HTMLInputElement) => {
      const data = new DataTransfer();
      data.setData('text', ' ١ ٢٣-٤ ');
      element.dispatchEvent(new ClipboardEvent('paste', {clipboardData: data, bubbles: true, cancelable: true}));
    });
    assert.equal(await code.inputValue(), '1234');
  }));

test('the language is changed in the middle, and nothing else is', async () =>
  world.browser.in({}, async (window) => {
    const {intent, destination} = await world.payable('payer-plain');
    const flow = await world.paying(window, intent);
    await flow.at('review');
    await flow.frame.getByRole('button', {name: 'عربي'}).click();
    const arabic = flow.in('ar');
    await arabic.at('review');
    const frame = await flow.hosted();
    assert.deepEqual(await frame.evaluate(() => [document.documentElement.lang, document.documentElement.dir]), ['ar', 'rtl']);
    await arabic.review();
    await arabic.at('payment_code');
    await flow.frame.getByRole('button', {name: 'EN'}).click();
    await flow.code('payment');
    await flow.at('bank_accepted');
    assert.equal((await world.shop.transfersTo(destination)).length, 1);
  }));

// ---- The questions over a screen ----

const questions: {over: string; title: CopyKey; says: CopyKey; never?: CopyKey}[] = [
  {over: 'welcome', title: 'leave_connecting', says: 'not_moved'},
  {over: 'review', title: 'leave_paying', says: 'not_moved'},
  {over: 'approval', title: 'leave_approval', says: 'leave_approval_text', never: 'not_moved'},
  {over: 'working-sent', title: 'leave_sent', says: 'leave_sent_text', never: 'not_moved'},
];

for (const language of languages) {
  const look: Look = language === 'en' ? {scheme: 'light', width: 'wide'} : {scheme: 'dark', width: 'narrow'};
  test(`to leave is asked about according to what is proved: ${language}`, async () =>
    world.browser.in(look, async (window) => {
      const faults: string[] = [];
      for (const {over, title, says, never} of questions) {
        const flow = await at(window, stepOf(over), language);
        await flow.frame.getByRole('button', {name: flow.say('close'), exact: true}).click();
        await flow.asks(title);
        const question = flow.frame.getByRole('alertdialog');
        const text = await question.innerText();
        assert.ok(text.includes(flow.say(says)), `${over}: ${text}`);
        if (never) assert.ok(!text.includes(flow.say(never)), `${over}: ${text}`);
        assert.ok(await flow.button('stay').evaluate((element) => element === document.activeElement), 'Stay has the focus');
        const frame = await flow.hosted();
        await settle(frame);
        await window.screenshot(flow.page, `leave-${over}-${language}`);
        const found = [...(await axeFaults(frame)), ...(await cutFaults(frame)), ...(await smallTargets(frame))];
        faults.push(...found.map((fault) => `${over}: ${fault}`));
        await flow.page.keyboard.press('Escape');
        await question.waitFor({state: 'detached'});
        await flow.page.close();
        await window.context.unrouteAll();
      }
      assert.deepEqual(faults, []);
    }));

  test(`a minute before the page times out it asks, and to stay gives the time anew: ${language}`, async () =>
    world.browser.in({}, async (window) => {
      const step: Record<string, unknown> = {...stepOf('review'), expires_in_ms: 59_000};
      const flow = await at(window, step, language);
      await flow.asks('still_there');
      await flow.reads('still_there_text');
      await window.screenshot(flow.page, `still-there-${language}`);
      step['expires_in_ms'] = 1_800_000;
      await flow.press('stay');
      await flow.frame.getByRole('alertdialog').waitFor({state: 'detached'});
      await flow.at('review');
    }));
}
