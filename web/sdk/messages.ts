// Takes messages from the hosted page apart: what is not exactly one of the protocol's is nothing.
import type {Ending, FromPage} from '../shared/protocol.js';
import {isWebAddress} from './config.js';

type Members = Record<string, unknown>;

const isMembers = (value: unknown): value is Members => typeof value === 'object' && value !== null;
const isText = (value: unknown): value is string => typeof value === 'string';
const isMaybeText = (value: unknown) => value === undefined || isText(value);

/** Members that the page may leave out. */
const kOfEndings = ['secondary_status', 'exit_point', 'exit_intent_point', 'user_exit_intent', 'last_api_response', 'lean_correlation_id'];

// Members that a row does not name go no further.
const kReaders: Readonly<Record<FromPage['type'], (members: Members) => object | undefined>> = {
  ready: () => ({}),
  step: ({title, over, screen, bank}) =>
    isText(title) && typeof over === 'boolean' && isText(screen) && isMaybeText(bank) ? pick({title, over, screen, bank}) : undefined,
  result: (members) => {
    const result = readEnding(members.result);
    return result && {result};
  },
  close: () => ({}),
  open_url: ({url}) => (isText(url) && isWebAddress(url) ? {url} : undefined),
  problem: ({text}) => (isText(text) ? {text} : undefined),
};

/** Without what is not there. */
const pick = (members: Members) => Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined));

function readEnding(value: unknown): Ending | undefined {
  if (!isMembers(value)) return undefined;
  const {status, method, message, bank} = value;
  if (!['SUCCESS', 'ERROR', 'CANCELLED'].includes(status as string) || !isText(method) || !isText(message)) return undefined;
  const rest = Object.fromEntries(kOfEndings.map((name) => [name, value[name]]));
  if (!Object.values(rest).every(isMaybeText)) return undefined;
  if (bank === undefined) return pick({status, method, message, ...rest}) as unknown as Ending;
  if (!isMembers(bank) || !isText(bank.bank_identifier) || typeof bank.is_supported !== 'boolean') return undefined;
  const {bank_identifier, is_supported} = bank;
  return pick({status, method, message, ...rest, bank: {bank_identifier, is_supported}}) as unknown as Ending;
}

/** The message in `data`, if it is one and of the opening with this `nonce`. Origin and window are the caller's to check. */
export function readMessage(data: unknown, nonce: string): FromPage | undefined {
  if (!isMembers(data) || data.qantara !== 1 || data.nonce !== nonce || !isText(data.type)) return undefined;
  if (!Object.hasOwn(kReaders, data.type)) return undefined;
  const type = data.type as FromPage['type'];
  const rest = kReaders[type](data);
  return rest && ({qantara: 1, nonce, type, ...rest} as FromPage);
}
