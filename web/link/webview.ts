// The page in an app's web view: told by its address what to open, and telling how it ended by going to `leanlink://…`, which the
// app's wrapper catches.
import {isOption, readConfig} from '../sdk/config.js';
import {kMethods, type MethodName, type Row} from '../sdk/methods.js';
import type {Ending} from '../shared/protocol.js';
import {begin, draw} from './flow.js';
import type {Channel} from './messages.js';
import {leanlinkOf, readQuery} from './webview_addresses.js';

/** After the app has opened the bank's page outside, this one is not needed; where it did not, this one is gone by then. */
const kHandOffMs = 500;

const kOffered = Object.entries<Row>(kMethods).flatMap(([name, {method}]) => (method ? [name] : []));

export function beInWebView(): void {
  const {method, options} = readQuery(location, isOption);
  const row = Object.hasOwn(kMethods, method) ? kMethods[method as MethodName] : undefined;
  const sandbox = options['sandbox'] === 'true';
  const fail = (message: string, explained: string[]) => {
    const end = () => leave({status: 'ERROR', method: row?.result ?? '', message});
    if (sandbox) draw({wrong: explained, end});
    else end();
  };
  if (!row) return fail('Invalid configuration: method', [`method is ${JSON.stringify(method)}. It must be one of ${kOffered.join(', ')}.`]);
  if (!row.method) return fail(`${method} is not offered`, [`${method} is not offered by this gateway, which collects payments.`]);
  const {config, wrong, errors, warnings} = readConfig(row, options);
  if (sandbox) warnings.forEach((warning) => console.warn(warning));
  if (!config) return fail(`Invalid configuration: ${wrong.join(', ')}`, errors);

  let ending: Ending | undefined;
  const channel: Channel = {
    post(message) {
      if (message.type === 'result') ending = message.result;
      else if (message.type === 'close' && ending) leave(ending);
      else if (message.type === 'open_url') setTimeout(() => location.assign('leanlink://redirect'), kHandOffMs);
      else if (message.type === 'problem' && sandbox) console.warn(message.text);
    },
  };
  // The whole window is the page's: there is no shop beside it.
  begin(channel, config.session, {...config.customization, dialog_mode: 'uncontained'});
}

const leave = (ending: Ending) => location.assign(leanlinkOf(ending));
