// What screens are made of: values that keep their direction, buttons, facts, marks.
import type {ComponentChildren, JSX} from 'preact';
import {createContext} from 'preact';
import {useContext, useEffect, useMemo, useState} from 'preact/hooks';

import {currencyName, groupThousands, groupsOfFour, momentOf} from '../shared/format.js';
import type {Account, Bank, Payee, Step} from '../shared/step.js';
import {Icon, type IconName} from './icons.js';
import type {Session} from './session.js';
import {betterOn} from './theme.js';
import {useWords} from './words.js';

export interface ScreenProps {
  step: Step;
  session: Session;
}

/** Whether something is being sent: every button keeps its place and does nothing. */
export const BusyContext = createContext(false);

// Values in sentences. Each is isolated, so that it cannot turn the text around it.

export function Name({children}: {children: string}): JSX.Element {
  return <bdi dir="auto">{children}</bdi>;
}

export function Figure({children}: {children: string | number}): JSX.Element {
  return <bdi dir="ltr" class="figure">{children}</bdi>;
}

/** "AED 1,000.00"; in Arabic the figure, then the currency's name. */
export function Amount({of}: {of: Step['amount']}): JSX.Element | null {
  const {language} = useWords();
  if (!of) return null;
  const figure = groupThousands(of.amount);
  const currency = currencyName(of.currency, language);
  return language === 'ar'
    ? <bdi dir="rtl" class="amount"><bdi dir="ltr">{figure}</bdi> <bdi class="currency">{currency}</bdi></bdi>
    : <bdi dir="ltr" class="amount"><span class="currency">{currency}</span> {figure}</bdi>;
}

/** Groups of four are drawn by margins: what is copied has no blanks. */
export function AccountNumber({children: number}: {children: string}): JSX.Element {
  return <bdi dir="ltr" class="iban">{groupsOfFour(number).map((group, index) => <span key={index}>{group}</span>)}</bdi>;
}

/** The payer's own account: drawn with dots, read out by its last digits. */
export function MaskedNumber({children: masked}: {children: string}): JSX.Element {
  const {say} = useWords();
  const digits = masked.split(' ').at(-1) ?? masked;
  return (
    <>
      <bdi dir="ltr" class="figure" aria-hidden="true">{masked}</bdi>
      <span class="unseen">{say('ending', {digits})}</span>
    </>
  );
}

/** A point in time on the device's calendar. `zoned` adds the zone. */
export function When({at, zoned = false}: {at: string; zoned?: boolean}): JSX.Element {
  const {language, say} = useWords();
  const {day, time, zone} = momentOf(new Date(at), language);
  const slots = {day: <bdi>{day}</bdi>, time: <Figure>{time}</Figure>};
  return (
    <time dateTime={at}>
      {zoned ? say('zoned_moment', {...slots, zone: <Figure>{zone}</Figure>}) : say('moment', slots)}
    </time>
  );
}

export function BankName({bank}: {bank: Bank | undefined}): JSX.Element {
  const {language, plain} = useWords();
  if (!bank) return <>{plain('your_bank')}</>;
  return <Name>{language === 'ar' && bank.arabic_name !== '' ? bank.arabic_name : bank.name}</Name>;
}

export function PayeeName({payee}: {payee: Payee | undefined}): JSX.Element {
  return <Name>{payee?.name ?? ''}</Name>;
}

export function AccountName({account}: {account: Account | undefined}): JSX.Element {
  const {plain} = useWords();
  if (!account) return <>{plain('your_account')}</>;
  return <><Name>{account.name}</Name> <MaskedNumber>{account.number_masked}</MaskedNumber></>;
}

/** The slots that most sentences share. */
export function slotsOf({step}: {step: Step}) {
  return {
    bank: <BankName bank={step.bank} />,
    payee: <PayeeName payee={step.payee} />,
    amount: <Amount of={step.amount} />,
    merchant: <Name>{step.merchant.name}</Name>,
  };
}

/** Exactly the sentence for what the server says is proved. */
export function MoneySentence({step}: {step: Step}): JSX.Element {
  const {plain} = useWords();
  return <p class="money">{plain(`money_${step.money}`)}</p>;
}

// What is pressed.

interface ButtonProps {
  kind?: 'primary' | 'secondary' | 'quiet';
  onPress?: () => void;
  submits?: boolean;
  children: ComponentChildren;
}

/** While something is sent it keeps width and focus, and a second press does nothing. */
export function Button({kind = 'primary', onPress, submits = false, children}: ButtonProps): JSX.Element {
  const busy = useContext(BusyContext);
  const press = (event: MouseEvent) => {
    // The second half of a double press may land on the button of the next screen.
    if (busy || event.detail > 1) event.preventDefault();
    else onPress?.();
  };
  return (
    <button type={submits ? 'submit' : 'button'} class={`button ${kind}`} aria-disabled={busy} onClick={press}>
      <span>{children}</span>
    </button>
  );
}

/** A screen's one question: the heading that takes the focus. `label`: it names a field, and the field takes it instead. */
export function Title({label, children}: {label?: string; children: ComponentChildren}): JSX.Element {
  return label === undefined
    ? <h1 tabIndex={-1} data-arrive>{children}</h1>
    : <h1><label for={label}>{children}</label></h1>;
}

/** The heading of an end: mark, colour and word together. */
export function Outcome({tone, icon, children}: {tone: 'ok' | 'wait' | 'unknown' | 'bad' | 'plain'; icon: IconName; children: ComponentChildren}): JSX.Element {
  return (
    <div class={`outcome ${tone}`}>
      <span class="badge"><Icon name={icon} /></span>
      <Title>{children}</Title>
    </div>
  );
}

export function Facts({children}: {children: ComponentChildren}): JSX.Element {
  return <dl class="facts">{children}</dl>;
}

export function Fact({name, children}: {name: ComponentChildren; children: ComponentChildren}): JSX.Element {
  return <div><dt>{name}</dt><dd>{children}</dd></div>;
}

/** Name, then the alias, which never stands in for it. */
export function PayeeFact({payee}: {payee: Payee}): JSX.Element {
  return (
    <>
      <Name>{payee.name}</Name>
      {payee.display_name !== '' && payee.display_name !== payee.name && <span class="alias"><Name>{payee.display_name}</Name></span>}
    </>
  );
}

export function PayeeNumber({payee}: {payee: Payee}): JSX.Element {
  const {plain} = useWords();
  return payee.iban !== ''
    ? <Fact name={plain('iban')}><AccountNumber>{payee.iban}</AccountNumber></Fact>
    : <Fact name={plain('account_number')}><AccountNumber>{payee.account_number}</AccountNumber></Fact>;
}

/** Two letters on the bank's colour: no bank's own logo. */
export function BankMark({bank}: {bank: Bank}): JSX.Element {
  const color = /^#[0-9a-f]{6}$/i.test(bank.main_color) ? bank.main_color : '#51606B';
  const words = bank.name.split(/[^\p{L}\p{N}]+/u).filter((word) => word !== '');
  const letters = words.length > 1 ? words.slice(0, 2).map((word) => word[0]).join('') : (words[0] ?? '').slice(0, 2);
  return <span class="mark" dir="ltr" aria-hidden="true" style={{backgroundColor: color, color: betterOn(color)}}>{letters.toUpperCase()}</span>;
}

export function MerchantMark({name}: {name: string}): JSX.Element {
  return <span class="mark merchant-mark" aria-hidden="true">{[...name][0] ?? ''}</span>;
}

/** A mistake, as text with its word, above what it is about. */
export function ErrorText({id, children}: {id?: string; children: ComponentChildren}): JSX.Element {
  const {plain} = useWords();
  return (
    <p class="error" id={id}>
      <Icon name="bang" />
      <span><span class="unseen">{plain('error')} </span>{children}</span>
    </p>
  );
}

/** The present on the clock that the step's times stand on, in ms; drawn anew every second while `running`. */
export function useGatewayTime(step: Step, running: boolean): number {
  const ahead = useMemo(() => Date.parse(step.now) - Date.now(), [step.now]);
  return useSeconds(running) + ahead;
}

/** Draws anew every second, for what is left of a time. Result: the present, in ms. */
export function useSeconds(running: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!running) return;
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, [running]);
  return now;
}
