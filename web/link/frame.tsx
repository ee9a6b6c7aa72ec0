// What stands around every screen: ribbon, header, what is told in passing, footer.
import type {ComponentChildren, JSX} from 'preact';
import {createContext} from 'preact';

import type {Language} from '../shared/format.js';
import type {Step} from '../shared/step.js';
import {Icon} from './icons.js';
import {MerchantMark, Name} from './parts.js';
import {useWords} from './words.js';

/** Tells something in passing, to those who see and to those who listen. Nothing is told twice in five seconds. */
export const StatusContext = createContext<(words: ComponentChildren) => void>(() => undefined);

interface FrameProps {
  /** Whatever stands below a screen belongs to it, and comes and goes with it rather than jump. */
  screen: string;
  step: Step | undefined;
  /** What is told in passing, and whether it is also drawn. */
  status: {words: ComponentChildren; drawn: boolean};
  setLanguage: (language: Language) => void;
  onBack: (() => void) | undefined;
  onClose: (() => void) | undefined;
  children: ComponentChildren;
}

export function Frame({screen, step, status, setLanguage, onBack, onClose, children}: FrameProps): JSX.Element {
  const {language, plain, say} = useWords();
  const merchant = step?.merchant.name;
  return (
    <div class="card">
      <header>
        {step?.sandbox && <p class="ribbon">{plain('ribbon')}</p>}
        <div class="head">
          {onBack
            ? <button type="button" class="head-button" onClick={onBack}><Icon name="back" />{plain('back')}</button>
            : <p class="merchant">{merchant !== undefined && <><MerchantMark name={merchant} /><Name>{merchant}</Name></>}</p>}
          <div class="languages" role="group" aria-label={plain('language')}>
            {(['en', 'ar'] as const).map((choice) => (
              <button key={choice} type="button" class="head-button" lang={choice} aria-pressed={language === choice} onClick={() => setLanguage(choice)}>
                {choice === 'en' ? 'EN' : 'عربي'}
              </button>
            ))}
          </div>
          {onClose && (
            <button type="button" class="head-button close" aria-label={plain('close')} onClick={onClose}><Icon name="close" /></button>
          )}
        </div>
      </header>
      <p role="status" class={status.drawn ? 'status' : 'unseen'}>{status.words}</p>
      <main>{children}</main>
      {step && (
        <footer key={screen}>
          <p>
            <Icon name="arch" />
            <span>{say('run_by', {operator: <Name>{step.operator.name}</Name>})}</span>
          </p>
          <p>
            {step.operator.terms_url && <ExternalLink to={step.operator.terms_url}>{plain('footer_terms')}</ExternalLink>}
            {step.operator.privacy_url && <ExternalLink to={step.operator.privacy_url}>{plain('footer_privacy')}</ExternalLink>}
          </p>
        </footer>
      )}
    </div>
  );
}

/** Leads out of the page, and only to the web or to an app: never to a script. */
export function ExternalLink({to, button = false, children}: {to: string; button?: boolean; children: ComponentChildren}): JSX.Element {
  const {plain} = useWords();
  const scheme = /^([a-z][a-z0-9+.-]*):/i.exec(to.trim())?.[1]?.toLowerCase() ?? '';
  if (scheme === '' || ['javascript', 'data', 'blob', 'vbscript', 'file'].includes(scheme)) return <>{children}</>;
  return (
    <a href={to} target="_blank" rel="noopener noreferrer" class={button ? 'button primary' : 'link'}>
      <span>{children}</span>
      <span class="unseen"> {plain('new_tab')}</span>
    </a>
  );
}
