// What an app's web view says in the address of the page, and the addresses by which the page answers. The published wrappers
// write in two ways: one encodes everything, the other nothing, so that a redirect URL may bring its own `&` and a colour its `#`.
import type {Ending} from '../shared/protocol.js';

export interface Query {
  /** The method's name: "connect". */
  method: string;
  /** Its options, as a page would hand them to the SDK. */
  options: Record<string, unknown>;
}

const kAddresses = ['success_redirect_url', 'fail_redirect_url', 'destination_avatar'];
/** What wrappers tell of themselves, and need not. */
const kUnused = ['implementation', 'implementation_config', 'region'];

/** `isKnown`: whether an option of this name exists. */
export function readQuery({search, hash}: Pick<Location, 'search' | 'hash'>, isKnown: (name: string) => boolean): Query {
  const options: Record<string, unknown> = {};
  const customization: Record<string, string> = {};
  const permissions: string[] = [];
  let method = '';
  for (const [name, raw] of pairsOf(search.slice(1) + hash, isKnown)) {
    const value = kAddresses.includes(name) && raw.includes('://') ? raw : decode(raw);
    if (name === 'method') method = value;
    else if (name === 'permissions') permissions.push(value);
    else if (name === 'customization') {
      const [, key, text] = /^(\w+)[ +](.*)$/s.exec(value) ?? [];
      if (key !== undefined) customization[key] = text ?? '';
    } else if (!kUnused.includes(name)) options[name] = wordless(value) ? undefined : name === 'risk_details' ? parse(value) : value;
  }
  if (permissions.length > 0) options['permissions'] = permissions;
  if (Object.keys(customization).length > 0) options['customization'] = customization;
  return {method, options};
}

function pairsOf(query: string, isKnown: (name: string) => boolean): [string, string][] {
  const pairs: [string, string][] = [];
  for (const part of query.split('&')) {
    const [, name = '', raw = ''] = /^([^=]*)=?(.*)$/s.exec(part) ?? [];
    const last = pairs.at(-1);
    const known = isKnown(name) || kUnused.includes(name) || ['method', 'permissions', 'customization'].includes(name);
    if (!known && last && kAddresses.includes(last[0]) && last[1].includes('://')) last[1] += `&${part}`;
    else if (name !== '') pairs.push([name, raw]);
  }
  return pairs;
}

/** What languages write where there is nothing. */
const wordless = (value: string) => ['', 'null', 'undefined'].includes(value);

function decode(raw: string): string {
  try {
    return decodeURIComponent(raw.replaceAll('+', ' '));
  } catch {
    return raw;
  }
}

function parse(value: string): unknown {
  try {
    return JSON.parse(value);
  } catch {
    return value;
  }
}

const kHosts: Record<Ending['status'], string> = {SUCCESS: 'success', CANCELLED: 'cancelled', ERROR: 'error'};

/** Both published spellings of what is told of the bank. */
export function leanlinkOf({bank, ...members}: Ending): string {
  const told = {
    ...members,
    ...(bank && {
      bank_identifier: bank.bank_identifier, bank_id: bank.bank_identifier,
      bank_is_supported: String(bank.is_supported), is_supported: String(bank.is_supported),
    }),
  };
  const query = Object.entries(told).map(([name, value]) => `${name}=${encodeURIComponent(value)}`);
  return `leanlink://${kHosts[members.status]}?${query.join('&')}`;
}
