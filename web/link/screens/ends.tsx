// How it ended. Each end says one thing about the money, and none offers to pay again what may have been paid.
import {useState} from 'preact/hooks';

import {momentOf} from '../../shared/format.js';
import type {Step} from '../../shared/step.js';
import {
  AccountName, Button, Fact, Facts, Figure, MoneySentence, Name, Outcome, type ScreenProps, When, slotsOf, useGatewayTime,
} from '../parts.js';
import {type PlainKey, type Words, useWords} from '../words.js';

export function Connected({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  return (
    <>
      <Outcome tone="ok" icon="check">{say('connected_title', slots)}</Outcome>
      <p>{step.method === 'RECONNECT' ? plain('reconnected_text') : say('connected_text', slots)}</p>
      <div class="actions">
        <Button onPress={() => session.close()}>{plain('done')}</Button>
      </div>
    </>
  );
}

export function CoolOff({step, session}: ScreenProps) {
  const words = useWords();
  const {plain, say} = words;
  const until = step.cool_off_until ?? '';
  const now = useGatewayTime(step, false);
  return (
    <>
      <Outcome tone="wait" icon="clock">{say('cool_off_title', {...slotsOf({step}), when: <When at={until} />})}</Outcome>
      <p class="note">{inAbout(words, Date.parse(until) - now)} · {say('time_zone', {zone: <Figure>{momentOf(new Date(until), words.language).zone}</Figure>})}</p>
      <p>{say('cool_off_text', slotsOf({step}))}</p>
      <div class="actions">
        <Button onPress={() => session.close()}>{plain('done')}</Button>
      </div>
    </>
  );
}

function inAbout({say}: Words, ms: number) {
  const minutes = Math.max(1, Math.round(ms / 60_000));
  return minutes < 90
    ? say('in_minutes', {n: <Figure>{minutes}</Figure>})
    : say('in_hours', {n: <Figure>{Math.round(minutes / 60)}</Figure>});
}

export function Accepted({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  return (
    <>
      <Outcome tone="ok" icon="check">{step.already ? say('already_title', slots) : say('accepted_title', slots)}</Outcome>
      <p>{step.already && step.ordered_at ? say('already_text', {...slots, when: <When at={step.ordered_at} />}) : say('accepted_text', slots)}</p>
      {step.bank_reference && <BankReference>{step.bank_reference}</BankReference>}
      <p>{step.already ? plain('already_more') : say('accepted_later', slots)}</p>
      <BackToShop step={step} session={session} />
    </>
  );
}

function BankReference({children: reference}: {children: string}) {
  const {plain, say} = useWords();
  const [copied, setCopied] = useState(false);
  const canCopy = 'clipboard' in navigator;
  return (
    <p class="reference">
      <span>{say('bank_reference', {bankref: <bdi dir="ltr" class="whole">{reference}</bdi>})}</span>
      {canCopy && (
        <Button kind="quiet" onPress={() => void navigator.clipboard.writeText(reference).then(() => setCopied(true), () => undefined)}>
          <span role="status">{copied ? plain('copied') : plain('copy')}</span>
        </Button>
      )}
    </p>
  );
}

export function Pending({step, session}: ScreenProps) {
  const {say} = useWords();
  return (
    <>
      <Outcome tone="wait" icon="clock">{say('pending_title', slotsOf({step}))}</Outcome>
      <p class="read">{say('pending_text', slotsOf({step}))}</p>
      <OrderFacts step={step} />
      <BackToShop step={step} session={session}><CheckAgain session={session} /></BackToShop>
    </>
  );
}

export function Unknown({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  return (
    <>
      <Outcome tone="unknown" icon="question">{plain('unknown_title')}</Outcome>
      <p class="read">{say('unknown_text', slots)}</p>
      <p class="read"><strong>{plain('unknown_warning')}</strong></p>
      <p class="read">{say('unknown_next', {...slots, ref: <Name>{step.reference ?? ''}</Name>})}</p>
      <OrderFacts step={step} />
      <BackToShop step={step} session={session}><CheckAgain session={session} /></BackToShop>
    </>
  );
}

function OrderFacts({step}: Pick<ScreenProps, 'step'>) {
  const {plain} = useWords();
  return (
    <Facts>
      {step.reference && <Fact name={plain('reference')}><bdi dir="auto" class="whole">{step.reference}</bdi></Fact>}
      {step.ordered_at && <Fact name={plain('ordered_at')}><When at={step.ordered_at} zoned /></Fact>}
    </Facts>
  );
}

function CheckAgain({session}: Pick<ScreenProps, 'session'>) {
  const {plain} = useWords();
  return <Button kind="secondary" onPress={() => void session.askForNews()}>{plain('check_again')}</Button>;
}

function BackToShop({step, session, children}: ScreenProps & {children?: preact.ComponentChildren}) {
  const {say} = useWords();
  return (
    <div class="actions">
      <Button onPress={() => session.close()}>{say('back_to', slotsOf({step}))}</Button>
      {children}
    </div>
  );
}

// The one thing that helps, where the server allows another try.
const kHelp: Record<string, PlainKey> = {
  insufficient_funds: 'another_account',
  limit: 'another_account',
  account_unusable: 'another_account',
  rejected: 'another_bank',
  login_exhausted: 'another_bank',
  signed_out: 'sign_in_again',
  payee_refused: 'add_payee',
};

export function Failed({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  const paying = isPaying(step);
  const kind = step.failure?.kind ?? 'rejected';
  return (
    <>
      <Outcome tone="bad" icon="cross">{paying ? plain('failed_title') : plain('failed_connecting_title')}</Outcome>
      <p><Cause /></p>
      <MoneySentence step={step} />
      <div class="actions">
        {step.can_start_again && step.money === 'not_moved' && (
          <Button onPress={() => void session.open()}>{plain(kHelp[kind] ?? 'try_again')}</Button>
        )}
        <Button kind={step.can_start_again ? 'secondary' : 'primary'} onPress={() => session.close()}>{say('back_to', slots)}</Button>
      </div>
    </>
  );

  function Cause() {
    const account = <AccountName account={step.accounts?.[0]} />;
    switch (kind) {
      case 'insufficient_funds': return <>{say('failed_insufficient_funds', {account})}</>;
      case 'limit': return <>{say('failed_limit', slots)}</>;
      case 'denied': return <>{say('failed_denied', slots)}</>;
      case 'approval_expired': return <>{say('failed_approval_expired', slots)}</>;
      case 'code_exhausted': return <>{plain('failed_code_exhausted')}</>;
      case 'login_exhausted':
      case 'answer_exhausted': return <>{say('failed_login_exhausted', slots)}</>;
      case 'signed_out': return <>{say('failed_signed_out', slots)}</>;
      case 'bank_unreachable': return <>{say('failed_bank_unreachable', slots)}</>;
      case 'account_unusable': return <>{say('failed_account_unusable', {...slots, account})}</>;
      case 'payee_refused': return <>{say('failed_payee_refused', slots)}</>;
      case 'ours': return <>{plain('failed_ours')}</>;
      default: return <>{paying ? say('failed_rejected', slots) : say('failed_rejected_connecting', slots)}</>;
    }
  }
}

export function isPaying({method}: Step): boolean {
  return method === 'PAY' || method === 'CHECKOUT';
}

/** The page's time is over, the request's is, or the payer has left before. */
export function End({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  return (
    <>
      <Outcome tone="plain" icon="clock"><Reason /></Outcome>
      {step.reason === 'timed_out' && <p>{plain('timed_out_text')}</p>}
      {step.reason === 'intent_expired' && <p>{say('expired_text', slots)}</p>}
      <MoneySentence step={step} />
      <div class="actions">
        {step.can_start_again && <Button onPress={() => void session.open()}>{plain('start_again')}</Button>}
        <Button kind={step.can_start_again ? 'secondary' : 'primary'} onPress={() => session.close()}>{say('back_to', slots)}</Button>
      </div>
    </>
  );

  function Reason() {
    switch (step.reason) {
      case 'left': return <>{plain('left_title')}</>;
      case 'intent_expired': return <>{plain('expired_title')}</>;
      case 'cancelled_by_merchant': return <>{say('withdrawn_title', slots)}</>;
      case 'timed_out':
      case undefined: return <>{plain('timed_out_title')}</>;
    }
  }
}
