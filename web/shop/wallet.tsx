// What the shop's customer sees: the balance, the way to top it up, connected banks, and what became of each top-up.
import type {JSX} from 'preact';
import {useEffect, useRef, useState} from 'preact/hooks';

import type {LeanCustomization, LeanResult} from '../sdk/types.js';
import {type Refusal, type Source, type State, type TopUp, post} from './backend.js';
import {Icon, type IconName} from './icons.js';
import {attempt, connectBank, goOn, loadSdk, pay} from './lean.js';
import {readAmount} from './plain.js';
import {Amount, Code, Say, When, useLanguage} from './words.js';

const kAmounts = ['50.00', '100.00', '500.00'];
const kWaitForConnectionMs = 10_000;

/** What the payment window told the page: kept to say "wait", and for nothing else. */
interface Hint {
  /** The intent; empty for a connection. */
  intent: string;
  result: LeanResult;
}

type Problem = {kind: 'refused'; refusal: Refusal} | {kind: 'no_sdk'} | {kind: 'amount'};

/** Which of the two things a person does here went wrong: it is told where it was pressed. */
type Place = 'connect' | 'top_up';

interface WalletProps {
  state: State;
  customization: LeanCustomization;
  refresh: () => void;
}

export function Wallet({state, customization, refresh}: WalletProps): JSX.Element {
  const language = useLanguage();
  const [hint, setHint] = useState<Hint>();
  const [problem, setProblem] = useState<Problem & {place: Place}>();
  const isBusy = useRef(false);
  const sources = JSON.stringify(state.sources);
  const latestSources = useRef(sources);
  const forgetConnection = () => setHint((known) => (known?.intent === '' ? undefined : known));
  useEffect(() => {
    latestSources.current = sources;
    forgetConnection();
  }, [sources]);

  const opening = (callback: (result: LeanResult) => void) => ({
    app_token: state.app_token,
    language,
    customization,
    callback: (result: LeanResult) => {
      callback(result);
      refresh();
    },
  });
  const paying = (intent: string) => opening((result) => setHint({intent, result}));
  /** The webhook is often faster than the payer's last press; and of a bank that was connected before, none comes. */
  const connecting = (before: string) => opening((result) => {
    if (result.status === 'SUCCESS' && latestSources.current !== before) return;
    setHint({intent: '', result});
    setTimeout(forgetConnection, kWaitForConnectionMs);
  });

  /** One thing at a time, and never without the script. */
  async function act(place: Place, work: () => Promise<Problem | undefined>): Promise<void> {
    if (isBusy.current) return;
    isBusy.current = true;
    setHint(undefined);
    setProblem(undefined);
    const isThere = await loadSdk(state.gateway_url);
    const wrong: Problem | undefined = isThere ? await work() : {kind: 'no_sdk'};
    setProblem(wrong && {...wrong, place});
    isBusy.current = false;
    refresh();
  }

  const connect = () => act('connect', async () => {
    const made = await post<{customer_id: string; payment_destination_id: string}>('/api/connect');
    if (!made.ok) return {kind: 'refused', refusal: made.refusal};
    connectBank(connecting(latestSources.current), made.value.customer_id, made.value.payment_destination_id);
    return undefined;
  });
  const topUp = (amount: string) => act('top_up', async () => {
    const made = await post<TopUp>('/api/top-ups', {amount});
    if (!made.ok) return {kind: 'refused', refusal: made.refusal};
    pay(paying(made.value.intent_id), made.value.intent_id);
    return undefined;
  });
  const finish = (intent: string) => act('top_up', async () => {
    pay(paying(intent), intent);
    return undefined;
  });

  // Back from a bank's own page: the window goes on where it was.
  const {customer_id: customer} = state;
  useEffect(() => {
    const came = attempt;
    if (came === undefined || customer === null) return;
    const before = latestSources.current;
    void act('connect', async () => {
      const ended = (result: LeanResult) => (result.method === 'PAY' ? undefined : connecting(before).callback(result));
      goOn(opening(ended), customer, came);
      return undefined;
    });
  }, []);

  // Before there is a bank, connecting one is the thing to do.
  const isFirst = state.sources.length === 0;
  const banks = (
    <div key="banks" class="card">
      <h2><Say text="banks" /></h2>
      {isFirst
        ? <p class="note"><Say text="no_bank" /></p>
        : <ul class="rows">{state.sources.map((source) => <SourceRow key={source.id} source={source} />)}</ul>}
      <button type="button" class={isFirst ? 'primary' : 'secondary'} onClick={connect}>
        <Say text={isFirst ? 'connect' : 'connect_another'} />
      </button>
      {problem?.place === 'connect' && <ProblemNotice problem={problem} state={state} />}
      {hint?.intent === '' && <div role="status"><HintNotice hint={hint} topUp={undefined} /></div>}
    </div>
  );
  const hinted = state.top_ups.find(({intent_id}) => intent_id === hint?.intent);
  return (
    <section class="wallet" aria-labelledby="balance">
      <div class="card balance">
        <h1 id="balance"><Say text="balance" /></h1>
        <p class="figure" aria-live="polite"><Amount of={state.balance} currency={state.currency} /></p>
        <p class="note"><Say text="balance_rule" /></p>
      </div>
      {isFirst && banks}
      <div key="top_up" class="card">
        <h2><Say text="top_up_title" /></h2>
        <TopUpForm state={state} onTopUp={topUp} onWrong={() => setProblem({kind: 'amount', place: 'top_up'})} problem={problem?.place === 'top_up' ? problem : undefined} />
        <div role="status">
          {hint && hinted && <HintNotice hint={hint} topUp={hinted} />}
          <OpenEnds topUps={state.top_ups} currency={state.currency} />
        </div>
      </div>
      {!isFirst && banks}
      <History topUps={state.top_ups} currency={state.currency} onFinish={finish} />
    </section>
  );
}

// Amounts

interface TopUpFormProps {
  state: State;
  onTopUp: (amount: string) => void;
  onWrong: () => void;
  problem: Problem | undefined;
}

function TopUpForm({state, onTopUp, onWrong, problem}: TopUpFormProps): JSX.Element {
  const [chosen, setChosen] = useState(kAmounts[0]!);
  const [other, setOther] = useState('');
  const field = useRef<HTMLInputElement>(null);
  const isOther = chosen === '';
  const obstacle = obstacleOf(state.sources);
  const isAmountWrong = problem?.kind === 'amount' || (problem?.kind === 'refused' && problem.refusal.status.includes('AMOUNT'));

  function submit(event: Event): void {
    event.preventDefault();
    if (obstacle) return;
    const amount = isOther ? readAmount(other) : chosen;
    if (amount !== undefined) return onTopUp(amount);
    onWrong();
    field.current?.focus();
  }

  return (
    <form onSubmit={submit} noValidate>
      <fieldset class="amounts">
        <legend><Say text="amount" /></legend>
        {[...kAmounts, ''].map((amount) => (
          <label key={amount} class="chip">
            <input type="radio" name="amount" value={amount} checked={chosen === amount} onChange={() => setChosen(amount)} />
            <span>{amount === '' ? <Say text="other" /> : <bdi dir="ltr">{amount.replace('.00', '')}</bdi>}</span>
          </label>
        ))}
      </fieldset>
      {isOther && (
        <p class="field">
          <label for="other"><Say text="other_amount" currency={<bdi dir="ltr">{state.currency}</bdi>} /></label>
          <input
            id="other" ref={field} dir="ltr" inputMode="decimal" autoComplete="off" maxLength={20} value={other}
            aria-invalid={isAmountWrong} aria-describedby={isAmountWrong ? 'problem' : undefined}
            onInput={(event) => setOther(event.currentTarget.value)}
          />
        </p>
      )}
      {problem && <ProblemNotice problem={problem} state={state} />}
      <button type="submit" class="primary" aria-disabled={obstacle !== undefined} aria-describedby={obstacle && 'obstacle'}>
        <Say text="top_up" />
      </button>
      {obstacle && <div id="obstacle">{obstacle}</div>}
    </form>
  );
}

/** Why nothing can be paid yet, in words; nothing if it can. */
function obstacleOf(sources: Source[]): JSX.Element | undefined {
  if (sources.length === 0) return <p class="note"><Say text="connect_first" /></p>;
  const cooling = sources.filter(({status}) => status === 'AWAITING_BENEFICIARY_COOL_OFF');
  const [first] = cooling.map(({cool_off_until}) => cool_off_until ?? '').filter((until) => until !== '').sort();
  if (cooling.length < sources.length || !first) return undefined;
  return (
    <>
      <p class="notice wait"><Icon name="clock" /><span><Say text="wait_first" when={<When at={first} />} /></span></p>
      <p class="note"><Say text="move_clock" /></p>
    </>
  );
}

function ProblemNotice({problem, state}: {problem: Problem; state: State}): JSX.Element {
  return <p class="notice bad" role="alert" id="problem"><Icon name="cross" /><span>{wordsFor(problem, state)}</span></p>;
}

function wordsFor(problem: Problem, {currency, gateway_url}: State): JSX.Element {
  if (problem.kind === 'no_sdk') return <Say text="no_sdk" url={<Code>{gateway_url}</Code>} />;
  if (problem.kind === 'amount') return <Say text="amount_wrong" />;
  const {status, message, metadata} = problem.refusal;
  if (status === 'INVALID_AMOUNT') return <Say text="amount_wrong" />;
  if (status === 'AMOUNT_UNDER_MIN_VALUE' && metadata?.minimum) {
    return <Say text="amount_low" amount={<Amount of={metadata.minimum} currency={currency} />} />;
  }
  if (status === 'AMOUNT_OVER_MAX_VALUE' && metadata?.maximum) {
    return <Say text="amount_high" amount={<Amount of={metadata.maximum} currency={currency} />} />;
  }
  return <Say text="refused" reason={<bdi dir="auto">{message}</bdi>} />;
}

// Waiting and ends

/** After the window has closed: the page knows nothing yet, and says so. */
function HintNotice({hint, topUp}: {hint: Hint; topUp: TopUp | undefined}): JSX.Element | null {
  if (topUp && topUp.status !== 'OPEN') return null;
  const {status, message} = hint.result;
  if (status === 'CANCELLED') return <p class="notice plain"><Icon name="dash" /><span><Say text="hint_closed" /></span></p>;
  if (status === 'ERROR') {
    return <p class="notice plain"><Icon name="dash" /><span><Say text="hint_failed" message={<bdi dir="auto">{message}</bdi>} /></span></p>;
  }
  return (
    <div class="notice wait">
      <Icon name="clock" />
      <div>
        <p><strong><Say text="waiting" /></strong></p>
        <p class="note"><Say text="hint_done" /></p>
      </div>
    </div>
  );
}

/** Top-ups that may have taken money and are not decided: nobody should pay them again. */
function OpenEnds({topUps, currency}: {topUps: TopUp[]; currency: string}): JSX.Element {
  return (
    <>
      {topUps.filter(({status}) => status === 'PENDING' || status === 'UNKNOWN').map(({intent_id, status, amount}) => (
        <div key={intent_id} class={status === 'PENDING' ? 'notice wait' : 'notice unknown'}>
          <Icon name={kStatusIcons[status]} />
          <div>
            <p><strong><Say text={`status_${status}`} /></strong> · <Amount of={amount} currency={currency} /></p>
            <p><Say text={status === 'PENDING' ? 'say_PENDING' : 'say_UNKNOWN'} /></p>
          </div>
        </div>
      ))}
    </>
  );
}

// Lists

function SourceRow({source}: {source: Source}): JSX.Element {
  const language = useLanguage();
  const {status, bank_name, bank_arabic_name, account_ending, cool_off_until} = source;
  const isWaiting = status === 'AWAITING_BENEFICIARY_COOL_OFF';
  return (
    <li>
      <span>
        <strong><bdi>{language === 'ar' && bank_arabic_name !== '' ? bank_arabic_name : bank_name}</bdi></strong>
        {account_ending !== '' && <span class="note"><Say text="account_ending" digits={<bdi dir="ltr">{account_ending}</bdi>} /></span>}
      </span>
      <span class={isWaiting ? 'status wait' : 'status ok'}>
        <Icon name={isWaiting ? 'clock' : 'check'} />
        <span>
          {isWaiting && cool_off_until
            ? <Say text="source_waits" when={<When at={cool_off_until} />} />
            : <Say text={status === 'ACTIVE' ? 'source_ready' : 'source_unknown'} />}
        </span>
      </span>
    </li>
  );
}

const kStatusIcons: Record<TopUp['status'], IconName> = {
  OPEN: 'dash',
  PENDING: 'clock',
  UNKNOWN: 'question',
  ACCEPTED: 'check',
  FAILED: 'cross',
};
const kStatusColors: Record<TopUp['status'], string> = {
  OPEN: 'plain',
  PENDING: 'wait',
  UNKNOWN: 'unknown',
  ACCEPTED: 'ok',
  FAILED: 'bad',
};

interface HistoryProps {
  topUps: TopUp[];
  currency: string;
  onFinish: (intent: string) => void;
}

function History({topUps, currency, onFinish}: HistoryProps): JSX.Element {
  // Of those that were never paid, the last one may be taken up again; the others are of no use to anybody.
  const open = topUps.find(({status}) => status === 'OPEN');
  const shown = topUps.filter((topUp) => topUp.status !== 'OPEN' || topUp === open);
  return (
    <div class="card">
      <h2><Say text="history" /></h2>
      {shown.length === 0
        ? <p class="note"><Say text="no_history" /></p>
        : <ul class="rows">{shown.map((topUp) => <TopUpRow key={topUp.intent_id} topUp={topUp} currency={currency} onFinish={onFinish} />)}</ul>}
    </div>
  );
}

interface TopUpRowProps {
  topUp: TopUp;
  currency: string;
  onFinish: (intent: string) => void;
}

function TopUpRow({topUp, currency, onFinish}: TopUpRowProps): JSX.Element {
  const {intent_id, amount, status, reason, reference, bank_reference, created_at} = topUp;
  return (
    <li>
      <span>
        <strong><Amount of={amount} currency={currency} /></strong>
        <span class="note"><When at={created_at} /> · <Say text="reference" reference={<Code>{reference}</Code>} /></span>
        {bank_reference !== '' && <span class="note"><Say text="bank_reference" reference={<Code>{bank_reference}</Code>} /></span>}
      </span>
      <span class={`status ${kStatusColors[status]}`}>
        <Icon name={kStatusIcons[status]} />
        <span><Say text={`status_${status}`} />{status === 'FAILED' && reason !== '' && <span class="note"><Code>{reason}</Code></span>}</span>
      </span>
      {status === 'OPEN' && <button type="button" class="secondary" onClick={() => onFinish(intent_id)}><Say text="finish" /></button>}
    </li>
  );
}
