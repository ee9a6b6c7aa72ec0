// A developer reads the documentation in a browser, and tries a request from there.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {Browser} from '../support/browser.js';
import {type Gateway, startGateway} from '../support/gateway.js';

let browser: Browser;
let gateway: Gateway;

before(async () => {
  [browser, gateway] = await Promise.all([Browser.launch(), startGateway()]);
});
after(async () => {
  await gateway?.dispose();
  await browser?.close();
});

/** It works for seconds on end on a busy machine. */
const whileSwaggerDraws = {timeout: 60_000};

test('shows every operation, with the rules of its members', async () =>
  browser.in({}, async (window) => {
    window.expect(/Deprecated: escaping deep link whitespace/);  // Swagger UI tells itself so of every link.
    const page = await window.tab();
    await page.goto(`${gateway.info.url}/docs#/Payment%20intents/create_payment_intent`);
    const operation = page.locator('.opblock.is-open').filter({hasText: '/payments/v1/intents'});
    await operation.getByText("The transfer's reference: it stands on both statements.").first().waitFor(whileSwaggerDraws);
    await page.getByText('Pay by bank, self-hosted.').waitFor();
    await window.screenshot(page, 'docs');
    const {paths} = (await (await fetch(`${gateway.info.url}/openapi.json`)).json()) as {paths: Record<string, object>};
    const described = Object.values(paths).flatMap((item) => Object.keys(item)).length;
    await page.goto(`${gateway.info.url}/docs`);
    await page.locator('.opblock-summary').first().waitFor();
    assert.ok((await page.locator('.opblock-summary').count()) >= described, `${described} operations are shown`);
  }));

test('sends a request from the page to the gateway that serves it', async () =>
  browser.in({}, async (window) => {
    window.expect(/Deprecated: escaping deep link whitespace/);  // Swagger UI tells itself so of every link.
    const page = await window.tab();
    await page.goto(`${gateway.info.url}/docs#/Banks/list_banks`);
    await page.getByRole('button', {name: 'Authorize'}).first().click(whileSwaggerDraws);
    const credential = page.locator('.auth-container').filter({hasText: 'app_token (apiKey)'});
    await credential.locator('input').fill(gateway.info.app_token);
    await credential.getByRole('button', {name: 'Apply credentials'}).click();
    await credential.getByRole('button', {name: 'Close'}).click();
    const operation = page.locator('#operations-Banks-list_banks');
    await operation.getByRole('button', {name: 'Try it out'}).click();
    await operation.getByRole('button', {name: 'Execute'}).click();
    await operation.locator('.live-responses-table').getByText('Lean Mockbank 1').first().waitFor(whileSwaggerDraws);
    await window.assertNothingStored();
  }));

test('says where the description is without JavaScript', async () =>
  browser.in({javaScript: false}, async (window) => {
    const page = await window.tab();
    await page.goto(`${gateway.info.url}/docs`);
    await page.getByRole('link', {name: '/openapi.json'}).waitFor();
  }));
