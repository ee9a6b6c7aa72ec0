// A payment source that is removed: gone for the merchant at once, and its consent at the bank soon, also if the bank or the
// gateway was not there.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {SandboxBank} from '../support/bank.js';
import {type Gateway, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {LinkSession} from '../support/payer.js';
import {Receiver} from '../support/receiver.js';
import {assertRefused, invalid, missing, refused} from '../support/refusals.js';
import {eventually} from '../support/shop.js';

let receiver: Receiver;
let gateway: Gateway;
let call: ReturnType<typeof api>;
let customer_id: string;

before(async () => {
  receiver = await Receiver.listen();
  gateway = await startGateway({webhookUrl: receiver.url});
  receiver.secret = gateway.info.webhook_secret;
  call = api(gateway.url, gateway.info.app_token);
  customer_id = (await call('POST', '/customers/v1', {body: {app_user_id: 'payer'}})).body.customer_id;
  await call('POST', '/payments/v1/destinations', {body: {name: 'Acme Corp.', display_name: 'Acme', iban: 'AE260260001008223921001'}});
});
after(async () => {
  await gateway?.dispose();
  await receiver.close();
});

async function connected(): Promise<string> {
  const session = await LinkSession.open(gateway.url, gateway.info.app_token, {method: 'CONNECT', customer_id, bank_identifier: 'LEANMB1'});
  assert.equal((await session.walk({user: 'payer-plain'})).result?.status, 'SUCCESS');
  return (await call('GET', `/customers/v1/${customer_id}/payment-sources`)).body[0].id;
}

const kUnknown = refused(404, 'UNKNOWN_PAYMENT_SOURCE');
const path = (id: string, spelling = 'payment-sources') => `/customers/v1/${customer_id}/${spelling}/${id}`;

const hasForgotten = (why: string) => why.endsWith('Its bank has forgotten the payer\'s consent.');
/** What an operator reads of it. */
async function explained(id: string): Promise<{status: string; status_detail: string; why: string; texts: string[]}> {
  const {entries, ...story} = await gateway.json<any>('explain', id);
  return {...story, texts: entries.map(({text}: {text: string}) => text)};
}

test('it is gone, with its event, and connecting anew makes another', async () => {
  const id = await connected();
  assertRefused(await call('DELETE', path(id), {body: {reason: 'BORED'}}), invalid('reason'), 'no reason of the list');
  assertRefused(await call('DELETE', path(id), {body: {}}), missing('reason'), 'no reason');
  const gone = await call('DELETE', path(id, 'payment_sources'), {body: {reason: 'USER_REQUESTED'}});
  assert.deepEqual([gone.status, gone.text], [200, '{}']);
  const event = await receiver.event('payment_source.deleted', ({payload}) => payload['id'] === id);
  assert.deepEqual(event.payload, {id, customer_id, bank_identifier: 'LEANMB1', reason: 'USER_REQUESTED'});
  assertRefused(await call('GET', path(id)), kUnknown, 'shown');
  assertRefused(await call('DELETE', path(id)), kUnknown, 'removed again');
  assert.deepEqual((await call('GET', `/customers/v1/${customer_id}/payment-sources`)).body, []);
  await eventually(async () => (await explained(id)).why, hasForgotten, 'the bank is not told');
  for (const name of [id, id.slice(-8)]) {
    const {status, status_detail, texts} = await explained(name);
    assert.deepEqual([status, status_detail], ['REMOVED', 'USER_REQUESTED'], name);
    assert.ok(texts.includes('removed the payment source'), texts.join('; '));
  }
  const another = await connected();
  assert.notEqual(another, id);
  assert.equal((await call('DELETE', path(another))).status, 200);
});

test('the bank is told until it has heard, also by a gateway that was started again', async () => {
  const id = await connected();
  const failed = await new SandboxBank(gateway.bankUrl).next({call: 'consent_status', effect: 'status_503', times: 1000});
  await call('DELETE', path(id));
  await eventually(failed, (times) => times >= 1, 'the bank is not told');
  await gateway.kill();
  await gateway.start();
  const bank = new SandboxBank(gateway.bankUrl);
  await bank.calm();
  await gateway.json('clock', 'advance', '5m');
  await eventually(async () => (await explained(id)).why, hasForgotten, 'the bank is not told again');
  const heard = await bank.count('consent_status');
  await gateway.json('clock', 'advance', '48h');
  assert.equal(await heard(), 0);
});
