// The page itself, whoever shows it: what is drawn, and what is told of it.
import {render} from 'preact';

import type {Customization, OpenSession} from '../shared/protocol.js';
import {linkApi} from './api.js';
import {App, type Waiting} from './app.js';
import {type Guard, guardHistory} from './history.js';
import type {Channel} from './messages.js';
import {Session} from './session.js';
import {wearTheme} from './wardrobe.js';

const firstLanguage = document.documentElement.lang === 'ar' ? 'ar' : 'en';
let session: Session | undefined;
let guard: Guard | undefined;

/** The one session of this page, once it has begun. */
export const current = (): Session | undefined => session;

/** Draws what stands here before there is a session, or instead of one. */
export function draw(waiting: Waiting, channel?: Channel): void {
  const onDrawn = (title: string, over: boolean) => {
    const bank = session?.view.step?.bank?.identifier;
    channel?.post({type: 'step', title, over, screen: session?.screen ?? 'START', ...(bank !== undefined && {bank})});
  };
  const root = document.getElementById('page')!;
  render(<App key={String(session !== undefined)} session={session} waiting={waiting} onDrawn={onDrawn} firstLanguage={session?.wanted.language ?? firstLanguage} />, root);
}

/** Opens the session that is wanted, draws it, and tells of it. `returned`: as linkApi's. */
export function begin(channel: Channel, wanted: OpenSession, customization: Customization, returned?: string): void {
  const problems = wearTheme(customization);
  problems.forEach((key) => channel.post({type: 'problem', text: `CONFIG_ERROR__INVALID_PARAM_TYPE: ${key}`}));
  const api = linkApi(() => wanted, returned);
  const begun = new Session(api, wanted, {
    result: (result) => channel.post({type: 'result', result}),
    close: () => void guard?.release().then(() => channel.post({type: 'close'})),
  });
  session = begun;
  guard = guardHistory(() => goBack(begun));
  let refused: string | undefined;
  begun.watch(() => {
    const {refusal} = begun.view;
    if (refusal && refusal.code !== refused) channel.post({type: 'problem', text: `${refusal.code}: ${refusal.message}`});
    refused = refusal?.code;
  });
  // Whatever happened while the page was not looked at, or had no network: the server knows.
  const lookAgain = () => document.visibilityState === 'visible' && void begun.refresh();
  document.addEventListener('visibilitychange', lookAgain);
  addEventListener('online', lookAgain);
  addEventListener('offline', lookAgain);
  // The payer's own press takes the whole window to the bank's page: whoever shows this one hears of it first.
  document.addEventListener('click', ({target}) => {
    const link = target instanceof Element && target.closest<HTMLAnchorElement>('a[target="_top"]');
    if (link) channel.post({type: 'open_url', url: link.href});
  });
  void begun.open();
  draw(returned === undefined ? 'to_be_opened' : 'returned', channel);
}

function goBack(begun: Session): void {
  const {asksToLeave, asksToStay, busy, step} = begun.view;
  if (asksToLeave) begun.stay();
  else if (asksToStay) void begun.open();
  else if (!busy && !begun.over && step?.actions.includes('back')) void begun.act('back');
  else begun.askToLeave();
}
