// Reads what a merchant's page hands to a method, by the rows of two tables, and says what is wrong with it field by field.
import type {Customization, OpenSession} from '../shared/protocol.js';
import type {Method} from '../shared/step.js';
import {isBackground, parseColor} from './color.js';
import type {LeanCallback} from './types.js';

/** What a value must be: a test, and the words for the engineer. */
interface Kind {
  right: string;
  fits(value: unknown): boolean;
  /** Ids and tokens: the console names their beginning only. */
  secret?: true;
}

const text = (fits: (value: string) => boolean) => (value: unknown) => typeof value === 'string' && fits(value);
const oneOf = (...values: unknown[]): Kind => ({
  right: values.map((value) => JSON.stringify(value)).join(' or '),
  fits: (value) => values.includes(value),
});
const pixels = (value: unknown) => /^\d{1,4}(\.\d+)?$/.test(String(value)) && /^(number|string)$/.test(typeof value);

const kId: Kind = {
  right: 'an id like "9dafc6f5-37e8-4f72-aa0b-5323c0935c5f"',
  fits: text((value) => /^[\da-f]{8}(-?)[\da-f]{4}\1[\da-f]{4}\1[\da-f]{4}\1[\da-f]{12}$/i.test(value)),
  secret: true,
};
const kText: Kind = {right: 'text', fits: text((value) => value.length <= 256)};
const kSwitch = oneOf(true, false, 'true', 'false');
const kFunction: Kind = {right: 'a function', fits: (value) => typeof value === 'function'};
const kObject: Kind = {
  right: 'an object',
  fits: (value) => typeof value === 'object' && value !== null && !Array.isArray(value),
};
const kPermissions: Kind = {
  right: 'a list that holds "payments"',
  fits: (value) => Array.isArray(value) && value.includes('payments'),
};
const kColor: Kind = {
  right: 'a colour like "#0B5F6E", "rgb(11, 95, 110)" or "teal"',
  fits: text((value) => parseColor(value) !== undefined),
};
const kBackground: Kind = {right: `${kColor.right}, or a linear-gradient() of such colours`, fits: text(isBackground)};
const kRadius: Kind = {right: 'pixels like 8 or "8", or "pill"', fits: (value) => value === 'pill' || pixels(value)};
const kPixels: Kind = {right: 'pixels like 8 or "8"', fits: pixels};

interface Field {
  kind: Kind;
  /** The methods that cannot do without it. */
  required?: readonly Method[];
  /** The methods that take it; absent: all. Others pass over it, as over what `kUnused` names. */
  of?: readonly Method[];
  /** Where one gets it. */
  from?: string;
}

const kAll = ['CONNECT', 'CREATE_PAYMENT_SOURCE', 'UPDATE_PAYMENT_SOURCE', 'PAY'] as const;
const kLinking = ['CONNECT', 'CREATE_PAYMENT_SOURCE', 'UPDATE_PAYMENT_SOURCE'] as const;

const kFields: Readonly<Record<string, Field>> = {
  app_token: {kind: kId, required: kAll, from: 'the application’s token, which `qantara app create` printed'},
  customer_id: {kind: kId, required: kLinking, of: kLinking, from: 'what POST /customers/v1 answered to your server'},
  permissions: {kind: kPermissions, required: ['CONNECT'], of: ['CONNECT']},
  payment_source_id: {
    kind: kId,
    required: ['UPDATE_PAYMENT_SOURCE'],
    of: ['UPDATE_PAYMENT_SOURCE'],
    from: 'what the webhook payment_source.created told your server',
  },
  payment_destination_id: {
    kind: kId,
    required: ['UPDATE_PAYMENT_SOURCE'],
    of: kLinking,
    from: 'the `id` that POST /payments/v1/destinations answered to your server',
  },
  payment_intent_id: {
    kind: kId,
    required: ['PAY'],
    of: ['PAY'],
    from: 'what POST /payments/v1/intents answered to your server',
  },
  account_id: {kind: kId, of: ['PAY'], from: 'the `account_id` of one of the payment source’s accounts'},
  bank_identifier: {kind: kText, from: 'the `identifier` of a bank that GET /banks/v1 lists'},
  language: {kind: oneOf('en', 'ar')},
  sandbox: {kind: kSwitch},
  show_logs: {kind: kSwitch},
  callback: {kind: kFunction},
  customization: {kind: kObject},
};

const kCustomization: Readonly<Record<keyof Customization, Kind>> = {
  theme_color: kColor,
  theme_color_dark: kColor,
  button_text_color: kColor,
  button_text_color_dark: kColor,
  link_color: kColor,
  overlay_color: kColor,
  button_border_radius: kRadius,
  dialog_mode: oneOf('contained', 'uncontained'),
  dialog_background_color_light: kBackground,
  dialog_background_color_dark: kBackground,
  force_appearance: oneOf('light', 'dark'),
  bottom_inset: kPixels,
};

// Published options of one or the other method that mean nothing here yet.
const kUnused =
  'access_token success_redirect_url fail_redirect_url end_user_id entity_id account_type access_from access_to ' +
  'show_consent_explanation customer_metadata customer_name destination_alias destination_avatar show_balances ' +
  'allow_payment_source_change risk_details country version env';
const kUnusedNames: ReadonlySet<string> = new Set(kUnused.split(' '));

export interface Config {
  session: OpenSession;
  customization: Customization;
  sandbox: boolean;
  logs: boolean;
  callback: LeanCallback | undefined;
}

export interface Reading {
  /** Absent: nothing can be opened. */
  config?: Config;
  /** The fields at fault. */
  wrong: string[];
  /** For the console: errors are why nothing opens, warnings are passed over. */
  errors: string[];
  warnings: string[];
  sandbox: boolean;
  callback: LeanCallback | undefined;
}

/** A value for the console: never the whole of a token. */
export function describe(value: unknown, secret = false): string {
  if (typeof value === 'string') {
    if (secret) return `${value.length > 8 ? `"${value.slice(0, 4)}…", ` : ''}text of ${value.length} characters`;
    return JSON.stringify(value.length > 40 ? `${value.slice(0, 40)}…` : value);
  }
  if (Array.isArray(value)) return 'a list';
  if (typeof value === 'function' || typeof value === 'object') return value === null ? 'null' : `a${typeof value === 'object' ? 'n' : ''} ${typeof value}`;
  return `the ${typeof value} ${String(value)}`;
}

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/** Reads the options of one call. In live a bad theme falls back to ours, so that a payer can pay; in the sandbox it is refused. */
export function readConfig(method: Method, options: unknown): Reading {
  const given = kObject.fits(options) ? (options as Record<string, unknown>) : {};
  const isOn = (name: string) => given[name] === true || given[name] === 'true';
  const reading: Reading = {
    wrong: [],
    errors: [],
    warnings: [],
    sandbox: isOn('sandbox'),
    callback: typeof given.callback === 'function' ? (given.callback as LeanCallback) : undefined,
  };
  const refuse = (name: string, value: unknown, {right, secret}: Kind, from?: string) =>
    `CONFIG_ERROR__INVALID_PARAM_TYPE: ${name} is ${describe(value, secret)}. It must be ${right}${from ? `: ${from}` : ''}.`;

  const taken: Record<string, unknown> = {};
  for (const [name, {kind, required, of, from}] of Object.entries(kFields)) {
    const value = given[name];
    if (of && !of.includes(method)) continue;
    if (!isAbsent(value) && kind.fits(value)) taken[name] = value;
    else if (!isAbsent(value)) reading.errors.push(refuse(name, value, kind, from));
    else if (required?.includes(method)) reading.errors.push(`${name} is missing. It must be ${kind.right}${from ? `: ${from}` : ''}.`);
    else continue;
    if (!(name in taken)) reading.wrong.push(name);
  }

  const customization: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(taken.customization ?? {})) {
    const name = `customization.${key}`;
    const kind = Object.hasOwn(kCustomization, key) ? kCustomization[key as keyof Customization] : undefined;
    if (!kind) reading.warnings.push(`${name} is not known, and ignored.`);
    else if (isAbsent(value)) continue;
    else if (kind.fits(value)) customization[key] = value;
    else if (reading.sandbox) {
      reading.wrong.push(name);
      reading.errors.push(refuse(name, value, kind));
    } else reading.warnings.push(refuse(name, value, kind));
  }
  for (const name of Object.keys(given)) {
    if (!Object.hasOwn(kFields, name) && !kUnusedNames.has(name)) reading.warnings.push(`${name} is not known, and ignored.`);
  }
  if (reading.wrong.length > 0) return reading;

  const {sandbox: _, show_logs: __, callback: ___, customization: ____, ...ids} = taken;
  const session = {language: 'en', ...ids, method, ...(ids.permissions ? {permissions: ['payments']} : {})};
  return {
    ...reading,
    config: {
      session: session as unknown as OpenSession,
      customization,
      sandbox: reading.sandbox,
      logs: isOn('show_logs'),
      callback: reading.callback,
    },
  };
}
