/** What a run can wait for: `send` is a message put off to a moment at which it is allowed. */
export type WaitKind = 'wait' | 'waitUntil' | 'waitFor' | 'send';

/** What a run remembers of one step: enough to go through the journey's function again without doing it twice. */
export interface JournalEntry {
  readonly step: string;
  /** Real epoch milliseconds: when a wait ended, when any other step began. */
  readonly at: number;
  /** What the step gave to the journey; JSON. */
  readonly result: unknown;
  /** The step was put in before a place this customer had already passed, and was not carried out. */
  readonly skipped?: true;
}
