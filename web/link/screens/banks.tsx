import {useContext, useEffect, useState} from 'preact/hooks';

import {foldName} from '../../shared/format.js';
import type {Bank} from '../../shared/step.js';
import {StatusContext} from '../frame.js';
import {Icon} from '../icons.js';
import {BankMark, BankName, Button, Figure, Name, type ScreenProps, Title, When} from '../parts.js';
import {useWords} from '../words.js';

const kCountAfterMs = 300;

/** The banks whose names have `query` in them; those that cannot be used come last. */
function found(banks: Bank[], query: string): Bank[] {
  const wanted = foldName(query);
  const matching = banks.filter(({name, arabic_name, identifier}) =>
    [name, arabic_name, identifier].some((text) => foldName(text).includes(wanted)));
  return [...matching.filter(({available}) => available), ...matching.filter(({available}) => !available)];
}

export function Banks({step, session}: ScreenProps) {
  const {plain, say} = useWords();
  const announce = useContext(StatusContext);
  const [query, setQuery] = useState('');
  const [silent, setSilent] = useState<string>();
  const banks = found(step.banks ?? [], query);
  const count = say('banks_found', {n: <Figure>{banks.length}</Figure>});

  useEffect(() => {
    if (query === '') return;
    const timer = setTimeout(() => announce(count), kCountAfterMs);
    return () => clearTimeout(timer);
  }, [query]);

  return (
    <>
      <Title>{plain('banks_title')}</Title>
      <form class="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <label for="search">{plain('banks_search')}</label>
        <div class="boxed">
          <Icon name="search" />
          <input id="search" type="search" enterkeyhint="search" autocomplete="off" autocapitalize="none" spellcheck={false}
            dir="auto" value={query} onInput={(event) => setQuery(event.currentTarget.value)} />
        </div>
      </form>
      <ul class="rows">
        {banks.map((bank) => (
          <li key={bank.identifier}>
            <BankRow bank={bank} silent={silent === bank.identifier}
              onPress={() => bank.available
                ? void session.act('select', {bank_identifier: bank.identifier})
                : setSilent(bank.identifier)} />
          </li>
        ))}
      </ul>
      {banks.length > 0
        ? <p class="note">{count}</p>
        : (
          <div class="none">
            <p>{say('banks_none', {q: <Name>{query}</Name>})}</p>
            <Button kind="quiet" onPress={() => setQuery('')}>{plain('banks_clear')}</Button>
          </div>
        )}
    </>
  );
}

// A bank that is down can be reached by keyboard, and says why it cannot be used.
function BankRow({bank, silent, onPress}: {bank: Bank; silent: boolean; onPress: () => void}) {
  const {plain, say} = useWords();
  return (
    <>
      <button type="button" class="row" aria-disabled={!bank.available} onClick={(event) => event.detail > 1 || onPress()}>
        <BankMark bank={bank} />
        <span class="row-text">
          <BankName bank={bank} />
          {!bank.available && (
            <span class="note">
              {bank.back_at ? say('bank_down_until', {when: <When at={bank.back_at} />}) : plain('bank_down')}
            </span>
          )}
        </span>
        {bank.available && <Icon name="forward" />}
      </button>
      <p class="row-reason" role="alert">{silent && say('bank_silent', {bank: <BankName bank={bank} />})}</p>
    </>
  );
}
