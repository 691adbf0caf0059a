import type { CustomerClock } from './clock';
import type { JourneyEvent } from './events';

/** How a run ended: `completed` its last step, `converted` by its goal, `exited`, or `erased` with its customer. */
export const outcomes = ['completed', 'converted', 'exited', 'erased'] as const;
export type Outcome = (typeof outcomes)[number];

/**
 * Why a run could not enrol its customer in another journey: a run of that is open, its re-entry rule does not let the
 * customer in, or it is not among the journeys that run.
 */
export const enrolmentRefusals = ['already-open', 're-entry', 'unknown-journey'] as const;
export type EnrolmentRefusal = (typeof enrolmentRefusals)[number];

/** One run of one journey for one customer, as the workflow carries it. Ids, numbers and codes only. */
export interface Enrolment {
  /** `<journey>/<customerId>[/<key>]#<n>`: the workflow id and which of its runs this is, from 1. */
  readonly id: string;
  readonly journey: string;
  readonly customerId: string;
  /** What the run is about besides the customer: a vehicle, a cart. */
  readonly key?: string;
  readonly trigger: JourneyEvent;
  /** Real epoch milliseconds. */
  readonly startedAt: number;
  /** In the control group: measured, never messaged. */
  readonly holdout: boolean;
  readonly clock?: CustomerClock;
  /** The enrolment that began this one. */
  readonly parent?: string;
}

/** The Temporal workflow id of an enrolment: equal for all runs of one journey, customer and key. */
export function workflowId(enrolment: {
  journey: string;
  customerId: string;
  key?: string | undefined;
}): string {
  const { journey, customerId, key } = enrolment;
  return key === undefined ? `${journey}/${customerId}` : `${journey}/${customerId}/${key}`;
}

/** The id of the n-th enrolment (from 1) under a workflow id. */
export const enrolmentId = (workflow: string, n: number): string => `${workflow}#${n}`;

/** The id of the request by which a step of an enrolment asks for another enrolment. */
export const enrolRequestId = (enrolment: string, step: string): string =>
  `enrolled-by:${stepKey(enrolment, step)}`;

/** The id of what one step of an enrolment does (its message, its decision): each happens once under it. */
export const stepKey = (enrolment: string, step: string): string => `${enrolment}/${step}`;
