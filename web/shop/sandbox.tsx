// What only a sandbox has: a clock to move, people to play, looks to try.
import type {JSX} from 'preact';
import {useState} from 'preact/hooks';

import {type State, post} from './backend.js';
import {kLooks, type Look} from './looks.js';
import type {Key} from './texts.js';
import {Code, Say, When, useLanguage, usePlain} from './words.js';

const kLeaps = ['1h', '4h', '24h'];

// docs/reference/sandbox-bank.md
const kPassword = 'sandbox-pass';
const kCode = '1111';
const kUsers: [string, Key][] = [
  ['payer-otp', 'user_otp'],
  ['payer-plain', 'user_plain'],
  ['payer-4h', 'user_4h'],
  ['payer-app', 'user_app'],
  ['payer-choice', 'user_choice'],
  ['payer-poor', 'user_poor'],
  ['payer-lock', 'user_lock'],
];

interface SandboxProps {
  state: State;
  look: Look;
  setLook: (look: Look) => void;
  refresh: () => void;
}

export function Sandbox({state, look, setLook, refresh}: SandboxProps): JSX.Element {
  const language = useLanguage();
  const plain = usePlain();
  const bankApp = `${state.sandbox_bank_url}/app?lang=${language}`;
  const startOver = async () => {
    await post('/api/start-over');
    refresh();
  };
  return (
    <section class="card sandbox" aria-labelledby="sandbox">
      <h2 id="sandbox"><Say text="sandbox" /></h2>
      {state.clock && <Clock clock={state.clock} refresh={refresh} />}
      <Users />
      <div>
        <a href={bankApp} target="_blank" rel="noopener noreferrer"><Say text="bank_app" /></a>
        <p class="note"><Say text="bank_app_rule" app={<Code>payer-app</Code>} choice={<Code>payer-choice</Code>} /></p>
      </div>
      <div class="field">
        <label for="look"><Say text="look" /></label>
        <select id="look" value={look.name} onChange={(event) => setLook(kLooks[event.currentTarget.selectedIndex]!)}>
          {kLooks.map(({name}) => <option key={name} value={name}>{plain(name)}</option>)}
        </select>
        {look !== kLooks[0] && <pre dir="ltr" tabIndex={0}>{JSON.stringify(look.customization, null, 2)}</pre>}
      </div>
      <div>
        <button type="button" class="secondary" onClick={startOver}><Say text="start_over" /></button>
        <p class="note"><Say text="start_over_rule" /></p>
      </div>
    </section>
  );
}

function Users(): JSX.Element {
  // Beside the payment window there is room to keep them in view.
  const [isOpen] = useState(() => matchMedia('(min-width: 64rem)').matches);
  return (
    <details open={isOpen}>
      <summary><Say text="users" /></summary>
      <p class="note"><Say text="users_rule" password={<Code>{kPassword}</Code>} code={<Code>{kCode}</Code>} /></p>
      <dl class="users">
        {kUsers.map(([name, what]) => <div key={name}><dt><Code>{name}</Code></dt><dd class="note"><Say text={what} /></dd></div>)}
      </dl>
    </details>
  );
}

function Clock({clock, refresh}: {clock: NonNullable<State['clock']>; refresh: () => void}): JSX.Element {
  const [isMoving, setMoving] = useState(false);
  const move = async (by: string) => {
    if (isMoving) return;
    setMoving(true);
    await post('/api/clock', {by});
    setMoving(false);
    refresh();
  };
  const hours = Math.round(clock.offset_seconds / 3600);
  return (
    <div class="clock">
      <p>
        <span class="note"><Say text="clock" /></span>
        <strong><When at={clock.now} /></strong>
        {hours > 0 && <span class="note"><Say text="ahead" hours={<bdi dir="ltr">{hours}</bdi>} /></span>}
      </p>
      <div class="leaps" role="group" aria-label={usePlain()('move')}>
        {kLeaps.map((by) => (
          <button key={by} type="button" class="secondary" aria-disabled={isMoving} onClick={() => void move(by)}>
            <bdi dir="ltr">+{by.replace('h', ' h')}</bdi>
          </button>
        ))}
      </div>
    </div>
  );
}
