// The load generator (loadgen.cpp) as a function, and what is done with several of its answers.
import {join} from 'node:path';

import {benchFolder, output} from './processes.js';

/** Microseconds. */
export interface Latency {
  p50: number;
  p90: number;
  p99: number;
  p999: number;
  max: number;
}

export interface Load {
  accepted_per_second: number;
  accepted: number;
  statuses: Record<string, number>;
  /** Requests whose connection broke, that found no connection in time, or no answer. */
  lost: number;
  given_up: number;
  unanswered: number;
  latency_us: Latency;
  refused_latency_us: Latency;
  seconds: {accepted: number; refused: number; p99: number}[];
}

export interface Wanted {
  url: string;
  seconds: number;
  warmUp?: number;
  method?: 'GET' | 'POST';
  headers?: string[];
  body?: string;
  /** A file of ids for `{id}` in the URL or the body. */
  ids?: string;
  idempotencyKeys?: boolean;
  connections?: number;
  /** Requests a second: the open loop. */
  rate?: number;
  patience?: number;
}

export async function load(wanted: Wanted): Promise<Load> {
  const {url, seconds, warmUp = 0.5, method = 'GET', headers = [], body, ids, connections = 64, rate, patience} = wanted;
  const args = [url, '--method', method, '--seconds', String(seconds), '--warm-up', String(warmUp), '--connections', String(connections)];
  for (const header of headers) args.push('--header', header);
  if (body !== undefined) args.push('--body', body);
  if (ids !== undefined) args.push('--ids', ids);
  if (wanted.idempotencyKeys) args.push('--idempotency-keys');
  if (rate !== undefined) args.push('--rate', String(rate));
  if (patience !== undefined) args.push('--patience', String(patience));
  return JSON.parse(await output(join(benchFolder, 'loadgen'), args)) as Load;
}

/** Of what did not fail: a peer that is fast because it refuses is no peer. */
export function requireSuccess(load: Load, who: string): Load {
  const refused = Object.entries(load.statuses).filter(([status]) => !status.startsWith('2'));
  if (refused.length > 0 || load.lost > 0 || load.accepted === 0) {
    throw new Error(`${who} did not do what was asked: ${JSON.stringify({...load, seconds: undefined})}`);
  }
  return load;
}

export function median(values: number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}
