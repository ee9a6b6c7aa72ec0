// The script of a merchant's page: defines the globals `Lean` and `LeanV2`. docs/reference/sdk.md describes them.
import {readConfig} from './config.js';
import {findGateway} from './gateway.js';
import {type Available, kMethods} from './methods.js';
import {open, resultMethod} from './opening.js';
import type {Lean, LeanCallback, LeanResult} from './types.js';

/** Marks the global as ours: the script may be loaded twice. */
const kOurs = Symbol.for('qantara.sdk');

const gatewayAtStart = findGateway(document.currentScript);
let isOpen = false;

// In a task of its own, so that whatever the shop does there, or throws, is its own affair.
function tell(callback: LeanCallback | undefined, result: LeanResult): void {
  if (callback) setTimeout(() => callback(result));
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

function call({name, method}: Available, options: unknown): void {
  const say = (text: string) => console.error(`Lean.${name}: ${text}`);
  const {config, wrong, errors, warnings, sandbox, callback} = readConfig(method, options);
  const error = (message: string): LeanResult => ({
    status: 'ERROR',
    method: wrong.includes('permissions') ? method : resultMethod(method),
    message,
  });

  if (sandbox) for (const warning of warnings) console.warn(`Lean.${name}: ${warning}`);
  if (!config) {
    if (sandbox) errors.forEach(say);
    else say(`not opened, because of ${wrong.join(', ')}. With sandbox: true the reasons stand here.`);
    return tell(callback, error(`Invalid configuration: ${wrong.join(', ')}`));
  }
  const gateway = gatewayAtStart ?? findGateway(null);
  const reason = obstacle(gateway);
  if (reason || !gateway) {
    say(reason ?? '');
    return tell(callback, error(isOpen ? 'Another payment window is open' : 'The payment window cannot open in this page'));
  }
  isOpen = true;
  open(name, gateway, config, (result) => {
    isOpen = false;
    tell(callback, result);
  });
}

function callLater(name: string, method: string, options: unknown): void {
  console.error(`Lean.${name}: not available yet.`);
  const callback = (options as {callback?: unknown} | undefined)?.callback;
  if (typeof callback === 'function') tell(callback as LeanCallback, {status: 'ERROR', method, message: `${name} is not available yet`});
}

function makeLean(): Lean {
  const methods = kMethods.map((row) => [
    row.name,
    (options: unknown) => ('method' in row ? call(row, options) : callLater(row.name, row.later, options)),
  ]);
  return Object.assign(Object.fromEntries(methods), {[kOurs]: true}) as Lean;
}

const there = window.Lean as Lean | undefined;
if (there && kOurs in there) console.warn('Lean: this script was loaded before, and is ignored.');
else window.Lean = window.LeanV2 = makeLean();
