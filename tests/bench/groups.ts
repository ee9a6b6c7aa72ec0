// What is measured, in groups that can be asked for by name.
import {statSync, writeFileSync} from 'node:fs';
import {join} from 'node:path';

import {Postgres} from '../support/postgres.js';
import {type Contender, creating, fastifyPg, fastifySqlite, inTurns, nginx, pgbench, qantara, qantaraOnPostgres, rawLog} from './contenders.js';
import {deliveriesOfGraphile, deliveriesOfOurs, deliveriesOfPgBoss, Sink} from './deliveries.js';
import {load, median, requireSuccess} from './load.js';
import {Ours} from './ours.js';
import {benchFolder, node, pause} from './processes.js';
import {type Findings, limitRow, perSecond, ratioRow, type Settings} from './settings.js';

export interface Group {
  name: string;
  about: string;
  measure(settings: Settings): Promise<Findings>;
}

async function using<T>(contenders: Contender[], measure: () => Promise<T>): Promise<T> {
  try {
    return await measure();
  } finally {
    for (const contender of contenders) await contender.stop();
  }
}

const ms = (micros: number): string => `${(micros / 1000).toFixed(1)} ms`;

async function measureCreates(settings: Settings): Promise<Findings> {
  const contenders = [await qantara(), await fastifySqlite(), await fastifyPg(), await rawLog(), await nginx()];
  return using(contenders, async () => {
    const [ours, sqlite, pg, log, constant] = await inTurns(contenders, settings);
    const row = (other: typeof ours, atLeast: number, aim: number) =>
      ratioRow('create intent', ours!.perSecond, other!.name, other!.perSecond, {atLeast, aim});
    const last = ours!.rounds.at(-1)!.latency_us;
    return {
      rows: [row(pg, 2.5, 4), row(sqlite, 6, 9), row(constant, 0.18, 0.26), row(log, 0.45, 0.66)],
      notes: [
        `A create costs ${Math.round(ours!.cpuMicros!)} µs of processor time in the gateway's process (all its threads); in the last round p50 was ${ms(last.p50)}, p99 ${ms(last.p99)} at saturation.`,
      ],
    };
  });
}

async function measureCreatesOnPostgres(settings: Settings): Promise<Findings> {
  const contenders = [await qantaraOnPostgres(), await fastifyPg(), await pgbench()];
  return using(contenders, async () => {
    const [ours, pg, bare] = await inTurns(contenders, settings);
    const row = (other: typeof ours, atLeast: number, aim: number) =>
      ratioRow('create intent on PostgreSQL', ours!.perSecond, other!.name, other!.perSecond, {atLeast, aim});
    const last = ours!.rounds.at(-1)!.latency_us;
    return {
      rows: [row(pg, 2.5, 4), row(bare, 1.3, 2)],
      notes: [
        `On PostgreSQL a create costs ${Math.round(ours!.cpuMicros!)} µs of processor time in the gateway's process; in the last round p50 was ${ms(last.p50)}, p99 ${ms(last.p99)} at saturation.`,
      ],
    };
  });
}

async function measureCommits(settings: Settings): Promise<Findings> {
  const env = {LD_PRELOAD: join(benchFolder, 'slow_fsync.so'), QANTARA_FSYNC_EXTRA_US: '1000'};
  const single = {program: join(benchFolder, 'one_commit'), env};
  const contenders = [await qantara({env}), await qantara(single, 'one commit for each request')];
  return using(contenders, async () => {
    const [grouped, one] = await inTurns(contenders, settings);
    return {
      rows: [ratioRow('create intent, each fsync 1 ms longer', grouped!.perSecond, one!.name, one!.perSecond, {atLeast: 15, aim: 25})],
      notes: ['Both are the gateway; in the other one a commit holds one request (tests/bench/one_commit.cpp).'],
    };
  });
}

/** Makes intents and puts their ids into a file. */
async function makeIntents(ours: Ours, count: number): Promise<string> {
  const headers = {'lean-app-token': ours.application.token, 'content-type': 'application/json'};
  const customer = await firstCustomer(ours);
  const create = async (): Promise<string> => {
    const body = JSON.stringify({customer_id: customer, amount: 1000, currency: 'AED', description: 'Order 4711'});
    const answer = await fetch(`${ours.url}/payments/v1/intents`, {method: 'POST', headers, body});
    return ((await answer.json()) as {payment_intent_id: string}).payment_intent_id;
  };
  const ids: string[] = [];
  while (ids.length < count) ids.push(...(await Promise.all(Array.from({length: 50}, create))));
  const file = join(ours.folder, 'intents');
  writeFileSync(file, ids.map((id) => `${id}\n`).join(''));
  return file;
}

async function firstCustomer(ours: Ours): Promise<string> {
  const answer = await fetch(`${ours.url}/customers/v1?size=1`, {headers: {'lean-app-token': ours.application.token}});
  const found = (await answer.json()) as {customer_id: string}[] | {data: {customer_id: string}[]};
  return (Array.isArray(found) ? found : found.data)[0]!.customer_id;
}

function getting(ours: Ours, ids: string): Contender['wanted'] {
  return {url: `${ours.url}/payments/v1/intents/{id}`, headers: ours.headers, ids};
}

async function measureGets(settings: Settings): Promise<Findings> {
  const ours = await (await new Ours().start()).furnish();
  const ids = await makeIntents(ours, 1000);
  const constant = await nginx();
  const contenders: Contender[] = [
    {name: 'Qantara', wanted: getting(ours, ids), server: ours.server, stop: () => ours.dispose()},
    {...constant, wanted: {...getting(ours, ids), url: constant.wanted.url.replace('/intents', '/intents/{id}')}},
  ];
  return using(contenders, async () => {
    const [mine, other] = await inTurns(contenders, settings);
    return {
      rows: [ratioRow('get intent', mine!.perSecond, other!.name, other!.perSecond, {atLeast: 0.5, aim: 0.7})],
      notes: [`A get costs ${Math.round(mine!.cpuMicros!)} µs of processor time in the gateway's process.`],
    };
  });
}

async function measureDeliveries(settings: Settings): Promise<Findings> {
  const postgres = await Postgres.start();
  const kinds = [
    {name: 'Qantara', count: settings.quick ? 10_000 : 80_000, run: deliveriesOfOurs},
    {name: 'graphile-worker, tuned', count: settings.quick ? 5_000 : 20_000, run: deliveriesOfGraphile(postgres, 'tuned')},
    {name: 'graphile-worker, as it comes', count: settings.quick ? 2_000 : 6_000, run: deliveriesOfGraphile(postgres, 'default')},
    {name: 'pg-boss, four workers', count: settings.quick ? 2_000 : 15_000, run: deliveriesOfPgBoss(postgres)},
  ];
  const rates = kinds.map(() => [] as number[]);
  const sink = await Sink.start();
  try {
    for (let round = 0; round < settings.rounds; ++round) {
      for (const [i, {name, count, run}] of kinds.entries()) {
        const rate = await run(sink, count);
        rates[i]!.push(rate);
        settings.note(`${name}: ${perSecond(rate)}`);
      }
    }
  } finally {
    await sink.stop();
    await postgres.dispose();
  }
  const [ours, tuned, plain, boss] = rates.map(median);
  const row = (i: number, rate: number, bound?: {atLeast: number; aim: number}) =>
    ratioRow('webhook deliveries', ours!, kinds[i]!.name, rate, bound);
  return {
    rows: [row(1, tuned!, {atLeast: 4, aim: 6}), row(2, plain!, {atLeast: 12, aim: 20}), row(3, boss!)],
    notes: ['From the first delivery to the last of a backlog that was there before the engine started; each is recorded durably, with its attempt.'],
  };
}

async function measureLag(settings: Settings): Promise<Findings> {
  const sink = await Sink.start();
  const ours = await (await new Ours().start()).furnish([sink.hook]);
  try {
    const {token, customers} = ours.application;
    const wanted = creating(ours.url, token, customers);
    const lags: number[] = [];
    for (let round = 0; round < settings.rounds; ++round) {
      await load({...wanted, seconds: 1, warmUp: 0, rate: 1000});
      await sink.reset();
      requireSuccess(await load({...wanted, seconds: settings.seconds, warmUp: 0, rate: 1000}), 'Qantara');
      await pause(500);
      const {lag_us: lag, count} = await sink.figures();
      settings.note(`lag p50 ${ms(lag.p50)}, p99 ${ms(lag.p99)}, max ${ms(lag.max)} of ${count}`);
      lags.push(lag.p99);
    }
    return {
      rows: [limitRow('webhook lag at 1,000 events a second, p99', median(lags) / 1000, 'ms', {atLeast: 50, aim: 20})],
      notes: ['From the event\'s own timestamp, taken in the transaction that writes it, to its receiver: commit, claim, signature and the way there.'],
    };
  } finally {
    await ours.dispose();
    await sink.stop();
  }
}

/** What a gateway creates in a second at most, with 64 connections. */
async function capacityOf(ours: Contender, settings: Settings): Promise<number> {
  const [measured] = await inTurns([ours], {...settings, seconds: Math.min(settings.seconds, 3)});
  return measured!.perSecond;
}

async function measureSteady(settings: Settings): Promise<Findings> {
  const ours = await qantara();
  const log = await rawLog();
  return using([ours, log], async () => {
    const rate = Math.round((await capacityOf(ours, settings)) / 2);
    const tails = new Map<Contender, number[]>([[ours, []], [log, []]]);
    for (let round = 0; round < settings.rounds; ++round) {
      for (const [contender, itsTails] of tails) {
        const {latency_us: latency} = requireSuccess(await load({...contender.wanted, seconds: settings.seconds * 2, rate}), contender.name);
        settings.note(`${contender.name} at ${rate}/s: p50 ${ms(latency.p50)}, p99 ${ms(latency.p99)}, max ${ms(latency.max)}`);
        itsTails.push(latency.p99);
      }
    }
    const tail = (contender: Contender) => median(tails.get(contender)!) / 1000;
    return {
      rows: [limitRow(`create intent at half of saturation (${perSecond(rate)}), p99`, tail(ours), 'ms', {atLeast: 10, aim: 5})],
      notes: [`At the same rate the preallocated log has a p99 of ${ms(tail(log) * 1000)}: what the disk itself lets wait.`],
    };
  });
}

/** So many ids are asked for in a small file and in a large one: what differs is the file. */
const kIdsAskedFor = 100_000;

async function measureLarge(settings: Settings): Promise<Findings> {
  const count = settings.intentsInLargeFile;
  const filled = async (intents: number): Promise<Ours> => {
    const ours = await (await new Ours().start()).furnish();
    await ours.server.stop();
    const begun = performance.now();
    await node('fill.mjs', ours.database, JSON.stringify({intents, ids: join(ours.folder, 'intents')}));
    settings.note(`${intents} intents made in ${Math.round((performance.now() - begun) / 1000)} s`);
    return ours.start();
  };
  const small = await filled(kIdsAskedFor);
  const large = await filled(count);
  const size = statSync(large.database).size / 2 ** 30;
  const contender = (ours: Ours, name: string, wanted: Contender['wanted']): Contender => ({name, wanted, server: ours.server, stop: () => ours.dispose()});
  try {
    const gettingOf = (ours: Ours) => getting(ours, join(ours.folder, 'intents'));
    const [getSmall, getLarge] = await inTurns([contender(small, 'small', gettingOf(small)), contender(large, 'large', gettingOf(large))], settings);
    const creatingOf = (ours: Ours) => creating(ours.url, ours.application.token, ours.application.customers);
    const [createSmall, createLarge] = await inTurns([contender(small, 'small', creatingOf(small)), contender(large, 'large', creatingOf(large))], settings);
    const title = `with ${count.toLocaleString('en')} intents in the file`;
    const beside = `${kIdsAskedFor.toLocaleString('en')} in it`;
    return {
      rows: [
        ratioRow(`create intent ${title}`, createLarge!.perSecond, beside, createSmall!.perSecond, {atLeast: 0.7, aim: 0.9}),
        ratioRow(`get intent ${title}`, getLarge!.perSecond, beside, getSmall!.perSecond, {atLeast: 0.9, aim: 1}),
      ],
      notes: [`The file has ${size.toFixed(1)} GiB: each intent with the event that told of it. Gets draw from ${kIdsAskedFor.toLocaleString('en')} ids, in both files from all over it; neither fits in the gateway's own cache.`],
    };
  } finally {
    await small.dispose();
    await large.dispose();
  }
}

async function measureMemory(settings: Settings): Promise<Findings> {
  const ours = await qantara();
  return using([ours], async () => {
    const fresh = await new Ours().start();
    await pause(1000);
    const idle = fresh.server.memory().now;
    await fresh.dispose();
    // Some may be refused while it learns how many it can take.
    await load({...ours.wanted, seconds: settings.seconds * 2, connections: 1000});
    const {peak} = ours.server!.memory();
    const mib = 2 ** 20;
    return {
      rows: [
        limitRow('resident memory, idle', idle / mib, 'MiB', {atLeast: 48, aim: 24}),
        limitRow('resident memory, 1,000 connections creating intents at full load', peak / mib, 'MiB', {atLeast: 256, aim: 128}),
      ],
      notes: ['Idle is a second after its start; the other is the most there ever was of it (VmHWM).'],
    };
  });
}

async function startTimes(ours: Ours, times: number): Promise<number[]> {
  const found: number[] = [];
  for (let i = 0; i < times; ++i) {
    await ours.server.stop();
    await ours.start();
    const answer = await fetch(`${ours.url}/readyz`);
    if (!answer.ok) throw new Error(`/readyz answered ${answer.status} after the start`);
    found.push(ours.server.startMs);
  }
  return found;
}

async function measureStart(settings: Settings): Promise<Findings> {
  const sink = await Sink.start();
  const empty = await new Ours().start();
  const full = await (await new Ours().start()).furnish([sink.hook, sink.hook, sink.hook, sink.hook]);
  try {
    const emptyMs = median(await startTimes(empty, settings.rounds));
    await full.server.stop();
    const {paymentsAtStart: payments, deliveriesAtStart: deliveries} = settings;
    await node('fill.mjs', full.database, JSON.stringify({payments, deliveries}));
    // Once: afterwards the deliveries are no longer due.
    await full.start();
    const fullMs = full.server.startMs;
    settings.note(`empty ${Math.round(emptyMs)} ms, full ${Math.round(fullMs)} ms`);
    const title = `start to ready, ${payments.toLocaleString('en')} payments and ${deliveries.toLocaleString('en')} due deliveries`;
    return {
      rows: [
        limitRow('start to ready, empty', emptyMs, 'ms', {atLeast: 200, aim: 50}),
        limitRow(title, fullMs, 'ms', {atLeast: 5000, aim: 2000}),
      ],
      notes: ['From the start of the process until it says that it listens; the file was in the page cache.'],
    };
  } finally {
    await empty.dispose();
    await full.dispose();
    await sink.stop();
  }
}

/** More than are answered within the time that the gateway gives itself: with fewer, requests would wait in the load generator. */
const kManyClients = 8000;

/** How long a client waits for one of its connections. */
const kClientPatience = 0.5;

/** The first second from which on no three in a row are slower than `usual` (µs): a disk has bad moments of its own. */
function secondsUntilUsual(seconds: {accepted: number; p99: number}[], usual: number): number {
  const slow = seconds.map(({accepted, p99}) => accepted === 0 || p99 > usual);
  const last = slow.map((_, i) => slow[i] && slow[i + 1] && slow[i + 2]).lastIndexOf(true);
  const begin = last < 0 ? 0 : last + 3;
  const found = slow.indexOf(false, begin);
  return found < 0 ? Infinity : found;
}

async function measureOverload(settings: Settings): Promise<Findings> {
  // One address may have a quarter of all connections, unless it is a proxy's.
  const ours = await qantara({flags: ['--trusted-proxy', '127.0.0.1/32']});
  return using([ours], async () => {
    const capacity = await capacityOf(ours, settings);
    const calmly = {...ours.wanted, rate: Math.round(capacity / 2)};
    const before = await load({...calmly, seconds: settings.quick ? 5 : 10});
    // The worst second but one.
    const usual = before.seconds.map(({p99}) => p99).sort((a, b) => b - a)[1]!;

    const rate = Math.round(capacity * 3);
    const pushed = await load({...ours.wanted, seconds: settings.overloadSeconds, rate, connections: kManyClients, patience: kClientPatience});
    const goodput = pushed.accepted_per_second / capacity;
    settings.note(`offered ${rate}/s: ${Math.round(pushed.accepted_per_second)}/s accepted, ${JSON.stringify(pushed.statuses)}, ${pushed.given_up} found no connection`);

    const after = await load({...calmly, seconds: 15, warmUp: 0});
    settings.note(`p99 of each second at half of capacity: before ${before.seconds.map(({p99}) => ms(p99)).join(', ')}; after ${after.seconds.map(({p99}) => ms(p99)).join(', ')}`);
    const refused = Object.entries(pushed.statuses).filter(([status]) => !status.startsWith('2')).map(([status, count]) => `${count} × ${status}`);
    return {
      rows: [
        ratioRow(`goodput at three times the capacity for ${settings.overloadSeconds} s`, pushed.accepted_per_second, 'capacity', capacity, {atLeast: 0.8, aim: 1}),
        limitRow('… p99 of what was accepted', pushed.latency_us.p99 / 1000, 'ms', {atLeast: 1000, aim: 1000}),
        limitRow('… seconds until p99 at half of capacity is as it was before', secondsUntilUsual(after.seconds, usual), 's', {atLeast: 10, aim: 10}),
      ],
      notes: [
        `Of ${perSecond(rate)} offered by ${kManyClients.toLocaleString('en')} connections: goodput ${goodput.toFixed(2)} of capacity, refused ${refused.join(', ') || 'none'}; ${pushed.given_up.toLocaleString('en')} found no free connection within ${kClientPatience} s, ${pushed.lost} lost theirs. Latency counts from when a request was due; a refusal had a p99 of ${ms(pushed.refused_latency_us.p99)}.`,
        `Before the overload, the worst second but one at half of capacity had a p99 of ${ms(usual)}.`,
      ],
    };
  });
}

export const groups: Group[] = [
  {name: 'create', about: 'durable creates with 64 connections, beside peers', measure: measureCreates},
  {name: 'postgres', about: 'durable creates on PostgreSQL, beside Fastify + pg and pgbench', measure: measureCreatesOnPostgres},
  {name: 'commit', about: 'grouped commit beside one commit for each request', measure: measureCommits},
  {name: 'get', about: 'gets beside nginx', measure: measureGets},
  {name: 'deliver', about: 'webhook deliveries beside job queues', measure: measureDeliveries},
  {name: 'lag', about: 'from an event to its receiver', measure: measureLag},
  {name: 'steady', about: 'the tail at half of saturation', measure: measureSteady},
  {name: 'large', about: 'with many intents in the file', measure: measureLarge},
  {name: 'memory', about: 'resident memory', measure: measureMemory},
  {name: 'start', about: 'from the start to ready', measure: measureStart},
  {name: 'overload', about: 'three times what it can do', measure: measureOverload},
];
