// Banks that ask on their own pages: a payer goes there and comes back, or does not.
import assert from 'node:assert/strict';
import {after, afterEach, before, test} from 'node:test';

import {openReturned, tokenOf, visitBank, Visitor} from '../support/bank_pages.js';
import {api} from '../support/http.js';
import type {LinkSession} from '../support/payer.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {Receiver} from '../support/receiver.js';
import {type Destination, Shop, eventually} from '../support/shop.js';

const kBank = 'SANDBOX_REDIRECT';
const kUser = 'payer-plain';

let bank: Gateway;
let shop: Shop;

before(async () => {
  bank = await startGateway({verb: 'sandbox-bank'});
  const receiver = await Receiver.listen();
  const flags = ['--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--bank-timeout', '2s'];
  const gateway = await startGateway({verb: 'serve', flags});
  const app = await gateway.json<{app_token: string; webhook_secret: string}>('app', 'create', '--name', 'Marsa Wallet', '--webhook-url', receiver.url);
  receiver.secret = app.webhook_secret;
  shop = new Shop(gateway, receiver, app.app_token, bank.bankUrl);
});
after(async () => {
  await shop?.close();
  await bank?.dispose();
});
afterEach(async () => {
  await shop.bank.calm();
  shop.assertWebhooksHold();
});

async function connecting(): Promise<{customer: string; destination: Destination; session: LinkSession}> {
  const [customer, destination] = [await shop.customer(), await shop.destination()];
  const session = await shop.openConnect(customer, destination);
  await session.walk({user: kUser, bank: kBank}, 'REDIRECT');
  return {customer, destination, session};
}

async function connected(): Promise<{customer: string; destination: Destination}> {
  const {customer, destination, session} = await connecting();
  await visitBank(session, kUser);
  await session.walk({user: kUser}, 'REDIRECT', 'BENEFICIARY');
  const step = await visitBank(session, kUser);
  assert.equal(step.kind, 'CONNECTED');
  return {customer, destination};
}

async function atBank(): Promise<{intent: string; destination: Destination; session: LinkSession}> {
  const {customer, destination} = await connected();
  const intent = await shop.intent(customer, destination);
  const session = await shop.openPay(intent);
  await session.walk({user: kUser}, 'REDIRECT');
  return {intent, destination, session};
}

const settles = (intent: string, status: string) =>
  eventually(() => shop.payment(intent), (payment) => payment.status === status, `the payment is ${status}`);

test('connects and pays on the bank\'s own pages', async () => {
  const {intent, destination, session} = await atBank();
  assert.equal((await shop.payment(intent)).status, 'AWAITING_APP_AUTH');
  assert.equal(session.step.money, 'unknown');
  await visitBank(session, kUser);
  await settles(intent, 'ACCEPTED_BY_BANK');
  assert.equal((await session.walk({user: kUser})).kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('fails what the payer refuses there', async () => {
  const {intent, destination, session} = await atBank();
  await visitBank(session, kUser, 'refuse');
  await settles(intent, 'FAILED');
  assert.equal((await session.look()).kind, 'FAILED');
  assert.deepEqual(await shop.transfersTo(destination), []);

  const refused = await connecting();
  assert.equal((await visitBank(refused.session, kUser, 'refuse')).kind, 'FAILED');
  assert.deepEqual(await shop.sources(refused.customer), []);
});

test('learns what became of a payer who never comes back', async () => {
  const {intent, destination, session} = await atBank();
  const visitor = new Visitor();
  await visitor.decide(await visitor.leave(session.step), kUser, 'approve');
  await settles(intent, 'ACCEPTED_BY_BANK');
  assert.equal((await shop.openPay(intent)).step.kind, 'ACCEPTED');
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('a gateway that is killed while the payer is at the bank finds out, and asks for nothing again', async () => {
  const {intent, destination, session} = await atBank();
  const visitor = new Visitor();
  const page = await visitor.leave(session.step);
  const orders = await shop.bank.count('create_payment');
  await shop.gateway.kill();
  await visitor.decide(page, kUser, 'approve');
  await shop.gateway.start();
  await settles(intent, 'ACCEPTED_BY_BANK');
  assert.equal(await orders(), 0);
  assert.equal((await shop.transfersTo(destination)).length, 1);
});

test('a lapsed visit fails the payment, as the bank says', async () => {
  const {intent, session} = await atBank();
  const visitor = new Visitor();
  await visitor.leave(session.step);
  await shop.advance('16m');
  await settles(intent, 'FAILED');
  assert.equal((await session.look()).kind, 'FAILED');
});

test('in another browser a return shows nothing and completes nothing', async () => {
  const {customer, session} = await connecting();
  const visitor = new Visitor();
  const back = await visitor.decide(await visitor.leave(session.step), kUser, 'approve');
  const other = new Visitor();
  const page = await other.get(back);
  assert.equal(page.status, 200);
  for (const secret of ['Marsa', 'Acme', session.id, session.token]) assert.ok(!page.text.includes(secret), secret);
  assert.equal((await openReturned(back, other)).status, 404);
  assert.equal((await session.look()).kind, 'REDIRECT');
  assert.equal(session.step['came_back'], undefined);
  assert.deepEqual(await shop.sources(customer), []);
  // Somebody who was sent the way to the bank is not the payer who began.
  const victim = new Visitor();
  for (const site of ['cross-site', 'same-site', 'none', '']) await victim.get(String(session.step['url']), site === '' ? {} : {'sec-fetch-site': site});
  assert.equal(victim.cookie, '');
  assert.equal((await openReturned(back, victim)).status, 404);
  // Replayed in the browser that left: once it goes on, and after the end it shows the end.
  assert.equal((await openReturned(back, visitor)).body.step.came_back, true);
});

test('a token leads one way, for one visit', async () => {
  const {session} = await atBank();
  const url = String(session.step['url']);
  const token = tokenOf(url);
  const call = api(shop.gateway.url);
  for (const wrong of [token.slice(1), `${token}0`, token.replace(/.$/, (digit) => (digit === '0' ? '1' : '0')), '0'.repeat(64), 'x', `${token.slice(0, 32)}${'a'.repeat(32)}`]) {
    assert.equal((await call('GET', `/link/redirect/${wrong}`)).status, 404, wrong);
    assert.equal((await call('POST', `/link/v1/returns/${wrong}`)).status, 404, wrong);
  }
  assert.equal((await call('GET', `/link/return/${token}`)).status, 200);  // The way there is not a way back: it tells nothing.
  assert.equal((await call('POST', `/link/v1/returns/${token}`)).status, 404);
  await visitBank(session, kUser);
  await eventually(() => session.look(), ({kind}) => kind === 'ACCEPTED', 'the payment is accepted');
  assert.equal((await call('GET', `/link/redirect/${token}`)).status, 404);
});

test('the browser goes on to the shop\'s page, which captures for its own customer', async () => {
  const {customer, destination} = await connected();
  const intent = await shop.intent(customer, destination);
  const urls = {success_redirect_url: 'http://127.0.0.1:9/done?order=7', fail_redirect_url: 'http://127.0.0.1:9/failed'};
  const session = await shop.openPay(intent, urls);
  await session.walk({user: kUser}, 'REDIRECT');
  const visitor = new Visitor();
  const back = await visitor.decide(await visitor.leave(session.step), kUser, 'approve');
  const {status, location} = await visitor.get(back);
  assert.equal(status, 303);
  assert.equal(location, `http://127.0.0.1:9/done?order=7&consent_attempt_id=${tokenOf(back)}`);
  const capture = (customer_id: string) => api(shop.gateway.url)('POST', '/link/v1/sessions', {
    body: {app_token: shop.appToken, method: 'CAPTURE_REDIRECT', customer_id, consent_attempt_id: tokenOf(back), granular_status_code: 'x'},
  });
  assert.equal((await capture(await shop.customer())).status, 404);
  const captured = await capture(customer);
  assert.equal(captured.status, 201, captured.text);
  assert.equal(captured.body.step.method, 'PAY');
  await settles(intent, 'ACCEPTED_BY_BANK');
});

test('no token of the way to the bank and back, and no name of a payer, is in the log', async () => {
  const {session} = await connecting();
  const visitor = new Visitor();
  const there = String(session.step['url']);
  const back = await visitor.decide(await visitor.leave(session.step), kUser, 'approve');
  assert.equal((await visitor.get(back)).status, 200);
  assert.equal((await openReturned(back, visitor)).status, 201);
  await api(shop.gateway.url, shop.appToken)('GET', '/customers/v1/app-user-id/sara@example.com');
  const paths = () => shop.gateway.logLines.flatMap((line) => (line.includes('"path"') ? [String(JSON.parse(line).path)] : []));
  await eventually(async () => paths(), (logged) => logged.includes('/customers/v1/app-user-id/'), 'the request is in the log');
  for (const folder of ['/link/redirect/', '/link/return/', '/link/v1/returns/']) assert.ok(paths().includes(folder), folder);
  const log = shop.gateway.logLines.join('\n');
  for (const secret of [tokenOf(there), tokenOf(back), 'sara@example.com']) assert.ok(!log.includes(secret), secret);
});

// A browser is sent on to nothing but what the application may have, however it is spelt.
test('no opening takes an address that leads elsewhere', async () => {
  const [customer, destination] = [await shop.customer(), await shop.destination()];
  await shop.gateway.json('app', 'redirect', 'add', 'https://shop.example/back', '--app-token', shop.appToken);
  const allowed = 'https://shop.example/back';
  const hosts = ['evil.example', 'shop.example.evil.example', 'shop.example@evil.example', 'evil.example#shop.example', 'evil.example?shop.example', 'shop.example:8443', 'shop.example.', 'SHOP.EXAMPLE', 'shop%2eexample', 'shop.example%00', 'xn--shp-example', '127.0.0.1', '[::1]', '0x7f.1', 'localhost'];
  const schemes = ['https://', 'http://', '//', 'https:', 'https:/', 'https:///', 'HTTPS://', 'ftp://', 'javascript://', 'leanlink://'];
  const tails = ['/', '/?', '/x', '?', '#x', '/../back', '/./back', '//', '/\t', '/ ', '/\n', '/\\', '/%2e%2e/', '/;x', '/.'];
  const spellings = [
    ...schemes.flatMap((scheme) => hosts.map((host) => `${scheme}${host}/back`)),
    ...tails.map((tail) => `${allowed}${tail}`),
    ...[' ', '\t', '\n', '\u00a0', '\ufeff', '%20'].flatMap((blank) => [blank + allowed, allowed + blank]),
    ...['javascript:alert(1)', 'data:text/html,x', 'vbscript:x', 'blob:https://shop.example/x', 'file:///etc/passwd', 'about:blank', '/back', 'back', '', '\\\\evil.example', '/\\evil.example', 'https:\\\\evil.example', 'https:evil.example', '.', '..', 'https://', 'https://shop.example', 'https://shop.example/Back', 'https://shop.example/back/', 'http://shop.example/back', 'https://user@shop.example/back', 'https://user:x@shop.example/back', 'https://shop.example:443/back', 'null', 'undefined'],
  ].filter((spelling) => spelling !== allowed);
  assert.ok(spellings.length >= 200, String(spellings.length));
  const open = (success_redirect_url: string, fail_redirect_url: string) => api(shop.gateway.url)('POST', '/link/v1/sessions', {
    body: {app_token: shop.appToken, method: 'CONNECT', permissions: ['payments'], customer_id: customer, payment_destination_id: destination.id, success_redirect_url, fail_redirect_url},
  });
  for (const spelling of spellings) {
    const answer = await open(allowed, spelling);
    assert.equal(answer.status, 400, JSON.stringify(spelling));
  }
  assert.equal((await open(allowed, allowed)).status, 201);
});
