// Where the gateway is: the SDK's own address says so.

const kOwnAddress = /^https?:\/\/[^/]+\/(?:sa\/)?link\/(?:sdk|loader)\/.*\b(?:Lean|lean-link-loader)\.min\.js(?:[?#]|$)/;

/** The origin of a gateway that serves the SDK at `address`; nothing if it is somebody else's script. */
export function gatewayOf(address: string): string | undefined {
  return kOwnAddress.test(address) ? new URL(address).origin : undefined;
}

/**
 * From `data-gateway` on any element, which a page with its own copy of the SDK needs; or from the script that is running;
 * or, where the browser does not say which that is (modules, bundlers), from the page's scripts.
 */
export function findGateway(current: HTMLOrSVGScriptElement | null): string | undefined {
  const told = document.querySelector<HTMLElement>('[data-gateway]')?.dataset.gateway;
  if (told) {
    try {
      return new URL(told).origin;
    } catch {
      return undefined;
    }
  }
  const scripts = [current, ...document.querySelectorAll('script')];
  for (const script of scripts) {
    const gateway = script instanceof HTMLScriptElement && gatewayOf(script.src);
    if (gateway) return gateway;
  }
  return undefined;
}
