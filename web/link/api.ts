// The link API (docs/reference/link-api.md), as this page calls it. The session's token lives in this object and nowhere else.
import type {OpenSession} from '../shared/protocol.js';
import type {Action, Step} from '../shared/step.js';

export interface Refusal {
  /** The API's code: "UNKNOWN_CUSTOMER". */
  code: string;
  message: string;
}

export type Answer =
  /** `refusal`: nothing was opened, for the reason that this step draws. */
  | {is: 'step'; step: Step; refusal?: Refusal}
  | {is: 'refused'; refusal: Refusal}
  /** No answer that can be relied on. What was sent may have had its effect. `reached`: something answered, perhaps with words. */
  | {is: 'lost'; reached: boolean; refusal?: Refusal};

/** The server's last answer: `OK` or its code, and what support can find it by. */
export interface Trace {
  last_api_response?: string;
  lean_correlation_id?: string;
}

/** What the flow needs of the server. */
export interface LinkApi {
  readonly trace?: Trace;
  /** Opens the session, or joins the one that is open: the window that asks last is the one that may act. */
  open(): Promise<Answer>;
  look(): Promise<Answer>;
  act(step: Step, action: Action, fields: Record<string, string>): Promise<Answer>;
  leave(): Promise<Answer>;
}

const kSessions = '/link/v1/sessions';
const kReturns = '/link/v1/returns';
const kReadPatienceMs = 15_000;
/** A call to a slow bank is answered within it. */
const kActPatienceMs = 90_000;

interface Session {
  id: string;
  token: string;
  window?: number;
}

/** `returned`: the token by which this browser came back from a bank's page, where that opens the session. */
export function linkApi(wanted: () => OpenSession, returned?: string): LinkApi {
  let session: Session | undefined;
  const trace: Trace = {};

  async function call(method: 'GET' | 'POST', path: string, body: unknown, patience: number): Promise<Answer> {
    const headers: Record<string, string> = {};
    if (body !== undefined) headers['content-type'] = 'application/json';
    if (session && path.startsWith(`${kSessions}/`)) {
      headers['link-session-token'] = session.token;
      if (session.window !== undefined) headers['link-window'] = String(session.window);
    }
    const stop = new AbortController();
    const timer = setTimeout(() => stop.abort(), patience);
    let reached = false;
    try {
      const response = await fetch(path, {
        method,
        headers,
        body: body === undefined ? null : JSON.stringify(body),
        cache: 'no-store',
        // The cookie of the browser that left for the bank's page goes back with it, and nowhere else.
        credentials: path.startsWith(kReturns) ? 'same-origin' : 'omit',
        redirect: 'error',
        referrerPolicy: 'no-referrer',
        signal: stop.signal,
      });
      reached = true;
      const answer: unknown = await response.json();
      if (!isObject(answer)) return {is: 'lost', reached};
      trace.last_api_response = response.ok ? 'OK' : String(answer['status'] ?? response.status);
      trace.lean_correlation_id = response.headers.get('lean-correlation-id') ?? '';
      if (response.ok && isStep(answer['step'])) {
        remember(answer);
        return {is: 'step', step: answer['step']};
      }
      // An answer of another shape, busy or broken: nothing is known about what was asked.
      if (response.ok) return {is: 'lost', reached};
      const refusal = {code: String(answer['status'] ?? ''), message: String(answer['message'] ?? '')};
      if (response.status >= 500 || response.status === 429) return {is: 'lost', reached, refusal};
      const metadata = answer['metadata'];
      if (isObject(metadata) && isStep(metadata['step'])) return {is: 'step', step: metadata['step'], refusal};
      return {is: 'refused', refusal};
    } catch {
      return {is: 'lost', reached};
    } finally {
      clearTimeout(timer);
    }
  }

  function remember(answer: Record<string, unknown>): void {
    const {session_id, session_token, window} = answer;
    if (typeof session_id !== 'string' || typeof session_token !== 'string') return;
    session = {id: session_id, token: session_token, ...(typeof window === 'number' && {window})};
  }

  const open = () => (returned === undefined
    ? call('POST', kSessions, wanted(), kReadPatienceMs)
    : call('POST', `${kReturns}/${returned}`, {}, kReadPatienceMs));
  const here = (rest = '') => `${kSessions}/${session?.id ?? ''}${rest}`;
  return {
    trace,
    open,
    look: () => (session ? call('GET', here(), undefined, kReadPatienceMs) : open()),
    act: (step, action, fields) => call('POST', here(`/steps/${step.number}`), {action, fields}, kActPatienceMs),
    leave: () => call('POST', here('/leave'), {}, kReadPatienceMs),
  };
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The server is ours: what every screen relies on is looked at, the rest is taken as step.ts says it is. */
function isStep(value: unknown): value is Step {
  return isObject(value) && typeof value['kind'] === 'string' && typeof value['number'] === 'number' &&
    Array.isArray(value['actions']) && isObject(value['merchant']);
}
