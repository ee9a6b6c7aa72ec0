// The package for a merchant's page: loads the SDK from the gateway, which serves the one that fits it, and has its types.
import type {Lean} from '../sdk/types.js';

export type * from '../sdk/types.js';

export interface LoadOptions {
  /** The origin of the gateway: "https://pay.example". */
  gateway: string;
  /** "latest", or digits and dots. */
  version?: string;
  /** The hash of the script (Subresource Integrity): "sha384-…". Another script is not run. */
  integrity?: string;
  /** Of the page's Content-Security-Policy. */
  nonce?: string;
}

let loading: {address: string; lean: Promise<Lean>} | undefined;

/**
 * `Lean`, once the gateway's script has loaded: at the first call, and the same at each later one. Rejects, with an Error that
 * says what to look at, where there is no page, `gateway` is no origin, or the script does not load; it can then be called again.
 */
export function loadLean(options: LoadOptions): Promise<Lean> {
  if (typeof document === 'undefined') return Promise.reject(new Error('loadLean: there is no page here. Call it in the browser.'));
  let address: string;
  try {
    const {origin, protocol} = new URL(options.gateway);
    if (!/^https?:$/.test(protocol)) throw new Error(protocol);
    address = `${origin}/link/sdk/web/${options.version ?? 'latest'}/Lean.min.js`;
  } catch {
    return Promise.reject(new Error(`loadLean: gateway is ${JSON.stringify(options.gateway)}. It must be an origin like "https://pay.example".`));
  }
  if (loading && loading.address !== address) {
    return Promise.reject(new Error(`loadLean: this page has loaded ${loading.address} already, and one page has one SDK.`));
  }
  loading ??= {address, lean: load(address, options)};
  return loading.lean;
}

function load(address: string, {integrity, nonce}: LoadOptions): Promise<Lean> {
  return new Promise((resolve, reject) => {
    const script = document.createElement('script');
    const fail = (why: string) => {
      loading = undefined;
      script.remove();
      reject(new Error(`loadLean: ${address} ${why}`));
    };
    script.src = address;
    script.async = true;
    if (nonce !== undefined) script.nonce = nonce;
    if (integrity !== undefined) {
      script.integrity = integrity;
      script.crossOrigin = 'anonymous';
    }
    script.onload = () => ('Lean' in window ? resolve(window.Lean) : fail('has loaded, and is not the SDK.'));
    script.onerror = () =>
      fail(`has not loaded. Either it cannot be reached, the page's Content-Security-Policy lacks script-src ${new URL(address).origin}` +
        `${integrity === undefined ? '' : ', or it has another hash than integrity says'}.`);
    document.head.append(script);
  });
}
