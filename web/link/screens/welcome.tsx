import {Button, Name, type ScreenProps, Title, slotsOf} from '../parts.js';
import {ExternalLink} from '../frame.js';
import {type PlainKey, useWords} from '../words.js';

// What a connection always gives comes first; the rest is listed if the shop asks for it.
const kPermissions: {name: string; words: PlainKey; always?: true}[] = [
  {name: 'payments', words: 'permission_payments', always: true},
  {name: 'accounts', words: 'permission_accounts', always: true},
  {name: 'identity', words: 'permission_identity'},
  {name: 'balance', words: 'permission_balance'},
  {name: 'transactions', words: 'permission_transactions'},
];

export function Welcome({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const {merchant, payee} = slotsOf({step});
  const asked = session.wanted.permissions ?? [];
  const {terms_url} = step.operator;
  return (
    <>
      <Title>{say('welcome_title', {merchant})}</Title>
      <p>{say('welcome_text', {payee})}</p>
      <div class="panel">
        <p id="asks">{say('welcome_asks', {merchant: <Name>{step.merchant.name}</Name>})}</p>
        <ul class="ticks" aria-labelledby="asks">
          {kPermissions
            .filter(({name, always}) => always || asked.includes(name))
            .map(({name, words}) => <li key={name}>{plain(words)}</li>)}
        </ul>
      </div>
      <div class="actions">
        <Button onPress={() => void session.act('continue')}>{plain('continue')}</Button>
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('welcome_not_now')}</Button>
      </div>
      {terms_url && <p class="note">{say('welcome_terms', {terms: <ExternalLink to={terms_url}>{plain('terms')}</ExternalLink>})}</p>}
    </>
  );
}
