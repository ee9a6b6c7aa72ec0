// What the page asks of the shop's backend (src/demo_shop/site.cpp), and what it is shown.
import {useEffect, useRef, useState} from 'preact/hooks';

export interface Source {
  id: string;
  bank_identifier: string;
  bank_name: string;
  bank_arabic_name: string;
  /** Empty until a webhook has told. */
  status: '' | 'AWAITING_BENEFICIARY_COOL_OFF' | 'ACTIVE';
  account_ending: string;
  cool_off_until: string | null;
}

export interface TopUp {
  number: number;
  reference: string;
  intent_id: string;
  /** Decimal text, never a number. */
  amount: string;
  status: 'OPEN' | 'PENDING' | 'UNKNOWN' | 'ACCEPTED' | 'FAILED';
  reason: string;
  bank_reference: string;
  created_at: string;
}

export interface JournalEntry {
  seq: number;
  at: string;
  kind: 'CALL' | 'WEBHOOK';
  title: string;
  http_status: number;
  verdict: '' | 'APPLIED' | 'NOTED' | 'REPEATED' | 'OUTDATED' | 'CONTRADICTORY' | 'REFUSED';
  note: string;
  sequence: number | null;
  event_id: string;
  sent: string;
  received: string;
}

export interface State {
  gateway_url: string;
  sandbox_bank_url: string;
  app_token: string;
  customer_number: number;
  customer_id: string | null;
  currency: string;
  balance: string;
  sources: Source[];
  top_ups: TopUp[];
  journal: JournalEntry[];
  journal_end: number;
  clock: {now: string; offset_seconds: number} | null;
}

/** Why the backend did not do what was asked. */
export interface Refusal {
  status: string;
  message: string;
  metadata?: {minimum?: string; maximum?: string};
}

export type Answer<T> = {ok: true; value: T} | {ok: false; refusal: Refusal};

export async function post<T>(path: string, body: object = {}): Promise<Answer<T>> {
  try {
    const response = await fetch(path, {
      method: 'POST',
      headers: {'content-type': 'application/json'},
      body: JSON.stringify(body),
    });
    const value: unknown = await response.json();
    return response.ok ? {ok: true, value: value as T} : {ok: false, refusal: value as Refusal};
  } catch (error) {
    return {ok: false, refusal: {status: 'UNREACHABLE', message: String(error)}};
  }
}

const kPauseMs = 1000;
const kJournalShown = 200;

/** The state, asked for once a second while somebody looks. `refresh` asks at once. */
export function useBackend(): {state: State | undefined; isReachable: boolean; refresh: () => void} {
  const [state, setState] = useState<State>();
  const [isReachable, setReachable] = useState(true);
  const latest = useRef<State>();
  const wake = useRef(() => {});

  useEffect(() => {
    let timer = 0;
    let isAsking = false;
    async function ask(): Promise<void> {
      clearTimeout(timer);
      if (isAsking) return;
      isAsking = true;
      try {
        const known = latest.current;
        const response = await fetch(`/api/state?after=${known?.journal_end ?? 0}`);
        if (!response.ok) throw new Error(response.statusText);
        latest.current = merge(known, (await response.json()) as State);
        setState(latest.current);
        setReachable(true);
      } catch {
        setReachable(false);
      }
      isAsking = false;
      if (!document.hidden) timer = setTimeout(() => void ask(), kPauseMs);
    }
    const look = () => void ask();
    wake.current = look;
    look();
    document.addEventListener('visibilitychange', look);
    return () => {
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', look);
    };
  }, []);
  return {state, isReachable, refresh: () => wake.current()};
}

/** The journal comes in pieces. One that is shorter than what is known is another shop's: begun anew on an empty folder. */
function merge(known: State | undefined, news: State): State {
  if (!known) return news;
  if (news.journal_end < known.journal_end) return {...news, journal_end: 0};
  return {...news, journal: [...known.journal, ...news.journal].slice(-kJournalShown)};
}
