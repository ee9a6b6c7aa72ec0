// The words in the reader's language, and values that keep their own direction among them.
import {type ComponentChildren, Fragment, type JSX, createContext} from 'preact';
import {useContext} from 'preact/hooks';

import {type Language, currencyName, groupThousands, momentOf} from '../shared/format.js';
import {type Key, kTexts} from './texts.js';

export const LanguageContext = createContext<Language>('en');

export const useLanguage = (): Language => useContext(LanguageContext);

/** A text whose slots are filled by elements: no sentence is put together from pieces. */
export function Say({text, ...slots}: {text: Key; [slot: string]: ComponentChildren}): JSX.Element {
  const parts = kTexts[useLanguage()][text].split(/\{(\w+)\}/);
  return <>{parts.map((part, index) => <Fragment key={index}>{index % 2 === 0 ? part : slots[part]}</Fragment>)}</>;
}

/** The same as a string, for attributes. */
export function usePlain(): (text: Key) => string {
  const language = useLanguage();
  return (text) => kTexts[language][text];
}

/** What reads from left to right in every language: codes, numbers, addresses. */
export function Code({children}: {children: ComponentChildren}): JSX.Element {
  return <bdi dir="ltr" class="code">{children}</bdi>;
}

/** "AED 1,000.00"; in Arabic the figure, then the currency's name. */
export function Amount({of, currency}: {of: string; currency: string}): JSX.Element {
  const language = useLanguage();
  const figure = groupThousands(of);
  const name = currencyName(currency, language);
  return language === 'ar'
    ? <bdi dir="rtl" class="amount"><bdi dir="ltr">{figure}</bdi> <bdi>{name}</bdi></bdi>
    : <bdi dir="ltr" class="amount">{name} {figure}</bdi>;
}

export function When({at, seconds = false}: {at: string; seconds?: boolean}): JSX.Element {
  const {day, time} = momentOf(new Date(at), useLanguage());
  if (seconds) return <time dateTime={at}><bdi dir="ltr">{new Date(at).toTimeString().slice(0, 8)}</bdi></time>;
  return <time dateTime={at}><Say text="moment" day={<bdi>{day}</bdi>} time={<bdi dir="ltr">{time}</bdi>} /></time>;
}
