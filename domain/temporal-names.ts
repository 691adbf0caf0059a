/** Names under which processes meet in Temporal; the same in workflows, worker and API. */
export const taskQueues = {
  journeys: 'journeys',
  email: 'email',
  sms: 'sms',
  broadcasts: 'broadcasts',
} as const;

/** Tells an open run of an event or of its end; its argument is a `Notice`. */
export const noticeSignalName = 'notice';

/** Tells a broadcast that its state in the database has changed. */
export const broadcastSignalName = 'changed';

/** Gives the journal of a run. */
export const traceQueryName = 'trace';

/** Search attributes by which an engineer finds runs in the Temporal UI; all Keyword. Registered at start. */
export const searchAttributes = {
  customerId: 'CustomerId',
  /** Id of the step at which the run waits. */
  journeyStep: 'JourneyStep',
  /** The event the run waits for, or `time`. */
  waitingFor: 'WaitingFor',
  journeyOutcome: 'JourneyOutcome',
} as const;
