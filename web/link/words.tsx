// The words of the pages in the payer's language.
import {type ComponentChildren, Fragment, createContext} from 'preact';
import {useContext} from 'preact/hooks';

import type {Language} from '../shared/format.js';
import {ar} from './i18n/ar.js';
import {type Key, en} from './i18n/en.js';

type SlotsIn<Text> = Text extends `${string}{${infer Name}}${infer Rest}` ? Name | SlotsIn<Rest> : never;
type Slots<K extends Key> = SlotsIn<(typeof en)[K]>;

/** The texts that have no slots: they can also be attributes. */
export type PlainKey = {[K in Key]: [Slots<K>] extends [never] ? K : never}[Key];
type SlottedKey = Exclude<Key, PlainKey>;

const kTables: Record<Language, Record<Key, string>> = {en, ar};

export const LanguageContext = createContext<Language>('en');

export interface Words {
  language: Language;
  plain(key: PlainKey): string;
  /** A text with its slots filled, each by an element of its own. */
  say<K extends SlottedKey>(key: K, slots: Record<Slots<K>, ComponentChildren>): ComponentChildren;
}

export function wordsOf(language: Language): Words {
  const table = kTables[language];
  return {
    language,
    plain: (key) => table[key],
    say: (key, slots) => fill(table[key], slots),
  };
}

export function useWords(): Words {
  return wordsOf(useContext(LanguageContext));
}

function fill(text: string, slots: Record<string, ComponentChildren>): ComponentChildren {
  return text.split(/\{(\w+)\}/).map((part, index) => (index % 2 === 0 ? part : <Fragment key={part}>{slots[part]}</Fragment>));
}
