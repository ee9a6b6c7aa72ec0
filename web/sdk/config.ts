// Reads what a merchant's page hands to a method, by the rows of two tables, and says what is wrong with it field by field.
import type {Customization, OpenSession} from '../shared/protocol.js';
import {isBackground, parseColor} from './color.js';
import type {Row} from './methods.js';
import type {LeanCallback, LeanStepCallback} from './types.js';

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
const isObject = (value: unknown): value is Record<string, unknown> => typeof value === 'object' && value !== null && !Array.isArray(value);
const kObject: Kind = {right: 'an object', fits: isObject};
const kDetails: Kind = {right: 'an object, or text', fits: (value) => isObject(value) || typeof value === 'string'};
const kPermissions: Kind = {
  right: 'a list that holds "payments"',
  fits: (value) => Array.isArray(value) && value.includes('payments'),
};
const kAddress: Kind = {right: 'an http or https address', fits: text(isWebAddress)};
const kToken: Kind = {
  right: 'a customer’s access token, without "Bearer". Token must be valid for at least 10 minutes',
  fits: text((value) => secondsLeft(value) >= 600),
  secret: true,
};
const kColor: Kind = {
  right: 'a colour like "#0B5F6E", "rgb(11, 95, 110)" or "teal"',
  fits: text((value) => parseColor(value) !== undefined),
};
const kBackground: Kind = {right: `${kColor.right}, or a linear-gradient() of such colours`, fits: text(isBackground)};
const kRadius: Kind = {right: 'pixels like 8 or "8", or "pill"', fits: (value) => value === 'pill' || pixels(value)};
const kPixels: Kind = {right: 'pixels like 8 or "8"', fits: pixels};

export function isWebAddress(url: string): boolean {
  try {
    return /^https?:$/.test(new URL(url).protocol);
  } catch {
    return false;
  }
}

/** Of a JSON Web Token (RFC 7519), by its `exp`; none if it is no such thing. */
function secondsLeft(token: string): number {
  try {
    const claims = JSON.parse(atob(token.split('.')[1]!.replace(/-/g, '+').replace(/_/g, '/')));
    return claims.exp - Date.now() / 1000;
  } catch {
    return 0;
  }
}

/** What an option must be, and where one gets it. */
const kFields: Readonly<Record<string, readonly [Kind, string?]>> = {
  app_token: [kId, 'the application’s token, which `qantara app create` printed'],
  customer_id: [kId, 'what POST /customers/v1 answered to your server'],
  permissions: [kPermissions],
  payment_source_id: [kId, 'what the webhook payment_source.created told your server'],
  payment_destination_id: [kId, 'the `id` that POST /payments/v1/destinations answered to your server'],
  payment_intent_id: [kId, 'what POST /payments/v1/intents answered to your server'],
  reconnect_id: [kId, 'of the payment source that GET …/payment-sources told your server'],
  consent_attempt_id: [kText, 'what stands in the address of this page after the bank'],
  account_id: [kId, 'the `account_id` of one of the payment source’s accounts'],
  allow_payment_source_change: [kSwitch],
  bank_identifier: [kText, 'the `identifier` of a bank that GET /banks/v1 lists'],
  // Of every method.
  access_token: [kToken],
  success_redirect_url: [kAddress, 'one that is registered for the application'],
  fail_redirect_url: [kAddress, 'one that is registered for the application'],
  destination_alias: [{right: 'text of at most 70 characters', fits: text((value) => value.length <= 70)}],
  language: [oneOf('en', 'ar')],
  sandbox: [kSwitch],
  show_logs: [kSwitch],
  callback: [kFunction],
  on_step: [kFunction],
  customization: [kObject],
  // Published, checked, and of no use here.
  access_from: [kText],
  access_to: [kText],
  account_type: [oneOf('PERSONAL', 'BUSINESS')],
  consent_id: [kText],
  country: [kText],
  customer_metadata: [kDetails],
  customer_name: [kText],
  destination_avatar: [kAddress],
  end_user_id: [kText],
  entity_id: [kText],
  env: [kText],
  granular_status_code: [kText],
  risk_details: [kDetails],
  show_balances: [kSwitch],
  show_consent_explanation: [kSwitch],
  status_additional_info: [kText],
  version: [kText],
};
// The first `kOfMethods` fields belong to the methods that name them; the others to all.
const kNames = Object.keys(kFields);
const kOfMethods = new Set(kNames.slice(1, kNames.indexOf('access_token')));
const kSent = new Set(kNames.slice(0, kNames.indexOf('sandbox')));

/** Whether any method, of whatever version, has an option of this name. */
export const isOption = (name: string): boolean => Object.hasOwn(kFields, name);

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

export interface Config {
  session: OpenSession;
  customization: Customization;
  sandbox: boolean;
  logs: boolean;
  onStep: LeanStepCallback | undefined;
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
const isOn = (value: unknown) => value === true || value === 'true';

/** Reads the options of one call. In live a bad theme falls back to ours, so that a payer can pay; in the sandbox it is refused. */
export function readConfig(row: Row, options: unknown): Reading {
  const given = isObject(options) ? options : {};
  const callable = (name: string) => (typeof given[name] === 'function' ? given[name] : undefined);
  const reading: Reading = {
    wrong: [],
    errors: [],
    warnings: [],
    sandbox: isOn(given.sandbox),
    callback: callable('callback') as LeanCallback | undefined,
  };
  const refuse = (name: string, why: string) => {
    reading.wrong.push(name);
    reading.errors.push(why);
  };
  const unfit = (name: string, value: unknown, {right, secret}: Kind, from?: string) =>
    `CONFIG_ERROR__INVALID_PARAM_TYPE: ${name} is ${describe(value, secret)}. It must be ${right}${from ? `: ${from}` : ''}.`;

  const required = ['app_token', ...row.required];
  const session: Record<string, unknown> = {language: 'en', method: row.method};
  for (const [name, [kind, from]] of Object.entries(kFields)) {
    const value = given[name];
    if (kOfMethods.has(name) && !row.required.includes(name) && !row.optional.includes(name)) continue;
    if (isAbsent(value)) {
      if (required.includes(name)) refuse(name, `${name} is missing. It must be ${kind.right}${from ? `: ${from}` : ''}.`);
    } else if (!kind.fits(value)) refuse(name, unfit(name, value, kind, from));
    else if (kSent.has(name)) session[name] = kind === kSwitch ? isOn(value) : kind === kPermissions ? ['payments'] : value;
  }
  const [success, fail] = [session.success_redirect_url, session.fail_redirect_url];
  if (!success !== !fail && reading.wrong.length === 0) {
    const name = success ? 'fail_redirect_url' : 'success_redirect_url';
    refuse(name, `${name} is missing. The two redirect URLs go together.`);
  }

  const customization: Record<string, unknown> = {};
  for (const [key, value] of Object.entries(isObject(given.customization) ? given.customization : {})) {
    const name = `customization.${key}`;
    const kind = Object.hasOwn(kCustomization, key) ? kCustomization[key as keyof Customization] : undefined;
    if (!kind) reading.warnings.push(`${name} is not known, and ignored.`);
    else if (isAbsent(value)) continue;
    else if (kind.fits(value)) customization[key] = value;
    else if (reading.sandbox) refuse(name, unfit(name, value, kind));
    else reading.warnings.push(unfit(name, value, kind));
  }
  for (const name of Object.keys(given)) {
    if (!isOption(name)) reading.warnings.push(`${name} is not known, and ignored.`);
  }
  if (reading.wrong.length > 0) return reading;
  return {
    ...reading,
    config: {
      session: session as unknown as OpenSession,
      customization,
      sandbox: reading.sandbox,
      logs: isOn(given.show_logs),
      onStep: callable('on_step') as LeanStepCallback | undefined,
    },
  };
}
