// How long a run measures, and what it makes for it.
export interface Settings {
  quick: boolean;
  /** Of each measurement, and how often each is made. */
  seconds: number;
  rounds: number;
  intentsInLargeFile: number;
  paymentsAtStart: number;
  deliveriesAtStart: number;
  overloadSeconds: number;
  /** Tells whoever waits what was just seen. */
  note(text: string): void;
}

export function settingsFor(quick: boolean): Settings {
  const note = (text: string): void => console.error(`    ${text}`);
  return quick
    ? {quick, seconds: 1, rounds: 3, intentsInLargeFile: 400_000, paymentsAtStart: 10_000, deliveriesAtStart: 1_000, overloadSeconds: 3, note}
    : {quick, seconds: 4, rounds: 3, intentsInLargeFile: 10_000_000, paymentsAtStart: 1_000_000, deliveriesAtStart: 100_000, overloadSeconds: 60, note};
}

/** One line of the table. */
export interface Row {
  what: string;
  ours: string;
  /** Beside what, and what that did. */
  beside: string;
  value: number;
  /** How `value` is told: "3.1 ×", "12 ms". */
  shown: string;
  atLeast: string;
  aim: string;
  reaches: 'aim' | 'at least' | 'neither' | 'no bound';
}

/** What a group of measurements found: lines of the table, and sentences on what is behind them. */
export interface Findings {
  rows: Row[];
  notes: string[];
}

interface Bound {
  atLeast: number;
  aim: number;
}

function reach(isWithin: (bound: number) => boolean, {atLeast, aim}: Bound): Row['reaches'] {
  return isWithin(aim) ? 'aim' : isWithin(atLeast) ? 'at least' : 'neither';
}

export const perSecond = (rate: number): string => `${Math.round(rate).toLocaleString('en')} /s`;

/** Ours to another's, where more is better. */
export function ratioRow(what: string, ours: number, beside: string, other: number, bound?: Bound): Row {
  const value = ours / other;
  const shown = (ratio: number): string => `${ratio.toFixed(ratio < 10 ? 2 : 1)} ×`;
  return {
    what, ours: perSecond(ours), beside: `${beside}: ${perSecond(other)}`, value, shown: shown(value),
    atLeast: bound ? shown(bound.atLeast) : '', aim: bound ? shown(bound.aim) : '',
    reaches: bound ? reach((limit) => value >= limit, bound) : 'no bound',
  };
}

/** A figure that is to stay below a bound. */
export function limitRow(what: string, value: number, unit: string, bound: Bound): Row {
  const shown = (figure: number): string => figure === Infinity ? 'not seen' : `${figure < 10 ? figure.toFixed(1) : Math.round(figure)} ${unit}`;
  return {
    what, ours: shown(value), beside: '', value, shown: shown(value), atLeast: `≤ ${shown(bound.atLeast)}`, aim: `≤ ${shown(bound.aim)}`,
    reaches: reach((limit) => value <= limit, bound),
  };
}
