// The page in the shop's frame: learns from the shop what to open, opens it, and tells how it ended.
import '../shared/tokens.css';
import './link.css';

import {render} from 'preact';

import type {Customization, OpenSession} from '../shared/protocol.js';
import {linkApi} from './api.js';
import {App, type Waiting} from './app.js';
import {type Guard, guardHistory} from './history.js';
import {type Channel, openChannel, readParameters} from './messages.js';
import {Session} from './session.js';
import {wearTheme} from './wardrobe.js';

/** A shop that does not answer within it is none. */
const kShopPatienceMs = 8000;

const firstLanguage = document.documentElement.lang === 'ar' ? 'ar' : 'en';
let session: Session | undefined;
let waiting: Waiting = 'to_be_opened';
let channel: Channel | undefined;
let guard: Guard | undefined;

function draw(): void {
  const onDrawn = (title: string, over: boolean) => {
    const bank = session?.view.step?.bank?.identifier;
    channel?.post({type: 'step', title, over, screen: session?.screen ?? 'START', ...(bank !== undefined && {bank})});
  };
  const root = document.getElementById('page')!;
  render(<App key={String(session !== undefined)} session={session} waiting={waiting} onDrawn={onDrawn} firstLanguage={session?.wanted.language ?? firstLanguage} />, root);
}

function begin(wanted: OpenSession, customization: Customization): void {
  const problems = wearTheme(customization);
  problems.forEach((key) => channel?.post({type: 'problem', text: `CONFIG_ERROR__INVALID_PARAM_TYPE: ${key}`}));
  const api = linkApi(() => wanted);
  const begun = new Session(api, wanted, {
    result: (result) => channel?.post({type: 'result', result}),
    close: () => void guard?.release().then(() => channel?.post({type: 'close'})),
  });
  session = begun;
  guard = guardHistory(() => goBack(begun));
  let refused: string | undefined;
  begun.watch(() => {
    const {refusal} = begun.view;
    if (refusal && refusal.code !== refused) channel?.post({type: 'problem', text: `${refusal.code}: ${refusal.message}`});
    refused = refusal?.code;
  });
  // Whatever happened while the page was not looked at, or had no network: the server knows.
  const lookAgain = () => document.visibilityState === 'visible' && void begun.refresh();
  document.addEventListener('visibilitychange', lookAgain);
  addEventListener('online', lookAgain);
  addEventListener('offline', lookAgain);
  void begun.open();
  draw();
}

function goBack(begun: Session): void {
  const {asksToLeave, asksToStay, busy, step} = begun.view;
  if (asksToLeave) begun.stay();
  else if (asksToStay) void begun.open();
  else if (!busy && !begun.over && step?.actions.includes('back')) void begun.act('back');
  else begun.askToLeave();
}

const parameters = readParameters(location.search, location.hash);
if (parameters && parent !== window) {
  channel = openChannel(window, parent, parameters, {open: begin, leave: () => session?.askToLeave()});
  setTimeout(() => {
    if (session) return;
    waiting = 'alone';
    draw();
  }, kShopPatienceMs);
} else {
  waiting = 'alone';
}
// Enter held down is one press. Whoever uses the keyboard also sees where a new screen begins.
addEventListener('keydown', (event) => {
  document.documentElement.toggleAttribute('data-keys', true);
  if (event.key === 'Enter' && event.repeat) event.preventDefault();
}, {capture: true});
addEventListener('pointerdown', () => document.documentElement.toggleAttribute('data-keys', false), {capture: true});
draw();
