// Takes messages from the hosted page apart: what is not exactly one of the protocol's is nothing.
import type {FromPage} from '../shared/protocol.js';
import type {LeanResult} from './types.js';

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';

// Members that a row does not name go no further.
const kReaders: Readonly<Record<FromPage['type'], (members: Members) => object | undefined>> = {
  ready: () => ({}),
  step: ({title, over}) => (isText(title) && typeof over === 'boolean' ? {title, over} : undefined),
  result: (members) => {
    const result = readResult(members.result);
    return result && {result};
  },
  close: () => ({}),
  open_url: ({url}) => (isText(url) && isWebAddress(url) ? {url} : undefined),
  problem: ({text}) => (isText(text) ? {text} : undefined),
};

function readResult(value: unknown): LeanResult | undefined {
  if (!isMembers(value)) return undefined;
  const {status, method, message, secondary_status} = value;
  if (status !== 'SUCCESS' && status !== 'ERROR' && status !== 'CANCELLED') return undefined;
  if (!isText(method) || !isText(message)) return undefined;
  if (secondary_status === undefined) return {status, method, message};
  return isText(secondary_status) ? {status, method, message, secondary_status} : undefined;
}

function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** The message in `data`, if it is one and of the opening with this `nonce`. Origin and window are the caller's to check. */
export function readMessage(data: unknown, nonce: string): FromPage | undefined {
  if (!isMembers(data) || data.qantara !== 1 || data.nonce !== nonce || !isText(data.type)) return undefined;
  if (!Object.hasOwn(kReaders, data.type)) return undefined;
  const type = data.type as FromPage['type'];
  const rest = kReaders[type](data);
  return rest && ({qantara: 1, nonce, type, ...rest} as FromPage);
}
