// The page as a whole: what is chosen here (language, light or dark, look) and what the backend tells.
import type {JSX} from 'preact';
import {useEffect, useState} from 'preact/hooks';

import type {Language} from '../shared/format.js';
import {useBackend} from './backend.js';
import {Behind} from './behind.js';
import {Icon} from './icons.js';
import {kLooks} from './looks.js';
import {Sandbox} from './sandbox.js';
import {kTexts} from './texts.js';
import {Wallet} from './wallet.js';
import {LanguageContext, Say} from './words.js';

type Appearance = 'light' | 'dark';

// The language stands in the address, so that a link shows a colleague the same thing. Nothing is stored.
function languageOfAddress(): Language {
  return new URLSearchParams(location.search).get('lang') === 'ar' ? 'ar' : 'en';
}

function useChosenLanguage(): [Language, () => void] {
  const [language, setLanguage] = useState(languageOfAddress);
  useEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    document.title = kTexts[language].name;
    history.replaceState(null, '', language === 'ar' ? '?lang=ar' : location.pathname);
  }, [language]);
  return [language, () => setLanguage(language === 'ar' ? 'en' : 'ar')];
}

/** What was chosen, if anything was, and what a press would choose. */
function useChosenAppearance(): [Appearance | undefined, Appearance, (next: Appearance) => void] {
  const [appearance, setAppearance] = useState<Appearance>();
  useEffect(() => {
    if (appearance) document.documentElement.dataset['appearance'] = appearance;
  }, [appearance]);
  const isDark = appearance ? appearance === 'dark' : matchMedia('(prefers-color-scheme: dark)').matches;
  return [appearance, isDark ? 'light' : 'dark', setAppearance];
}

export function Shop(): JSX.Element {
  const [language, switchLanguage] = useChosenLanguage();
  const [appearance, otherAppearance, setAppearance] = useChosenAppearance();
  const [look, setLook] = useState(kLooks[0]!);
  const {state, isReachable, refresh} = useBackend();
  const customization = {...(appearance && {force_appearance: appearance}), ...look.customization};

  return (
    <LanguageContext.Provider value={language}>
      <header>
        <p class="ribbon"><Say text="demonstration" /></p>
        <div class="bar">
          <span class="brand"><Icon name="waves" /><Say text="name" /></span>
          <span>
            <button type="button" class="quiet" lang={language === 'ar' ? 'en' : 'ar'} onClick={switchLanguage}><Say text="other_language" /></button>
            <button type="button" class="quiet" onClick={() => setAppearance(otherAppearance)}><Say text={otherAppearance} /></button>
          </span>
        </div>
      </header>
      {!isReachable && <p class="notice bad" role="alert"><Icon name="cross" /><Say text="offline" /></p>}
      {state
        ? (
          <main>
            <Wallet state={state} customization={customization} refresh={refresh} />
            <Sandbox state={state} look={look} setLook={setLook} refresh={refresh} />
            <Behind journal={state.journal} />
          </main>
        )
        : <main><h1><Say text="name" /></h1><p><Say text="loading" /></p></main>}
    </LanguageContext.Provider>
  );
}
