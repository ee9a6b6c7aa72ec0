import {
  AccountName, Amount, BankName, Button, ErrorText, Fact, Facts, Name, PayeeFact, PayeeNumber, type ScreenProps, Title, slotsOf,
} from '../parts.js';
import {useWords} from '../words.js';

/** What is about to be paid, as the server has it. The button says the amount once more. */
export function Review({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const account = step.accounts?.[0];
  return (
    <>
      <Title>{plain('review_title')}</Title>
      {session.view.changed && <div role="alert"><ErrorText>{plain('review_changed')}</ErrorText></div>}
      <p class="sum"><span class="unseen">{plain('amount')} </span><Amount of={step.amount} /></p>
      <Facts>
        {step.payee && (
          <>
            <Fact name={plain('to')}><PayeeFact payee={step.payee} /></Fact>
            <PayeeNumber payee={step.payee} />
          </>
        )}
        {account && <Fact name={plain('from')}><AccountName account={account} /></Fact>}
        {step.bank && <Fact name={plain('bank')}><BankName bank={step.bank} /></Fact>}
        {step.reference && <Fact name={plain('reference')}><Name>{step.reference}</Name></Fact>}
      </Facts>
      <p class="note">{step.confirms_at_bank ? say('review_text', slotsOf({step})) : plain('review_sends')}</p>
      <div class="actions">
        <Button onPress={() => void session.act('pay')}>{say('pay', slotsOf({step}))}</Button>
        {step.actions.includes('change_account') && (
          <Button kind="secondary" onPress={() => void session.act('change_account')}>{plain('change_account')}</Button>
        )}
        <Button kind="quiet" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </>
  );
}
