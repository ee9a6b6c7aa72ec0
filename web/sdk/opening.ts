// One opening of the dialog, from the call to the one result that the shop is told.
import {type FromShop, kLinkPage} from '../shared/protocol.js';
import type {Config} from './config.js';
import {openDialog} from './dialog.js';
import {readMessage} from './messages.js';
import type {LeanResult, LeanStatus} from './types.js';

/** Without `ready` for so long, the payer is told that the window did not open. */
const kPatienceMs = 8000;
/** A page that has loaded and does not report for so long is probably not ours but the browser's, about a refusal. */
const kLoadedPatienceMs = 1500;

function makeNonce(): string {
  return Array.from(crypto.getRandomValues(new Uint8Array(16)), (byte) => byte.toString(16).padStart(2, '0')).join('');
}

export interface Listener {
  /** The payer goes to the bank's page, and this page with them. */
  redirected(result: LeanResult): void;
  /** Called once, when the dialog is gone. */
  ended(result: LeanResult): void;
  step(screen: string, bank: string | undefined): void;
}

/** Opens the dialog of the method called `name`, whose results are of `method`, at `gateway` (an origin). */
export function open(name: string, method: string, gateway: string, config: Config, listener: Listener): void {
  const {session, customization} = config;
  let state: 'LOADING' | 'READY' | 'PANEL' | 'ENDED' = 'LOADING';
  let nonce = '';
  let over = false;
  /** The payer wants to leave, and the page is not there yet to ask whether that is meant. */
  let leaving = false;
  let result: LeanResult | undefined;
  let screen = '';
  let explained = false;
  let patience: ReturnType<typeof setTimeout> | undefined;
  let loadedPatience: ReturnType<typeof setTimeout> | undefined;

  const say = (text: string) => console.error(`Lean.${name}: ${text}`);
  const log = (text: string) => {
    if (config.logs) console.log(`Lean.${name}: ${text}`);
  };
  const stopWaiting = () => {
    clearTimeout(patience);
    clearTimeout(loadedPatience);
  };
  const post = (message: {type: 'leave'} | {type: 'open'; session: Config['session']; customization: Config['customization']}) => {
    const whole: FromShop = {qantara: 1, nonce, ...message};
    dialog.frame()?.postMessage(whole, gateway);
  };

  const end = (how: LeanResult) => {
    if (state === 'ENDED') return;
    state = 'ENDED';
    stopWaiting();
    removeEventListener('message', hear);
    document.removeEventListener('securitypolicyviolation', hearViolation);
    dialog.remove();
    log(`ended: ${how.status}, ${how.message}`);
    listener.ended(how);
  };
  const fail = (message: string, status: LeanStatus = 'ERROR') => end({status, method, message, ...(screen && {exit_point: screen})});

  const explain = (text: string) => {
    if (!explained) say(text);
    explained = true;
  };
  const explainSilence = () =>
    explain(
      `the payment window has not opened. Either ${gateway} cannot be reached, or it may not be framed by this page: ` +
        `the application needs the origin ${location.origin} (qantara app origin add ${location.origin}).` +
        (location.protocol === 'https:' && gateway.startsWith('http:') ? ' Also, a page on https may not frame one on http.' : ''),
    );
  const giveUp = () => {
    stopWaiting();
    state = 'PANEL';
    dialog.showPanel();
  };

  const load = () => {
    stopWaiting();
    state = 'LOADING';
    nonce = makeNonce();
    leaving = explained = false;
    patience = setTimeout(() => {
      explainSilence();
      giveUp();
    }, kPatienceMs);
    const query = new URLSearchParams({app_token: session.app_token, origin: location.origin, language: session.language});
    dialog.load(`${gateway}${kLinkPage}?${query}#${nonce}`);
    log(`opening ${gateway}${kLinkPage}`);
  };

  const leave = () => {
    if (state === 'PANEL') fail('The payment window did not open');
    else if (over && result) end(result);
    else if (state === 'READY') {
      dialog.focusFrame();
      post({type: 'leave'});
    } else if (!leaving) leaving = true;
    // Not CANCELLED: somebody may have ordered this payment before, and only the page could tell.
    else fail('The payment window was closed before it had opened');
  };

  const hear = ({source, origin, data}: MessageEvent) => {
    if (!source || source !== dialog.frame() || origin !== gateway) return;
    const message = readMessage(data, nonce);
    if (!message) return;
    log(message.type);
    switch (message.type) {
      case 'ready': // At first, and whenever the frame is loaded anew.
        stopWaiting();
        state = 'READY';
        over = false;
        post({type: 'open', session, customization});
        dialog.reveal();
        if (leaving) post({type: 'leave'});
        leaving = false;
        break;
      case 'step':
        over = message.over;
        screen = message.screen;
        listener.step(screen, message.bank);
        break;
      case 'result':
        result = message.result;
        break;
      case 'close':
        if (result) end(result);
        else fail('The payment window was closed before it had a result');
        break;
      case 'open_url':
        listener.redirected({
          status: 'REDIRECT', method, message: 'The customer goes to the bank’s own page', exit_point: screen, open_banking_redirect_url: message.url,
        });
        break;
      case 'problem':
        if (config.sandbox) console.warn(`Lean.${name}: ${message.text}`);
    }
  };
  // Where the shop's own policy refuses the frame, there is nothing to wait for.
  const hearViolation = ({effectiveDirective, blockedURI}: SecurityPolicyViolationEvent) => {
    if (state !== 'LOADING' || effectiveDirective !== 'frame-src' || !blockedURI.startsWith(gateway)) return;
    explain(`this page's Content-Security-Policy refuses the payment window. It needs: frame-src ${gateway}`);
    giveUp();
  };

  const dialog = openDialog(session.language, customization, {
    leave,
    loaded() {
      clearTimeout(loadedPatience);
      if (state === 'LOADING') loadedPatience = setTimeout(explainSilence, kLoadedPatienceMs);
    },
    tryAgain: load,
    close: leave,
    removed: () => fail('The page took the payment window away', 'LINK_CLOSED_PROGRAMMATICALLY'),
  });
  addEventListener('message', hear);
  document.addEventListener('securitypolicyviolation', hearViolation);
  listener.step('START', undefined);
  load();
}
