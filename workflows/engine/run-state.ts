import type { Enrolment, Outcome } from '../../domain/enrolment';
import type { JourneyEvent, WaitPattern } from '../../domain/events';
import type { JournalEntry, WaitKind } from '../../domain/journal';

/** The wait at which a run stands. It says all that the engine needs, so that no code of a marketer's is replayed. */
export interface PendingWait {
  readonly step: string;
  /** With `send` the step is tried again when the wait is over. */
  readonly kind: WaitKind;
  /** Real epoch milliseconds. */
  readonly until: number;
  readonly since: number;
  readonly events: readonly WaitPattern[];
}

/** All that a run carries from one workflow execution to the next. */
export interface RunState {
  readonly enrolment: Enrolment;
  /** Steps that are over, oldest first. */
  readonly journal: readonly JournalEntry[];
  /**
   * Real epoch milliseconds: when the last wait ended, or the run began. Events received since belong to the next wait.
   * It does not depend on when the steps in between were carried out, which a crash may have put off.
   */
  readonly since: number;
  /** How many entries of the journal the enrolment ledger has. */
  readonly reported: number;
  readonly pending?: PendingWait;
  /** Events that came and have not been given to the journey. */
  readonly inbox: readonly JourneyEvent[];
  /** Ids of the latest events that came, so that the same one is not taken twice. */
  readonly seen: readonly string[];
}

/** What starts a run, and what continues it. */
export type JourneyInput = Pick<RunState, 'enrolment'> & Partial<RunState>;

export function initialState(input: JourneyInput): RunState {
  const { enrolment, journal = [], reported = 0, inbox = [], pending } = input;
  const { since = enrolment.startedAt, seen = [enrolment.trigger.id] } = input;
  return { enrolment, journal, since, reported, inbox, seen, ...(pending ? { pending } : {}) };
}

/** What the router tells an open run. */
export interface Notice {
  readonly event?: JourneyEvent;
  /** The event is a goal or an exit of the journey, or the run is ended from outside. */
  readonly ends?: Outcome;
}
