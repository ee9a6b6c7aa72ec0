import type {Account as AccountOfStep} from '../../shared/step.js';
import {AccountNumber, Button, ErrorText, Figure, MaskedNumber, Name, PayeeName, type ScreenProps, Title, When, slotsOf} from '../parts.js';
import {useWords} from '../words.js';
import {useForm} from './fields.js';

/** The account to pay from. Those that cannot be used stay, with the reason. */
export function Account({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const accounts = step.accounts ?? [];
  const usable = accounts.filter((account) => account.usable);
  const {form, mistakes, send} = useForm({step, session}, ({account_id}) => (account_id ? {} : {account_id: plain('account_missing')}));
  return (
    <form ref={form} onSubmit={send} noValidate>
      <Title>{plain('account_title')}</Title>
      {usable.length === 0 && <p>{say('account_none', slotsOf({step}))}</p>}
      <fieldset aria-describedby="choice-error">
        <legend class="unseen">{plain('account_title')}</legend>
        {mistakes['account_id'] && <ErrorText id="choice-error">{mistakes['account_id']}</ErrorText>}
        <div class="rows">
          {accounts.map((account, index) => (
            <label class="row" key={account.id ?? index}>
              <input type="radio" name="account_id" value={account.id} disabled={!account.usable} aria-describedby={`reason-${index}`}
                defaultChecked={usable.length === 1 && account === usable[0]} />
              <AccountText account={account}>
                <span class="note" id={`reason-${index}`}>{!account.usable && <Reason account={account} step={step} />}</span>
              </AccountText>
            </label>
          ))}
        </div>
      </fieldset>
      <div class="actions">
        {usable.length > 0 && <Button submits>{plain('continue')}</Button>}
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </form>
  );
}

function Reason({account, step}: {account: AccountOfStep; step: ScreenProps['step']}) {
  const {plain, say} = useWords();
  const payee = <PayeeName payee={step.payee} />;
  switch (account.reason) {
    case 'CURRENCY':
      return <>{say('account_currency', {currency: <Figure>{step.amount?.currency ?? ''}</Figure>, currency2: <Figure>{account.currency}</Figure>})}</>;
    case 'COOL_OFF':
      if (account.cool_off_until) return <>{say('cool_off_title', {payee, when: <When at={account.cool_off_until} />})}</>;
      return <>{plain('bank_down')}</>;
    case 'NOT_LINKED':
      return <>{say('account_not_linked', {payee})}</>;
    case 'LIMIT':
      return <>{say('account_limit', slotsOf({step}))}</>;
    case 'BANK_UNAVAILABLE':
    case undefined:
      return <>{plain('bank_down')}</>;
  }
}

/** The accounts that the bank has shown while connecting. */
export function FoundAccounts({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  return (
    <>
      <Title>{say('accounts_title', slotsOf({step}))}</Title>
      <ul class="rows">
        {(step.accounts ?? []).map((account, index) => (
          <li class="row" key={index}><AccountText account={account} /></li>
        ))}
      </ul>
      <p>{say('accounts_text', slotsOf({step}))}</p>
      <div class="actions">
        <Button onPress={() => void session.act('continue')}>{plain('continue')}</Button>
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </>
  );
}

function AccountText({account, children}: {account: AccountOfStep; children?: preact.ComponentChildren}) {
  return (
    <span class="row-text">
      <Name>{account.name}</Name>
      <span class="two-ends">
        <span class="note">{account.number_masked.includes('•') ? <MaskedNumber>{account.number_masked}</MaskedNumber> : <AccountNumber>{account.number_masked}</AccountNumber>}</span>
        <span class="note"><Figure>{account.currency}</Figure></span>
      </span>
      {children}
    </span>
  );
}
