// The payment window: the gateway's script, and the two calls that a shop makes.
import type {Language} from '../shared/format.js';
import type {LeanCallback, LeanCustomization} from '../sdk/types.js';

let loading: Promise<boolean> | undefined;

/** Loads the script of the gateway at `url`, once. Result: whether `Lean` is there. */
export function loadSdk(url: string): Promise<boolean> {
  loading ??= new Promise((resolve) => {
    const script = document.createElement('script');
    script.src = `${url}/link/sdk/web/latest/Lean.min.js`;
    script.onload = () => resolve('Lean' in window);
    script.onerror = () => {
      loading = undefined;
      script.remove();
      resolve(false);
    };
    document.head.append(script);
  });
  return loading;
}

interface Opening {
  app_token: string;
  language: Language;
  customization: LeanCustomization;
  /** A hint for the page, and never a reason to believe that money has moved. */
  callback: LeanCallback;
}

export function connectBank(opening: Opening, customer_id: string, payment_destination_id: string): void {
  window.Lean.connect({...opening, customer_id, payment_destination_id, permissions: ['payments'], sandbox: true});
}

export function pay(opening: Opening, payment_intent_id: string): void {
  window.Lean.pay({...opening, payment_intent_id, sandbox: true});
}
