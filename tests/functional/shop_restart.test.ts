// The demo shop loses nothing: neither what it has, nor what was on its way.
import assert from 'node:assert/strict';
import {test} from 'node:test';

import {DemoShop} from '../support/demo_shop.js';
import {run, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {endpoints} from '../support/operator.js';

test('kill -9 keeps balance, banks, top-ups and journal; the shop comes back to its address', async () => {
  const gateway = await startGateway();
  const shop = new DemoShop(gateway);
  try {
    await shop.connect({user: 'payer-plain'});
    const paid = await shop.orderTopUp('50.00');
    assert.equal((await (await shop.openPay(paid)).walk({user: 'payer-plain'})).kind, 'ACCEPTED');
    const before = await shop.until(({balance}) => balance === '50.00', 'not counted');
    const address = shop.url;

    await gateway.kill();
    await gateway.start();
    assert.equal(shop.url, address);
    const {clock: _, ...kept} = before;
    const {clock: __, ...found} = await shop.state();
    assert.deepEqual({...found, gateway_url: '', sandbox_bank_url: ''}, {...kept, gateway_url: '', sandbox_bank_url: ''});
  } finally {
    await gateway.dispose();
  }
});

test('killed in the middle of paying, again and again: each accepted payment counts, once', async () => {
  const gateway = await startGateway();
  const shop = new DemoShop(gateway);
  try {
    await shop.connect({user: 'payer-plain'});
    for (let round = 1; round <= 5; ++round) {
      const session = await shop.openPay(await shop.orderTopUp('10.00'));
      await session.walk({user: 'payer-plain'}, 'CODE');
      const answer = session.act('submit', {otp: '1111'}).catch(() => undefined);
      // Sooner or later: before the order, after it, while the webhook is on its way.
      await Promise.race([answer, new Promise((resolve) => setTimeout(resolve, round * 4))]);
      await gateway.kill();
      await answer;
      await gateway.start();
    }
    await shop.call('POST', '/api/clock', {by: '1h'});
    const {top_ups} = await shop.until((state) => state.top_ups.every(({status}) => status !== 'UNKNOWN' && status !== 'PENDING'), 'undecided');
    const accepted = [];
    for (const {intent_id} of top_ups) {
      const answer = await fetch(`${gateway.url}/payments/v1/intents/${intent_id}`, {headers: {'lean-app-token': gateway.info.app_token}});
      const {payments} = (await answer.json()) as {payments: {status: string}[]};
      if (payments.some(({status}) => status === 'ACCEPTED_BY_BANK')) accepted.push(intent_id);
    }
    const state = await shop.until(({balance}) => balance === `${accepted.length * 10}.00`, `${accepted.length} payments were accepted`);
    assert.deepEqual(state.top_ups.filter(({status}) => status === 'ACCEPTED').map(({intent_id}) => intent_id), accepted);
  } finally {
    await gateway.dispose();
  }
});

test('endpoints of earlier addresses are removed; the user\'s own stays beside the shop\'s', async () => {
  const gateway = await startGateway({webhookUrl: 'http://127.0.0.1:9/mine'});
  const urls = async () => (await endpoints(gateway)).map(({url}) => url).sort();
  try {
    assert.deepEqual(await urls(), ['http://127.0.0.1:9/mine', `${gateway.info.shop_url}/webhooks`].sort());
    const {webhook_secret, shop_url} = gateway.info;
    const made = {url: 'http://127.0.0.1:9/made-by-hand'};
    assert.equal((await api(gateway.url, gateway.info.app_token)('POST', '/webhooks/v1/endpoints', {body: made})).status, 201);
    await gateway.kill();
    await gateway.start();
    assert.deepEqual(await urls(), ['http://127.0.0.1:9/mine', made.url, `${shop_url}/webhooks`].sort());
    assert.equal(gateway.info.webhook_secret, webhook_secret);
  } finally {
    await gateway.dispose();
  }
});

test('a port that is taken is named, with the flag that moves it', async () => {
  const gateway = await startGateway();
  try {
    const port = Number(new URL(gateway.info.shop_url!).port);
    const {code, err} = await run(['dev', '--listen', `127.0.0.1:${port - 2}`, '--data', `${gateway.dataFolder}/other`]);
    assert.equal(code, 1);
    assert.match(err, new RegExp(`port ${port}\\b`));
    assert.match(err, /--listen/);
  } finally {
    await gateway.dispose();
  }
});
