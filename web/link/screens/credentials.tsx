import {useState} from 'preact/hooks';

import {foldDigits} from '../../shared/format.js';
import type {Field as FieldOfStep} from '../../shared/step.js';
import {BankMark, Button, ErrorText, Figure, Name, type ScreenProps, Title, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {Field, useForm, useTriesLeft} from './fields.js';

/** Whatever the bank asks for to sign in. */
export function Credentials({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const {bank, merchant} = slotsOf({step});
  const tries = useTriesLeft({step});
  const fields = step.fields ?? [];
  const {form, mistakes, send} = useForm({step, session}, (values) =>
    Object.fromEntries(fields.filter(({name}) => (values[name] ?? '').trim() === '').map(({name}) => [name, missing(name)])));
  const missing = (name: string) =>
    name === 'username' ? plain('username_missing') : name === 'password' ? plain('password_missing') : plain('field_missing');

  return (
    <>
      <div class="headed">
        {step.bank && <BankMark bank={step.bank} />}
        <Title>{say('credentials_title', {bank})}</Title>
      </div>
      {step.sandbox && (
        <div class="test-hint">
          <p>{plain('test_user')}</p>
          <p>{say('test_user_example', {user: <Figure>payer-otp</Figure>, password: <Figure>sandbox-pass</Figure>})}</p>
        </div>
      )}
      {step.wrong_answer && (
        <div class="summary" tabIndex={-1} data-arrive-first>
          <ErrorText>{say('credentials_wrong', {bank})}{tries}</ErrorText>
        </div>
      )}
      <form ref={form} onSubmit={send} noValidate>
        {fields.map((field) => (
          <Field key={field.name} name={field.name} label={labelOf(field)} mistake={mistakes[field.name]}
            {...(field.kind === 'PASSWORD' && {describedBy: 'promise'})}>
            {(attributes) => field.kind === 'PASSWORD'
              ? <PasswordInput {...attributes} autocomplete={`section-${step.bank?.identifier ?? 'bank'} current-password`} />
              : (
                <input {...attributes} type="text" dir="ltr" autocapitalize="none" spellcheck={false} maxLength={field.max_length || 256}
                  {...(field.numeric && {inputMode: 'numeric' as const})}
                  autocomplete={field.name === 'username' ? `section-${step.bank?.identifier ?? 'bank'} username` : 'off'}
                  defaultValue={field.name === 'username' ? session.username : ''}
                  onBlur={({currentTarget}) => field.numeric && (currentTarget.value = foldDigits(currentTarget.value))} />
              )}
          </Field>
        ))}
        <p class="promise note" id="promise">{say('credentials_promise', {bank, merchant})}</p>
        <div class="actions">
          <Button submits>{plain('sign_in')}</Button>
          {step.actions.includes('back') && (
            <Button kind="secondary" onPress={() => void session.act('back')}>{plain('another_bank')}</Button>
          )}
        </div>
      </form>
    </>
  );

  function labelOf({name, label}: FieldOfStep) {
    if (label !== '') return <Name>{label}</Name>;
    return name === 'username' ? plain('username') : name === 'password' ? plain('password') : <Name>{name}</Name>;
  }
}

function PasswordInput(attributes: {id: string; name: string; autocomplete: string}) {
  const {plain} = useWords();
  const [shown, setShown] = useState(false);
  return (
    <div class="boxed">
      <input {...attributes} type={shown ? 'text' : 'password'} dir="ltr" maxLength={256} autocapitalize="none" spellcheck={false} />
      <button type="button" class="reveal" aria-pressed={shown} aria-label={plain('show_password')} onClick={() => setShown(!shown)}>
        {shown ? plain('hide') : plain('show')}
      </button>
    </div>
  );
}
