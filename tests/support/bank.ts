// The sandbox bank's admin interface: what the bank will do next, and what it has booked.
import {api} from './http.js';

export interface Transfer {
  paymentId: string;
  endToEndIdentification: string;
  debtorIban: string;
  creditorIban: string;
  currency: string;
  amount: string;
  reference: string;
  bankTransactionReference?: string;
  bookedAt: string;
}

export interface Scenario {
  /** Which call it happens to: "authorise_payment", "payment_status", … or "any". */
  call: string;
  /** What happens: "answer_lost", "answer_late", "status_503_after_effect", "rejected", … */
  effect: string;
  user?: string;
  times?: number;
  [parameter: string]: unknown;
}

export class SandboxBank {
  private readonly call;

  constructor(url: string) {
    this.call = api(url);
  }

  /** For the next matching call. Result: tells how often it has struck. */
  async next(scenario: Scenario): Promise<() => Promise<number>> {
    const {id} = await this.ok<{id: number}>('POST', '/_admin/scenarios', scenario);
    return async () => {
      const {scenarios} = await this.ok<{scenarios: {id: number; used: number}[]}>('GET', '/_admin/scenarios');
      return scenarios.find((known) => known.id === id)?.used ?? 0;
    };
  }

  /** Forgets all scenarios. */
  async calm(): Promise<void> {
    await this.ok('DELETE', '/_admin/scenarios');
  }

  /** Counts the calls of one kind from now on, after those that scenarios ordered so far will take. */
  async count(call: string): Promise<() => Promise<number>> {
    return this.next({call, effect: 'answer_late', delay_ms: 0, times: 1_000_000});
  }

  async transfers(): Promise<Transfer[]> {
    return (await this.ok<{transfers: Transfer[]}>('GET', '/_admin/ledger')).transfers;
  }

  /** The person with the bank's app decides every approval that waits. Result: how many did. */
  async decideApprovals(decision: 'approve' | 'deny'): Promise<number> {
    const {approvals} = await this.ok<{approvals: {authorisationId: string}[]}>('GET', '/_admin/approvals');
    for (const {authorisationId} of approvals) await this.ok('POST', `/_admin/approvals/${authorisationId}`, {decision});
    return approvals.length;
  }

  async unlock(user: string): Promise<void> {
    await this.ok('POST', `/_admin/users/${user}/unlock`, {});
  }

  private async ok<T>(method: string, path: string, body?: unknown): Promise<T> {
    const answer = await this.call<T>(method, path, {body});
    if (answer.status >= 300) throw new Error(`${method} ${path}: ${answer.status} ${answer.text}`);
    return answer.body;
  }
}
