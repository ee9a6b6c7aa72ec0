// What Prometheus would read: written as its text format has it, counting what happened, and telling no id.
import assert from 'node:assert/strict';
import {after, before, test} from 'node:test';

import {type Gateway, startGateway} from '../support/gateway.js';
import {api} from '../support/http.js';
import {Receiver} from '../support/receiver.js';
import {eventually, Shop} from '../support/shop.js';

interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** Reads the text format 0.0.4 and refuses whatever Prometheus would, or would put up with. */
function parse(text: string): Sample[] {
  assert.ok(text.endsWith('\n'), 'the last line ends too');
  const samples: Sample[] = [];
  const types = new Map<string, string>();
  const series = new Set<string>();
  let family = '';
  for (const line of text.slice(0, -1).split('\n')) {
    const comment = /^# (HELP|TYPE) ([a-z_][a-z0-9_]*) (.+)$/.exec(line);
    if (comment) {
      const [, kind, name, rest] = comment as unknown as [string, string, string, string];
      if (kind === 'HELP') {
        assert.ok(!types.has(name), `${name} is told of twice`);
        family = name;
      } else {
        assert.equal(name, family, 'TYPE follows HELP');
        assert.match(rest, /^(counter|gauge|histogram)$/);
        types.set(name, rest);
      }
      continue;
    }
    const sample = /^([a-z_][a-z0-9_]*)(?:\{((?:[a-z_]+="(?:[^"\\\n]|\\[\\"n])*",?)+)\})? (-?\d+(?:\.\d+)?)$/.exec(line);
    assert.ok(sample, `no sample: ${line}`);
    const [, name = '', labelText = '', value] = sample;
    const suffix = types.get(family) === 'histogram' ? /^_(bucket|sum|count)$/ : /^$/;
    assert.ok(name.startsWith(family) && suffix.test(name.slice(family.length)), `${name} stands below ${family}`);
    const labels = Object.fromEntries([...labelText.matchAll(/([a-z_]+)="((?:[^"\\]|\\.)*)"/g)].map((m) => [m[1]!, m[2]!]));
    const key = `${name}{${labelText}}`;
    assert.ok(!series.has(key), `${key} twice`);
    series.add(key);
    samples.push({name, labels, value: Number(value)});
  }
  for (const [name, type] of types) {
    if (type === 'histogram') checkHistogram(name, samples);
  }
  return samples;
}

/** Buckets never fall, and the last holds all. */
function checkHistogram(name: string, samples: Sample[]): void {
  const before = new Map<string, number>();
  for (const {name: found, labels, value} of samples) {
    if (found !== `${name}_bucket` && found !== `${name}_count`) continue;
    const {le, ...rest} = labels;
    const key = JSON.stringify(rest);
    assert.ok(value >= (before.get(key) ?? 0), `${found} ${key} ${le}`);
    if (found === `${name}_count`) assert.equal(value, before.get(key), `${name} ${key}`);
    before.set(key, value);
  }
}

let bank: Gateway;
let shop: Shop;
let metricsUrl: string;

before(async () => {
  bank = await startGateway({verb: 'sandbox-bank'});
  const receiver = await Receiver.listen();
  const gateway = await startGateway({
    verb: 'serve',
    flags: ['--sandbox-bank-url', bank.bankUrl, '--allow-webhook-network', '127.0.0.0/8', '--metrics-listen', '127.0.0.1:0'],
  });
  metricsUrl = (gateway.info as unknown as {metrics_url: string}).metrics_url;
  const app = await gateway.json<{app_token: string; webhook_secret: string}>(
    'app', 'create', '--name', 'Marsa Wallet', '--mode', 'sandbox', '--webhook-url', receiver.url,
  );
  receiver.secret = app.webhook_secret;
  shop = new Shop(gateway, receiver, app.app_token, bank.bankUrl);
});

after(async () => {
  await shop.close();
  await bank.dispose();
});

async function scrape(): Promise<Sample[]> {
  const response = await fetch(metricsUrl);
  assert.equal(response.status, 200);
  assert.equal(response.headers.get('content-type'), 'text/plain; version=0.0.4; charset=utf-8');
  return parse(await response.text());
}

/** The sum of what has this name and these labels. */
function value(samples: Sample[], name: string, labels: Record<string, string> = {}): number {
  const matching = samples.filter((sample) => sample.name === name && Object.entries(labels).every(([label, text]) => sample.labels[label] === text));
  return matching.reduce((sum, sample) => sum + sample.value, 0);
}

test('a payment is counted where it passes, and nothing of it is told', async () => {
  await scrape();  // From here on events are counted.
  const {session, intent, destination} = await shop.at('REVIEW', 'payer-plain');
  assert.equal((await session.walk({user: 'payer-plain'})).kind, 'ACCEPTED');
  await shop.event(intent, 'payment.created');
  await api(shop.gateway.url)('GET', '/customers/v1/nobody/destinations');
  await api(shop.gateway.url)('GET', '/nowhere');

  const samples = await eventually(scrape, (found) => value(found, 'qantara_webhook_deliveries_waiting') === 0, 'all delivered');
  const rows: [string, Record<string, string>, number][] = [
    ['qantara_http_requests_total', {method: 'POST', route: '/payments/v1/intents', status: '200'}, 1],
    ['qantara_http_request_duration_seconds_count', {method: 'POST', route: '/payments/v1/intents'}, 1],
    ['qantara_http_requests_total', {route: '/customers/v1/{customer_id}/destinations', status: '401'}, 1],
    ['qantara_http_requests_total', {route: 'none', status: '401'}, 1],
    ['qantara_bank_calls_total', {bank: 'LEANMB1', call: 'begin_payment', outcome: 'answered'}, 1],
    ['qantara_bank_calls_total', {call: 'submit_payment', outcome: 'answered'}, 1],
    ['qantara_payments_completed_total', {status: 'ACCEPTED_BY_BANK'}, 1],
    ['qantara_events_total', {type: 'payment.created'}, 1],
    ['qantara_payments_open', {}, 0],
    ['qantara_webhook_lag_seconds', {}, 0],
    ['qantara_live', {}, 1],
    ['qantara_database_writable', {}, 1],
  ];
  for (const [name, labels, expected] of rows) assert.equal(value(samples, name, labels), expected, `${name} ${JSON.stringify(labels)}`);
  assert.ok(value(samples, 'qantara_webhook_attempts_total', {outcome: 'delivered'}) >= 3);
  assert.ok(value(samples, 'qantara_commit_closures_count') > 5);
  assert.ok(value(samples, 'qantara_commit_duration_seconds_sum') > 0);
  for (const name of ['process_resident_memory_bytes', 'process_open_fds', 'process_cpu_seconds_total', 'qantara_http_connections']) {
    assert.ok(value(samples, name) > 0, name);
  }
  const text = await (await fetch(metricsUrl)).text();
  for (const secret of [intent, destination.id, destination.iban, shop.appToken, shop.receiver.url]) {
    assert.ok(!text.includes(secret), `the metrics tell ${secret}`);
  }
});

test('an outcome that nobody knows and a delivery that fails are seen, with the age of what waits', async () => {
  const {session, intent} = await shop.at('CODE', 'payer-plain');
  await shop.bank.next({call: 'authorise_payment', effect: 'answer_lost'});
  await shop.bank.next({call: 'payment_status', effect: 'status_503', times: 1000});
  shop.receiver.script.push(...Array<number>(100).fill(503));
  await session.act('submit', {otp: '1111'});
  await shop.event(intent, 'payment.created');
  const waits = (found: Sample[]) =>
    value(found, 'qantara_webhook_attempts_total', {outcome: 'status_5xx'}) > 0 && value(found, 'qantara_webhook_deliveries_waiting') > 0;
  const samples = await eventually(scrape, waits, 'a failed attempt');
  assert.equal(value(samples, 'qantara_bank_calls_total', {call: 'submit_payment', outcome: 'outcome_unknown'}), 1);
  assert.equal(value(samples, 'qantara_payments_open', {status: 'PENDING_WITH_BANK'}), 1);
  assert.ok(value(samples, 'qantara_webhook_deliveries_waiting') >= 1);
  assert.ok(value(samples, 'qantara_webhook_lag_seconds') > 0);
  await shop.bank.calm();
  shop.receiver.script.length = 0;
});

test('what a scrape does not name is no series, and the API has no /metrics', async () => {
  assert.equal((await fetch(new URL('/', metricsUrl))).status, 404);
  assert.notEqual((await fetch(`${shop.gateway.url}/metrics`)).status, 200);
});

test('the page of metrics names every family, and no other', async () => {
  const {readFileSync} = await import('node:fs');
  const page = readFileSync(new URL('../../../docs/reference/metrics.md', import.meta.url), 'utf8');
  const named = [...page.matchAll(/^\| `([a-z_]+)` \|/gm)].map((row) => row[1]);
  const told = [...(await (await fetch(metricsUrl)).text()).matchAll(/^# TYPE ([a-z_]+) /gm)].map((row) => row[1]);
  assert.deepEqual([...told].sort(), [...named].sort());
});
