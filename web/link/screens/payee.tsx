import {BankName, Button, Fact, Facts, PayeeFact, PayeeNumber, type ScreenProps, Title, slotsOf} from '../parts.js';
import {useWords} from '../words.js';

/** Before the bank is asked to add the payee: who it is, in full. */
export function Payee({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  return (
    <>
      <Title>{say('payee_title', slotsOf({step}))}</Title>
      <p>{say('payee_text', slotsOf({step}))}</p>
      {step.payee && (
        <Facts>
          <Fact name={plain('name')}><PayeeFact payee={step.payee} /></Fact>
          <PayeeNumber payee={step.payee} />
          {step.bank && <Fact name={plain('bank')}><BankName bank={step.bank} /></Fact>}
        </Facts>
      )}
      <div class="actions">
        <Button onPress={() => void session.act('confirm')}>{plain('add_payee')}</Button>
        <Button kind="secondary" onPress={() => session.askToLeave()}>{plain('cancel')}</Button>
      </div>
    </>
  );
}
