// The page in the shop's frame: learns from the shop what to open, opens it, and tells how it ended. In a web view of an app the
// same page stands alone (webview.ts).
import '../shared/tokens.css';
import './link.css';

import {begin, current, draw} from './flow.js';
import {type Channel, openChannel, readParameters} from './messages.js';

/** A shop that does not answer within it is none. */
const kShopPatienceMs = 8000;

function beInFrame(): void {
  const parameters = readParameters(location.search, location.hash);
  if (!parameters || parent === window) return draw('alone');
  const channel: Channel = openChannel(window, parent, parameters, {
    open: (wanted, customization) => begin(channel, wanted, customization),
    leave: () => current()?.askToLeave(),
  });
  setTimeout(() => {
    if (!current()) draw('alone');
  }, kShopPatienceMs);
  draw('to_be_opened');
}

/** Back from the bank's page in a window of its own: nobody beside it is to be told. */
function beReturned(token: string): void {
  const language = document.documentElement.lang === 'ar' ? 'ar' : 'en';
  const channel: Channel = {post: () => undefined};
  begin(channel, {app_token: '', method: 'CAPTURE_REDIRECT', language}, {dialog_mode: 'uncontained'}, token);
}

// Enter held down is one press. Whoever uses the keyboard also sees where a new screen begins.
addEventListener('keydown', (event) => {
  document.documentElement.toggleAttribute('data-keys', true);
  if (event.key === 'Enter' && event.repeat) event.preventDefault();
}, {capture: true});
addEventListener('pointerdown', () => document.documentElement.toggleAttribute('data-keys', false), {capture: true});

const returned = /^\/link\/return\/([0-9a-f]+)$/.exec(location.pathname)?.[1];
if (returned !== undefined) beReturned(returned);
else if (location.pathname.endsWith('/lean-sdk.html')) void import('./webview.js').then(({beInWebView}) => beInWebView());
else beInFrame();
