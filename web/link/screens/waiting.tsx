// Waiting for the bank: for an approval in its app, for an answer, and in vain.
import {useContext, useEffect, useRef} from 'preact/hooks';

import {minutesAndSeconds} from '../../shared/format.js';
import {ExternalLink, StatusContext} from '../frame.js';
import {Button, Figure, MoneySentence, Outcome, type ScreenProps, Title, slotsOf, useGatewayTime, useSeconds} from '../parts.js';
import {useWords} from '../words.js';
import {BankWords} from './code.js';

/** A bank's clock that is further off than this is not ours to count down. */
const kLongestWaitMs = 60 * 60_000;

export function Approval({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const now = useGatewayTime(step, step.expires_at !== undefined);
  const left = step.expires_at === undefined ? undefined : Date.parse(step.expires_at) - now;
  return (
    <>
      <Title>{say('approval_title', slotsOf({step}))}</Title>
      <p>{say('approval_text', slotsOf({step}))}</p>
      <BankWords step={step} />
      <div class="panel waiting">
        <Bar />
        <p>{plain('approval_waiting')}</p>
        {left !== undefined && left > 0 && left < kLongestWaitMs && (
          <p class="note">{say('approval_left', {time: <Figure>{minutesAndSeconds(left)}</Figure>})}</p>
        )}
      </div>
      <div class="actions">
        {step.bank?.app_url && <ExternalLink to={step.bank.app_url} button>{plain('approval_open')}</ExternalLink>}
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </>
  );
}

const kStillAfterMs = 5000;
const kSlowAfterMs = 30_000;

/** The bank is being asked. `step` is the one before, while its answer is on its way. */
export function Working({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const announce = useContext(StatusContext);
  const began = useRef(Date.now());
  const waited = useSeconds(true) - began.current;
  const orderMayBeOut = step.order_sent || session.view.paying || step.money === 'unknown';
  const stage = waited >= kSlowAfterMs && orderMayBeOut ? 2 : waited >= kStillAfterMs ? 1 : 0;
  const slots = slotsOf({step});
  const words = !step.bank ? plain('working_plain')
    : stage === 2 ? say('working_sent', slots) : stage === 1 ? say('working_still', slots) : say('working', slots);
  useEffect(() => {
    if (stage > 0) announce(words);
  }, [stage]);
  return (
    <div class="working" aria-busy="true">
      <Title>{words}</Title>
      <Bar />
    </div>
  );
}

export function Bar() {
  return <div class="bar-track" aria-hidden="true"><div class="bar-runner" /></div>;
}

/** The bank does not answer. Its app may ask for the approval all the same. */
export function BankUnreachable({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  return (
    <>
      <Outcome tone="wait" icon="clock">{say('unreachable_title', slotsOf({step}))}</Outcome>
      {step.money === 'not_moved'
        ? <p>{say('bank_silent', slotsOf({step}))}</p>
        : <p>{say('leave_waiting_text', slotsOf({step}))}</p>}
      <MoneySentence step={step} />
      <div class="actions">
        <Button onPress={() => void session.act('try_again')}>{plain('try_again')}</Button>
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </>
  );
}
