// The payment window: the gateway's script, and the three calls that a shop makes.
import type {Language} from '../shared/format.js';
import type {LeanCallback, LeanCustomization} from '../sdk/types.js';

let loading: Promise<boolean> | undefined;

/** By what the payment window goes on where the payer left it for a bank's own page: read before the address is tidied up. */
export const attempt = new URLSearchParams(location.search).get('consent_attempt_id') ?? undefined;

/** From a bank's own page payers come back to this one. */
function wayBack(language: Language) {
  const here = `${location.origin}${location.pathname}${language === 'ar' ? '?lang=ar' : ''}`;
  return {success_redirect_url: here, fail_redirect_url: here};
}

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
  window.Lean.connect({...opening, ...wayBack(opening.language), customer_id, payment_destination_id, permissions: ['payments'], sandbox: true});
}

export function pay(opening: Opening, payment_intent_id: string): void {
  window.Lean.pay({...opening, ...wayBack(opening.language), payment_intent_id, sandbox: true});
}

export function goOn(opening: Opening, customer_id: string, consent_attempt_id: string): void {
  window.Lean.captureRedirect({...opening, customer_id, consent_attempt_id, sandbox: true});
}
