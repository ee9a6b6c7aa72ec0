import {Button, ErrorText, Name, type ScreenProps, Title, slotsOf} from '../parts.js';
import {type Words, useWords} from '../words.js';
import {useForm} from './fields.js';

/** How to confirm: the bank's own names for its ways, or ours where it has none. */
export function Method({step, session}: ScreenProps) {
  const words = useWords();
  const {plain} = words;
  const field = step.fields?.find(({kind}) => kind === 'CHOICE');
  const name = field?.name ?? 'method';
  const options = field?.options ?? [];
  const {form, mistakes, send} = useForm({step, session}, (values) => (values[name] ? {} : {[name]: plain('method_missing')}));
  return (
    <form ref={form} onSubmit={send} noValidate>
      <Title>{plain('method_title')}</Title>
      <fieldset aria-labelledby="choices" aria-describedby="choice-error">
        <legend class="unseen" id="choices">{plain('method_title')}</legend>
        {mistakes[name] && <ErrorText id="choice-error">{mistakes[name]}</ErrorText>}
        <div class="rows">
          {options.map(({value, label}, index) => (
            <label class="row" key={value}>
              <input type="radio" name={name} value={value} defaultChecked={index === 0} />
              <span class="row-text">{label === '' ? ourName(words, value, step) : <Name>{label}</Name>}</span>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="actions">
        <Button submits>{plain('continue')}</Button>
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </form>
  );
}

function ourName({plain, say}: Words, value: string, step: ScreenProps['step']) {
  const {bank} = slotsOf({step});
  if (/sms/i.test(value)) return say('method_text_message', {target: step.target ? <Name>{step.target}</Name> : plain('your_device')});
  if (/app|push/i.test(value)) return say('method_app', {bank});
  return <Name>{value}</Name>;
}
