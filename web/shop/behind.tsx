// "What happened behind": the backend's calls and the webhooks it received, as it wrote them down.
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import type {JournalEntry} from './backend.js';
import {Icon, type IconName} from './icons.js';
import {indented, shortIds} from './plain.js';
import {Code, Say, When} from './words.js';

export function Behind({journal}: {journal: JournalEntry[]}): JSX.Element {
  // Beside the wallet there is room for it; below, it is opened by whoever wants to see.
  const [isOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  const [atStart] = useState(() => journal.at(-1)?.seq ?? 0);
  return (
    <details class="card behind" open={isOpen}>
      <summary><h2><Say text="behind" /></h2></summary>
      <p class="note"><Say text="behind_rule" /></p>
      {journal.length === 0 && <p><Say text="behind_empty" /></p>}
      <ol class="journal" reversed>
        {journal.map((entry) => <Entry key={entry.seq} entry={entry} isNew={entry.seq > atStart} />).reverse()}
      </ol>
    </details>
  );
}

interface Sign {
  icon: IconName;
  color: string;
}

function signOf({kind, verdict, http_status}: JournalEntry): Sign {
  if (kind === 'CALL') return http_status >= 200 && http_status < 300 ? {icon: 'sent', color: 'plain'} : {icon: 'cross', color: 'bad'};
  if (verdict === 'REFUSED') return {icon: 'cross', color: 'bad'};
  if (verdict === 'CONTRADICTORY') return {icon: 'question', color: 'unknown'};
  return {icon: 'check', color: 'ok'};
}

function Entry({entry, isNew}: {entry: JournalEntry; isNew: boolean}): JSX.Element {
  const {at, kind, title, http_status, verdict, note, sequence, event_id, sent, received} = entry;
  const {icon, color} = signOf(entry);
  return (
    <li class={isNew ? 'new' : undefined}>
      <details>
        <summary>
          <span class={`sign ${color}`}><Icon name={icon} /></span>
          <span class="told">
            <span><span class="kind"><Say text={kind === 'CALL' ? 'call' : 'webhook'} /></span> {title !== '' && <Code>{shortIds(title)}</Code>}</span>
            <span class="note">
              <When at={at} seconds /> · {verdict !== ''
                ? <span class={`verdict ${color}`}><Say text={`verdict_${verdict}`} /></span>
                : http_status === 0 ? <Say text="no_answer" /> : <Say text="answered" status={<Code>{http_status}</Code>} />}
              {sequence !== null && <> · <Say text="sequence" n={<bdi dir="ltr">{sequence}</bdi>} /></>}
            </span>
          </span>
        </summary>
        {note !== '' && <p class="note"><bdi dir="auto">{note}</bdi></p>}
        {shortIds(title) !== title && <p class="note"><Code>{title}</Code></p>}
        {event_id !== '' && <p class="note"><Code>{event_id}</Code></p>}
        {sent !== '' && <Body label="sent" body={sent} />}
        {received !== '' && <Body label="received" body={received} />}
      </details>
    </li>
  );
}

function Body({label, body}: {label: 'sent' | 'received'; body: string}): JSX.Element {
  return (
    <figure>
      <figcaption class="note"><Say text={label} /></figcaption>
      <pre dir="ltr" tabIndex={0}>{indented(body)}</pre>
    </figure>
  );
}
