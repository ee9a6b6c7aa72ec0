// The script of a merchant's page: defines the globals `Lean` and `LeanV2`. docs/reference/sdk.md describes them.
import {readConfig} from './config.js';
import {findGateway} from './gateway.js';
import {kMethods, type MethodName} from './methods.js';
import {open} from './opening.js';
import type {Lean, LeanResult} from './types.js';

/** Marks the global as ours: the script may be loaded twice. */
const kOurs = Symbol.for('qantara.sdk');

const gatewayAtStart = findGateway(document.currentScript);
let isOpen = false;

// In a task of its own, so that whatever the shop does there, or throws, is its own affair.
function tell<Told>(callback: ((told: Told) => void) | undefined, told: Told): void {
  if (callback) setTimeout(() => callback(told));
}

// What stands against opening anything in this page now.
function obstacle(gateway: string | undefined): string | undefined {
  if (isOpen) return 'another payment window is open. It stays; this call does nothing.';
  if (!gateway) {
    return 'the gateway is unknown. Load this script from it, as <script src="https://GATEWAY/link/sdk/web/latest/Lean.min.js">, or name it with data-gateway="https://GATEWAY" on any element.';
  }
  if (location.origin === 'null') return 'this page has no origin (a file, or a sandboxed frame). Serve it over http or https.';
  if (gateway === location.origin) {
    return `this page has the origin of the gateway, ${gateway}, and could read what the payer types. Serve them from different ones.`;
  }
  return undefined;
}

function call(name: MethodName, options: unknown): void {
  const row = kMethods[name];
  const say = (text: string) => console.error(`Lean.${name}: ${text}`);
  const {config, wrong, errors, warnings, sandbox, callback} = readConfig(row, options);
  const fail = (message: string, method = row.result) => tell<LeanResult>(callback, {status: 'ERROR', method, message});

  if (!row.method) {
    say('not offered by this gateway, which collects payments.');
    return fail(`${name} is not offered`);
  }
  if (sandbox) for (const warning of warnings) console.warn(`Lean.${name}: ${warning}`);
  if (!config) {
    if (sandbox) errors.forEach(say);
    else say(`not opened, because of ${wrong.join(', ')}. With sandbox: true the reasons stand here.`);
    // Without payments it would have been no payment source.
    return fail(`Invalid configuration: ${wrong.join(', ')}`, wrong.includes('permissions') ? row.method : row.result);
  }
  const gateway = gatewayAtStart ?? findGateway(null);
  const reason = obstacle(gateway);
  if (reason || !gateway) {
    say(reason ?? '');
    return fail(isOpen ? 'Another payment window is open' : 'The payment window cannot open in this page');
  }
  isOpen = true;
  open(name, row.result, gateway, config, {
    redirected: (result) => tell(callback, result),
    ended(result) {
      isOpen = false;
      tell(callback, result);
    },
    step: (step, bank_identifier) => tell(config.onStep, {step, method: row.result, ...(bank_identifier && {bank_identifier})}),
  });
}

function makeLean(): Lean {
  const methods = (Object.keys(kMethods) as MethodName[]).map((name) => [name, (options: unknown) => call(name, options)]);
  return Object.assign(Object.fromEntries(methods), {[kOurs]: true}) as Lean;
}

const there = window.Lean as Lean | undefined;
if (there && kOurs in there) console.warn('Lean: this script was loaded before, and is ignored.');
else window.Lean = window.LeanV2 = makeLean();
