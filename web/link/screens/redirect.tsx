// The way to the bank's own page, and back from it.
import {useEffect} from 'preact/hooks';

import {BankMark, Button, type ScreenProps, Title, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {BankWords} from './code.js';
import {Bar} from './waiting.js';

export function Redirect({step, session}: ScreenProps) {
  return step.came_back ? <Back step={step} session={session} /> : <Out step={step} session={session} />;
}

function Out({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const slots = slotsOf({step});
  return (
    <>
      <div class="headed">
        {step.bank && <BankMark bank={step.bank} />}
        <Title>{say('redirect_title', slots)}</Title>
      </div>
      <p>{step.stage === 'LOGIN' ? plain('redirect_login_text') : say(step.stage === 'BENEFICIARY' ? 'redirect_payee_text' : 'redirect_text', slots)}</p>
      <BankWords step={step} />
      <div class="actions">
        {/* The whole window goes, and only by the payer's own press. */}
        {isWeb(step.url) && <a href={step.url} target="_top" class="button primary"><span>{say('redirect_go', slots)}</span></a>}
        {step.actions.includes('back')
          ? <Button kind="secondary" onPress={() => void session.act('back')}>{plain('another_bank')}</Button>
          : <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>}
      </div>
    </>
  );
}

function Back({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const waits = step.actions.includes('check_again');
  useEffect(() => {
    if (waits) void session.act('check_again');
  }, [step.number, waits]);
  return (
    <div class="working" aria-busy="true">
      <Title>{say('redirect_back_title', slotsOf({step}))}</Title>
      <p>{plain('redirect_back_text')}</p>
      <Bar />
    </div>
  );
}

const isWeb = (url: string | undefined) => url !== undefined && /^https?:\/\//i.test(url);
