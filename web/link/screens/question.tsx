import {useState} from 'preact/hooks';

import {Button, Name, type ScreenProps, Title, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {Field, useForm, useTriesLeft} from './fields.js';

/** A security question, in the bank's words. */
export function Question({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const {bank} = slotsOf({step});
  const tries = useTriesLeft({step});
  const [hidden, setHidden] = useState(false);
  const field = step.fields?.[0];
  const name = field?.name ?? 'answer';
  const {form, mistakes, send} = useForm({step, session}, (values) =>
    (values[name] ?? '').trim() === '' ? {[name]: plain('answer_missing')} : {});
  const mistake = mistakes[name] ?? (step.wrong_answer && <>{plain('question_wrong')}{tries}</>);
  return (
    <>
      <Title label={`field-${name}`}>{say('question_title', {bank})}</Title>
      <form ref={form} onSubmit={send} noValidate>
        <p class="bank-words" id="question"><Name>{field?.label || step.message || ''}</Name></p>
        <Field name={name} mistake={mistake} describedBy="question hint">
          {(attributes) => (
            <div class="boxed">
              <input {...attributes} type={hidden ? 'password' : 'text'} dir="auto" autocomplete="off" data-arrive maxLength={field?.max_length || 256} />
              <button type="button" class="reveal" aria-pressed={hidden} onClick={() => setHidden(!hidden)}>{hidden ? plain('show') : plain('hide')}</button>
            </div>
          )}
        </Field>
        <p class="note" id="hint">{plain('question_hint')}</p>
        <div class="actions">
          <Button submits>{plain('continue')}</Button>
        </div>
      </form>
    </>
  );
}
