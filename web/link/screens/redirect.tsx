// The way to the bank's own page, and back from it.
import type {ComponentChildren} from 'preact';
import {useEffect, useRef} from 'preact/hooks';

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

const kAskAgainMs = 2000;

function Back({step, session}: ScreenProps) {
  const {say} = useWords();
  const asked = useRef(0);
  // To be sent once; and again where that was lost on the way.
  const waits = step.actions.includes('check_again') && !session.view.busy;
  useEffect(() => {
    if (!waits) return;
    const timer = setTimeout(() => void session.act('check_again'), asked.current++ === 0 ? 0 : kAskAgainMs);
    return () => clearTimeout(timer);
  }, [waits]);
  return <Asking>{say('redirect_back_title', slotsOf({step}))}</Asking>;
}

/** The payer is back, and the bank is being asked. */
export function Asking({children}: {children: ComponentChildren}) {
  const {plain} = useWords();
  return (
    <div class="working" aria-busy="true">
      <Title>{children}</Title>
      <p>{plain('redirect_back_text')}</p>
      <Bar />
    </div>
  );
}

const isWeb = (url: string | undefined) => url !== undefined && /^https?:\/\//i.test(url);
