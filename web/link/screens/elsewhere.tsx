import {Button, Outcome, type ScreenProps, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {isPaying} from './ends.js';

/** Another window of the payer's goes on with the same. */
export function Elsewhere({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const paying = isPaying(step);
  return (
    <>
      <Outcome tone="plain" icon="windows">{paying ? plain('elsewhere_title') : plain('elsewhere_connecting_title')}</Outcome>
      <p>{paying ? plain('elsewhere_text') : plain('elsewhere_connecting_text')}</p>
      <div class="actions">
        <Button onPress={() => void session.open()}>{plain('continue_here')}</Button>
        <Button kind="secondary" onPress={() => session.close()}>{say('back_to', slotsOf({step}))}</Button>
      </div>
    </>
  );
}

/** A step that this page has no picture of: the bank's words and the way out. */
export function Unheard({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  return (
    <>
      <Outcome tone="plain" icon="question">{plain('unknown_step_title')}</Outcome>
      {step.message && <p class="bank-words read"><bdi dir="auto">{step.message}</bdi></p>}
      <div class="actions">
        <Button onPress={() => session.askToLeave()}>{say('back_to', slotsOf({step}))}</Button>
      </div>
    </>
  );
}
