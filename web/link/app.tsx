// Which screen is drawn for which step, and what happens when another one comes.
import type {ComponentChildren, FunctionComponent} from 'preact';
import {useCallback, useEffect, useLayoutEffect, useReducer, useRef, useState} from 'preact/hooks';

import {type Language, momentOf} from '../shared/format.js';
import type {Step, StepKind} from '../shared/step.js';
import {LeaveQuestion, StillThere} from './dialogs.js';
import {Frame, StatusContext} from './frame.js';
import {BusyContext, Button, ErrorText, Figure, Outcome, type ScreenProps, slotsOf} from './parts.js';
import {Account, FoundAccounts} from './screens/account.js';
import {Banks} from './screens/banks.js';
import {Code} from './screens/code.js';
import {Credentials} from './screens/credentials.js';
import {Elsewhere, Unheard} from './screens/elsewhere.js';
import {Accepted, Connected, CoolOff, End, Failed, Pending, Unknown} from './screens/ends.js';
import {Method} from './screens/method.js';
import {Payee} from './screens/payee.js';
import {Question} from './screens/question.js';
import {Asking, Redirect} from './screens/redirect.js';
import {Review} from './screens/review.js';
import {Approval, BankUnreachable, Working} from './screens/waiting.js';
import {Welcome} from './screens/welcome.js';
import type {Session} from './session.js';
import {LanguageContext, type Words, useWords, wordsOf} from './words.js';

const kScreens: Record<StepKind, FunctionComponent<ScreenProps>> = {
  WELCOME: Welcome,
  BANKS: Banks,
  CREDENTIALS: Credentials,
  CODE: Code,
  METHOD: Method,
  ACCOUNTS: FoundAccounts,
  PAYEE: Payee,
  ACCOUNT: Account,
  REVIEW: Review,
  APPROVAL: Approval,
  REDIRECT: Redirect,
  WORKING: Working,
  BANK_UNREACHABLE: BankUnreachable,
  CONNECTED: Connected,
  COOL_OFF: CoolOff,
  ACCEPTED: Accepted,
  PENDING: Pending,
  UNKNOWN: Unknown,
  FAILED: Failed,
  END: End,
};

function screenOf(step: Step): FunctionComponent<ScreenProps> {
  if (step.elsewhere && !step.result) return Elsewhere;
  if (step.kind === 'CREDENTIALS' && isQuestion(step)) return Question;
  // A newer server may know kinds that this page does not.
  return (kScreens as Partial<typeof kScreens>)[step.kind] ?? Unheard;
}

const isQuestion = ({fields = []}: Step) =>
  fields.length === 1 && fields[0]!.kind === 'TEXT' && fields[0]!.name !== 'username';

/** What the page is told to draw before there is a session: it waits to be opened, nobody will, or it was asked in a wrong way;
 *  and in the window that came back from a bank's page, before and after. */
export type Waiting = 'to_be_opened' | 'alone' | 'returned' | {wrong: string[]; end: () => void};

interface AppProps {
  session: Session | undefined;
  waiting: Waiting;
  firstLanguage: Language;
  onDrawn: (title: string, over: boolean) => void;
}

/** Nothing is told twice, and nothing new, within it. */
const kQuietMs = 5000;
const kWorkingAfterMs = 400;

export function App({session, waiting, firstLanguage, onDrawn}: AppProps) {
  const [language, setLanguage] = useState(firstLanguage);
  const [, draw] = useReducer<number, void>((count) => count + 1, 0);
  const page = useRef<HTMLDivElement>(null);
  const {told, announce} = useAnnouncements();
  const words = wordsOf(language);
  const view = session?.view;
  const step = view?.step;
  const works = useAfter(view?.busy === true && !view.asksToLeave && step !== undefined && !step.came_back, kWorkingAfterMs);

  // At once, not after the paint: the first answer may come before it.
  useLayoutEffect(() => session?.watch(() => draw()), [session]);
  useLayoutEffect(() => {
    document.documentElement.lang = language;
    document.documentElement.dir = language === 'ar' ? 'rtl' : 'ltr';
    if (session) session.wanted.language = language;
  }, [language, session]);
  useEscape(() => session?.askToLeave());

  // Arrival: the new screen is read from its heading, or from its field where that is all there is.
  const phase = view?.phase ?? (typeof waiting === 'string' ? waiting : 'refused');
  useLayoutEffect(() => {
    const screen = page.current?.querySelector<HTMLElement>('.screen:not([hidden])');
    const target = ['[data-arrive-first]', '[data-arrive]', 'h1'].map((wanted) => screen?.querySelector<HTMLElement>(wanted)).find((found) => found);
    if (!document.querySelector('dialog[open]')) target?.focus({preventScroll: true});
    page.current?.scrollIntoView();
  }, [phase, view?.screen, works]);
  useEffect(() => {
    const title = page.current?.querySelector('.screen:not([hidden]) h1')?.textContent ?? '';
    if (title === '') return;
    document.title = step ? `${title} – ${step.merchant.name}` : title;
    if (view?.phase === 'step') onDrawn(title, session!.over);
  }, [phase, view?.screen, works, language]);

  if (view?.closed && waiting !== 'returned') return null;
  const status = statusOf(words, view, told);
  const goesBack = view?.phase === 'step' && !view.busy && step?.elsewhere !== true && step?.actions.includes('back') === true;
  return (
    <LanguageContext.Provider value={language}>
      <StatusContext.Provider value={announce}>
        <BusyContext.Provider value={view?.busy === true}>
          <div class="page" ref={page}>
            <Frame key={step ? 'flow' : 'no flow'} screen={`${view?.screen} ${works}`} step={step} status={status} setLanguage={setLanguage}
              onBack={goesBack ? () => void session?.act('back') : undefined}
              onClose={session && !view?.closed ? () => session.askToLeave() : undefined}>
              <div role="alert">{view?.actRefused && <ErrorText>{words.plain('act_refused')}</ErrorText>}</div>
              {session && view?.phase === 'step' && step && !view.closed ? <StepScreen step={step} session={session} works={works} /> : <OtherScreen session={session} waiting={waiting} />}
            </Frame>
            {session && step && view?.asksToLeave && <LeaveQuestion step={step} session={session} />}
            {session && view?.asksToStay && <StillThere session={session} />}
          </div>
        </BusyContext.Provider>
      </StatusContext.Provider>
    </LanguageContext.Provider>
  );
}

// While an answer is on its way the screen stays, with what was typed, behind the words that the bank is being asked.
function StepScreen({step, session, works}: ScreenProps & {works: boolean}) {
  const Screen = screenOf(step);
  return (
    <>
      <div class={session.view.repeated ? 'screen repeated' : 'screen'} key={session.view.screen} hidden={works}>
        <Screen step={step} session={session} />
      </div>
      {works && <div class="screen" key="works" data-overlay><Working step={step} session={session} /></div>}
    </>
  );
}

function OtherScreen({session, waiting}: {session: Session | undefined; waiting: Waiting}) {
  const {plain, say} = useWords();
  const view = session?.view;
  if (waiting === 'returned' && view?.phase === 'opening') {
    return <div class="screen"><Asking>{say('redirect_back_title', {bank: plain('your_bank')})}</Asking></div>;
  }
  if (waiting === 'returned' && (view?.closed || view?.phase === 'refused')) {
    return (
      <div class="screen" key="returned">
        <Outcome tone="plain" icon="handoff">{plain('returned_title')}</Outcome>
        <p>{plain('returned_text')}</p>
      </div>
    );
  }
  if (!view && waiting === 'alone') {
    return (
      <div class="screen">
        <Outcome tone="plain" icon="handoff">{plain('alone_title')}</Outcome>
        <p>{plain('alone_text')}</p>
      </div>
    );
  }
  if (!view && typeof waiting === 'object') {
    return (
      <div class="screen">
        <Outcome tone="plain" icon="question">{plain('refused_title')}</Outcome>
        {waiting.wrong.map((text) => <p class="note" lang="en" dir="ltr" key={text}>{text}</p>)}
        <div class="actions">
          <Button onPress={waiting.end}>{plain('back_to_shop')}</Button>
        </div>
      </div>
    );
  }
  if (!view || view.phase === 'opening') return <Skeleton />;
  return (
    <div class="screen" key={view.phase}>
      <Outcome tone="plain" icon="question">{plain('refused_title')}</Outcome>
      <p>{view.phase === 'refused' ? plain('refused_text') : plain('out_of_order_text')}</p>
      {view.refusal && <p class="note" lang="en" dir="ltr"><Figure>{view.refusal.code}</Figure> {view.refusal.message}</p>}
      <div class="actions">
        {view.phase === 'out_of_order' && <Button onPress={() => void session?.open()}>{plain('try_again')}</Button>}
        <Button kind={view.phase === 'refused' ? 'primary' : 'secondary'} onPress={() => session?.close()}>{plain('back_to_shop')}</Button>
      </div>
    </div>
  );
}

function Skeleton() {
  const {plain} = useWords();
  return (
    <div class="screen skeleton" key="skeleton" aria-busy="true">
      <p class="unseen">{plain('working_plain')}</p>
      <div /><div /><div /><div />
    </div>
  );
}

function statusOf({language, plain, say}: Words, view: Session['view'] | undefined, told: ComponentChildren) {
  if (view?.notice) return {words: plain(view.notice), drawn: true};
  if (view?.news && 'noneSince' in view.news) {
    const {time} = momentOf(new Date(view.news.noneSince), language);
    return {words: say('no_news', {time: <Figure>{time}</Figure>}), drawn: true};
  }
  if (view?.news && view.step) return {words: say('working', slotsOf({step: view.step})), drawn: true};
  return {words: told, drawn: false};
}

function useAnnouncements() {
  const [told, tell] = useState<ComponentChildren>('');
  const waiting = useRef<{timer?: ReturnType<typeof setTimeout>; last: number}>({last: 0});
  const announce = useCallback((words: ComponentChildren) => {
    const now = Date.now();
    clearTimeout(waiting.current.timer);
    const wait = Math.max(0, waiting.current.last + kQuietMs - now);
    waiting.current.timer = setTimeout(() => {
      waiting.current.last = Date.now();
      tell(words);
    }, wait);
  }, []);
  return {told, announce};
}

/** True once `holds` has been so for `ms`. */
function useAfter(holds: boolean, ms: number): boolean {
  const [passed, setPassed] = useState(false);
  useEffect(() => {
    setPassed(false);
    if (!holds) return;
    const timer = setTimeout(() => setPassed(true), ms);
    return () => clearTimeout(timer);
  }, [holds, ms]);
  return holds && passed;
}

function useEscape(then: () => void) {
  const latest = useRef(then);
  latest.current = then;
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      if (event.key !== 'Escape' || event.defaultPrevented || document.querySelector('dialog[open]')) return;
      event.preventDefault();  // Or the browser would close the question with the same press.
      latest.current();
    };
    addEventListener('keydown', press);
    return () => removeEventListener('keydown', press);
  }, []);
}
