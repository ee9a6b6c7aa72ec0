// The talk with the shop's page: to one exact origin, from one exact window, under the nonce of this opening. Whatever
// does not fit is ignored without a word.
import type {Customization, FromPage, FromShop, OpenSession} from '../shared/protocol.js';

type WithoutEnvelope<Message> = Message extends unknown ? Omit<Message, 'qantara' | 'nonce'> : never;

export interface Channel {
  post(message: WithoutEnvelope<FromPage>): void;
}

export interface Listener {
  open(session: OpenSession, customization: Customization): void;
  leave(): void;
}

export interface Parameters {
  appToken: string;
  /** Of the shop's page, and of nobody else. */
  origin: string;
  nonce: string;
}

/** From the page's own address. Result: nothing unless all of it is there and well formed. */
export function readParameters(search: string, hash: string): Parameters | undefined {
  const query = new URLSearchParams(search);
  const appToken = query.get('app_token') ?? '';
  const origin = query.get('origin') ?? '';
  const nonce = hash.replace(/^#/, '');
  if (appToken === '' || !isOrigin(origin) || !/^[0-9a-f]{32,128}$/.test(nonce)) return undefined;
  return {appToken, origin, nonce};
}

/** Listens to `shop`, the window that holds the frame, and tells it so. */
export function openChannel(page: Window, shop: Window, parameters: Parameters, listener: Listener): Channel {
  const {appToken, origin, nonce} = parameters;
  const channel: Channel = {post: (message) => shop.postMessage({qantara: 1, nonce, ...message}, origin)};
  let open = false;
  page.addEventListener('message', (event: MessageEvent<unknown>) => {
    if (event.origin !== origin || event.source !== shop) return;
    const message = readMessage(event.data, nonce);
    if (message?.type === 'leave') listener.leave();
    if (message?.type !== 'open' || open || message.session.app_token !== appToken) return;
    open = true;
    listener.open(message.session, message.customization);
  });
  channel.post({type: 'ready'});
  return channel;
}

const kMethods = [
  'CONNECT', 'CREATE_PAYMENT_SOURCE', 'UPDATE_PAYMENT_SOURCE', 'CREATE_BENEFICIARY', 'RECONNECT', 'PAY', 'CHECKOUT', 'CAPTURE_REDIRECT',
];
const kTexts = [
  'access_token', 'customer_id', 'payment_destination_id', 'payment_source_id', 'payment_intent_id', 'reconnect_id', 'consent_attempt_id',
  'bank_identifier', 'account_id', 'destination_alias', 'success_redirect_url', 'fail_redirect_url',
];
const kMembers = new Set(['app_token', 'method', 'permissions', 'language', 'allow_payment_source_change', ...kTexts]);

/** A message of the shop's page, with no member that protocol.ts does not have. */
export function readMessage(data: unknown, nonce: string): FromShop | undefined {
  if (!isPlain(data) || data['qantara'] !== 1 || data['nonce'] !== nonce) return undefined;
  if (data['type'] === 'leave') return {qantara: 1, nonce, type: 'leave'};
  const {session, customization} = data;
  if (data['type'] !== 'open' || !isSession(session) || !isCustomization(customization)) return undefined;
  return {qantara: 1, nonce, type: 'open', session, customization};
}

function isSession(value: unknown): value is OpenSession {
  return isPlain(value) && Object.keys(value).every((name) => kMembers.has(name)) &&
    typeof value['app_token'] === 'string' &&
    kMethods.includes(value['method'] as string) &&
    (value['language'] === 'en' || value['language'] === 'ar') &&
    kTexts.every((name) => value[name] === undefined || typeof value[name] === 'string') &&
    (value['permissions'] === undefined || isTexts(value['permissions'])) &&
    ['undefined', 'boolean'].includes(typeof value['allow_payment_source_change']);
}

// Each value is read by theme.ts, which says what is wrong with it.
function isCustomization(value: unknown): value is Customization {
  return isPlain(value) && Object.values(value).every((entry) => ['string', 'number', 'undefined'].includes(typeof entry));
}

const isTexts = (value: unknown): value is string[] => Array.isArray(value) && value.every((entry) => typeof entry === 'string');

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isOrigin(text: string): boolean {
  try {
    const url = new URL(text);
    return (url.protocol === 'https:' || url.protocol === 'http:') && url.origin === text;
  } catch {
    return false;
  }
}
