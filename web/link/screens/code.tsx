import {cleanCode} from '../../shared/format.js';
import type {Step} from '../../shared/step.js';
import {Button, Figure, Name, type ScreenProps, Title, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {Field, useForm, useTriesLeft} from './fields.js';

/** A one-time code: to sign in, to add the payee, or to pay. The question itself says which. */
export function Code({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const {bank, payee, amount} = slotsOf({step});
  const tries = useTriesLeft({step});
  const field = step.fields?.find(({kind}) => kind === 'OTP');
  const name = field?.name ?? 'otp';
  const longest = field?.max_length ?? 0;
  const target = step.target ? <Figure>{step.target}</Figure> : plain('your_device');
  const {form, mistakes, send} = useForm({step, session}, (values) => {
    const code = cleanCode(values[name] ?? '');
    if (code === '') return {[name]: plain('code_missing')};
    if (longest > 0 && code.length > longest) return {[name]: say('code_length', {n: <Figure>{longest}</Figure>})};
    values[name] = code;
    return {};
  });

  const question = {
    LOGIN: {title: say('login_code_title', {bank}), text: say('login_code_text', {bank, target}), button: plain('continue')},
    BENEFICIARY: {title: say('payee_code_title', {payee}), text: say('payee_code_text', {bank, target}), button: plain('add_payee')},
    PAYMENT: {title: say('pay_code_title', {amount, payee}), text: say('pay_code_text', {bank, target}), button: plain('confirm_payment')},
  }[step.stage ?? 'LOGIN'];
  const mistake = mistakes[name] ?? (step.wrong_answer && <>{plain('code_wrong')}{tries}</>);

  return (
    <>
      <Title label={`field-${name}`}>{question.title}</Title>
      <p id="about">{question.text}</p>
      <BankWords step={step} />
      {step.test_code !== undefined && <p class="test-hint">{say('test_code', {code: <Figure>{step.test_code}</Figure>})}</p>}
      <form ref={form} onSubmit={send} noValidate>
        <Field name={name} mistake={mistake} describedBy="about">
          {(attributes) => (
            <input {...attributes} class="code" type="text" dir="ltr" autocomplete="one-time-code" autocapitalize="none" spellcheck={false}
              data-arrive {...(field?.numeric !== false && {inputMode: 'numeric' as const})}
              onPaste={(event) => paste(event)} />
          )}
        </Field>
        <div class="actions">
          <Button submits>{question.button}</Button>
          {step.stage !== 'LOGIN' && <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>}
        </div>
      </form>
    </>
  );
}

// "1 111" and "١١١١" are pasted as the code they are.
function paste(event: ClipboardEvent & {currentTarget: HTMLInputElement}) {
  const text = cleanCode(event.clipboardData?.getData('text') ?? '');
  if (text === '') return;
  event.preventDefault();
  event.currentTarget.setRangeText(text, event.currentTarget.selectionStart ?? 0, event.currentTarget.selectionEnd ?? 0, 'end');
}

/** What the bank itself says, where it says something. */
export function BankWords({step}: {step: Step}) {
  return step.message ? <p class="bank-words"><Name>{step.message}</Name></p> : null;
}
