// A backlog of webhooks, and how fast it is brought to its receiver: ours, and job queues that do the same.
import {join} from 'node:path';

import {Postgres} from '../support/postgres.js';
import {Ours} from './ours.js';
import {benchFolder, node, pause, peersFolder, Server} from './processes.js';

interface SinkFigures {
  count: number;
  lag_us: {p50: number; p99: number; max: number};
}

/** The receiver (sink.cpp), the same for all. */
export class Sink {
  private constructor(private readonly server: Server) {}

  static async start(): Promise<Sink> {
    return new Sink(await Server.start({program: join(benchFolder, 'sink'), args: []}));
  }

  get hook(): string {
    return `${this.server.url}/hook`;
  }

  async figures(): Promise<SinkFigures> {
    return (await (await fetch(`${this.server.url}/figures`)).json()) as SinkFigures;
  }

  async reset(): Promise<void> {
    await fetch(`${this.server.url}/figures`, {method: 'DELETE'});
  }

  /** Waits until `count` have come. Result: how many came in a second, counted from a tenth of them on. */
  async rateOf(count: number): Promise<number> {
    let begun: {at: number; count: number} | undefined;
    const patienceMs = 120_000;
    for (const start = performance.now(); performance.now() - start < patienceMs; await pause(5)) {
      const {count: come} = await this.figures();
      const at = performance.now();
      if (begun === undefined && come >= count / 10) begun = {at, count: come};
      if (begun !== undefined && come >= count) return ((come - begun.count) * 1000) / (at - begun.at);
    }
    throw new Error(`only ${(await this.figures()).count} of ${count} deliveries came`);
  }

  async stop(): Promise<void> {
    await this.server.stop();
  }
}

type Run = (sink: Sink, count: number) => Promise<number>;

const kEndpoints = 4;

/** Events that were committed when the gateway went down; each goes to four endpoints. */
export const deliveriesOfOurs: Run = async (sink, count) => {
  const ours = await (await new Ours().start()).furnish(Array.from({length: kEndpoints}, () => sink.hook));
  try {
    await ours.server.stop();
    await node('fill.mjs', ours.database, JSON.stringify({events: Math.ceil(count / kEndpoints)}));
    await sink.reset();
    await ours.start();
    return await sink.rateOf(count);
  } finally {
    await ours.dispose();
  }
};

async function deliveriesOfQueue(postgres: Postgres, sink: Sink, count: number, script: string, ...how: string[]): Promise<number> {
  await node(script, 'load', postgres.url(), String(count));
  await sink.reset();
  const args = [join(peersFolder, script), 'work', postgres.url(), sink.hook, ...how];
  const worker = await Server.start({program: process.execPath, args, env: {NODE_ENV: 'production'}});
  try {
    return await sink.rateOf(count);
  } finally {
    await worker.stop();
  }
}

export const deliveriesOfGraphile =
  (postgres: Postgres, how: 'default' | 'tuned'): Run =>
  (sink, count) =>
    deliveriesOfQueue(postgres, sink, count, 'graphile.mjs', how);

export const deliveriesOfPgBoss =
  (postgres: Postgres): Run =>
  (sink, count) =>
    deliveriesOfQueue(postgres, sink, count, 'pg_boss.mjs');
