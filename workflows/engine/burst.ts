import type { EnrolmentRef, JourneyActivities } from '../../activities/contract';
import type { Enrolment } from '../../domain/enrolment';
import { matches, type JourneyEvent, type WaitPattern } from '../../domain/events';
import type { JournalEntry } from '../../domain/journal';
import type { Journey } from './journey';
import type { PendingWait, RunState } from './run-state';

/** Where a journey's steps take effect: Temporal's activities, or a simulator's. */
export interface Driver {
  /** Real epoch milliseconds. */
  now(): number;
  readonly activities: JourneyActivities;
}

/** How many event ids a run remembers. Older ones are told from new ones by the instant they were received at. */
const seenLimit = 100;

/** Most bytes that a run carries on. Temporal ends a run with more than 2 MB, and encryption adds a little. */
const largestState = 1_900_000;

/** A run while its journey's function goes from one wait to the next: its state, ready to be changed. */
export class Burst {
  readonly journal: JournalEntry[];
  readonly enrolment: Enrolment;
  /** When the last wait ended. Events received since belong to the next one. */
  since: number;
  private reported: number;
  private inbox: JourneyEvent[];
  private seen: string[];

  constructor(
    readonly journey: Journey,
    state: RunState,
  ) {
    this.enrolment = state.enrolment;
    this.journal = [...state.journal];
    this.since = state.since;
    this.reported = state.reported;
    this.inbox = [...state.inbox];
    this.seen = [...state.seen];
  }

  get ref(): EnrolmentRef {
    const { id, journey, customerId, key, holdout, clock, parent } = this.enrolment;
    return {
      id,
      journey,
      customerId,
      holdout,
      ...(key !== undefined && { key }),
      ...(clock && { clock }),
      ...(parent !== undefined && { parent }),
    };
  }

  get seenIds(): readonly string[] {
    return this.seen;
  }

  /** Takes an event in, unless the run has had it. */
  receive(event: JourneyEvent): void {
    if (this.seen.includes(event.id)) return;
    this.markSeen(event);
    this.inbox.push(event);
  }

  markSeen({ id }: JourneyEvent): void {
    if (!this.seen.includes(id)) this.seen = [...this.seen, id].slice(-seenLimit);
  }

  /** Whether an event that a wait is for is there. */
  has({ events, since }: PendingWait): boolean {
    return this.inbox.some(
      (event) => event.receivedAt >= since && events.some((pattern) => matches(event, pattern)),
    );
  }

  /** Takes the first event out that came since an instant and that one of the patterns describes. */
  takeFromInbox(events: readonly WaitPattern[], since: number): JourneyEvent | undefined {
    const found = this.inbox.find(
      (event) => event.receivedAt >= since && events.some((pattern) => matches(event, pattern)),
    );
    if (found) this.inbox = this.inbox.filter((event) => event !== found);
    return found;
  }

  /** Records a wait that ended at an instant. */
  endWait(step: string, at: number, result: unknown): void {
    this.journal.push({ step, at, result });
    this.since = at;
  }

  /** Puts steps that were passed over into the journal, before its last entry, whose instant they share. */
  recordPassedOver(steps: readonly { readonly step: string; readonly result: unknown }[]): void {
    const place = Math.max(0, this.journal.length - 1);
    const entries = steps.map(({ step, result }) => ({
      step,
      at: this.since,
      result,
      skipped: true as const,
    }));
    this.journal.splice(place, 0, ...entries);
    this.reported = Math.min(this.reported, place);
  }

  /** Journal entries that the enrolment ledger does not have yet; they count as reported from now on. */
  report(): readonly JournalEntry[] {
    const entries = this.journal.slice(this.reported);
    this.reported = this.journal.length;
    return entries;
  }

  /**
   * What the run carries on. Events that no wait to come can be for are left behind.
   *
   * @throws RangeError where it is more than Temporal takes: the run stays where it is, and nothing of it is lost
   */
  state(pending: PendingWait): RunState {
    const state: RunState = {
      enrolment: this.enrolment,
      journal: this.journal,
      since: this.since,
      reported: this.reported,
      pending,
      inbox: this.inbox.filter(({ receivedAt }) => receivedAt >= pending.since),
      seen: this.seen,
    };
    judgeSize(state);
    return state;
  }
}

function judgeSize(state: RunState): void {
  const { enrolment, journal, pending } = state;
  const size = new TextEncoder().encode(JSON.stringify(state)).length;
  if (size <= largestState) return;
  throw new RangeError(
    `Journey "${enrolment.journey}": a run has ${journal.length} steps behind it, which are more than a run can carry on ` +
      `(${(size / 1e6).toFixed(1)} MB). It stands at "${pending?.step ?? ''}" and nothing is lost. Let the journey return before it comes to that, ` +
      'after 1,000 rounds of a loop say, and begin anew by its `reentry`: runs that stand here then end as well.',
  );
}
