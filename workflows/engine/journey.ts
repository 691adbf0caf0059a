import type { EventProperties } from '../../domain/event-schemas';
import { days, type Duration } from '../../domain/duration';
import { on, type EventName, type EventPattern } from '../../domain/events';
import type { DailyWindow } from '../../domain/local-moment';
import type { Reentry } from '../../domain/reentry';
import type { SegmentName } from '../../domain/segments';
import type { JourneyContext } from './context';

/** Once in a lifetime. */
export const never: Reentry = { kind: 'never' };
/** Whenever the entry event comes and no run is open. */
export const always: Reentry = { kind: 'always' };
/** Not before some time has passed since the last run began. */
export const after = (duration: Duration): Reentry => ({ kind: 'after', duration });

/**
 * Enrols whoever is in a segment: a sweep looks every quarter of an hour and lets those in who are not inside and whom the
 * re-entry rule admits. With `always`, somebody who stays in the segment comes in again after each run.
 */
export const segment = (name: SegmentName): EventPattern<'segment.entered'> =>
  on('segment.entered', { segment: name });

/** A share of customers, 0 to 100. */
export type Percent = number & { readonly __unit: 'percent' };

/** @throws RangeError outside 0 to 100 */
export function percent(value: number): Percent {
  if (!(value >= 0 && value <= 100))
    throw new RangeError(`percent(${String(value)}): give a share from 0 to 100.`);
  return value as Percent;
}

type TextKeys<Properties, Key extends keyof Properties = keyof Properties> = Key extends unknown
  ? Properties[Key] extends string
    ? Key
    : never
  : never;

/** Names of the properties that every one of some events has and whose value is text. */
export type SharedKey<Name extends EventName> = TextKeys<EventProperties[Name]>;

/** The rules of a journey: who comes in, what ends a run, when it may speak. */
export interface JourneyRules<
  Name extends EventName,
  Enrols extends readonly Journey[] = readonly Journey[],
> {
  /** The event that enrols a customer, or several of them. */
  readonly entry: EventPattern<Name> | readonly EventPattern<Name>[];
  /**
   * The property of the entry event that says what a run is about: one run for each vehicle, say. Events that carry the
   * same property with another value do not concern the run.
   */
  readonly key?: SharedKey<Name>;
  readonly reentry: Reentry;
  /** Ends a run as `converted`, at any moment, in mid-wait too. */
  readonly goal?: EventPattern | readonly EventPattern[];
  /** How long after the last step a goal still counts, on the customer's clock; seven days by default. */
  readonly attribution?: Duration;
  /** Ends a run as `exited`, at any moment. */
  readonly exit?: EventPattern | readonly EventPattern[];
  /** The control group: enrolled, measured, never messaged. */
  readonly holdout?: Percent;
  /** Local hours for this journey's marketing messages. */
  readonly sendWindow?: DailyWindow;
  /** Which journey's message goes first when a customer's contact cap leaves room for one; higher first, 0 by default. */
  readonly priority?: number;
  /**
   * The journeys in which `c.enrol` may enrol customers of this one; a function, so that journeys can name each other in
   * any order. A circle is refused.
   */
  readonly enrols?: () => Enrols;
}

/** A journey: a plain object that workflows, the event router, the simulator and the console all read. */
export interface Journey<Entry extends EventName = EventName, Name extends string = string> {
  readonly name: Name;
  readonly entry: readonly EventPattern<Entry>[];
  readonly key?: string;
  readonly reentry: Reentry;
  readonly goal: readonly EventPattern[];
  readonly exit: readonly EventPattern[];
  readonly attribution: Duration;
  readonly holdout: number;
  readonly sendWindow?: DailyWindow;
  readonly priority: number;
  /** The journeys in which it may enrol customers. */
  readonly enrols: () => readonly Journey[];
  readonly run: (c: JourneyContext) => Promise<void>;
}

/**
 * Declares a journey.
 *
 * @param name its name in the Temporal UI and in the API: lower case, digits and hyphens
 * @param run what happens to one customer, step by step; `c` has the steps
 * @throws TypeError for a name that cannot be a workflow type and part of an id
 * @example
 * export const onboarding = journey('onboarding', { entry: on('customer.signed_up'), reentry: never }, async (c) => {
 *   await c.email('welcome', { coupon: 'BEMVINDO10' });
 * });
 */
export function journey<
  const Name extends string,
  Entry extends EventName,
  Enrols extends readonly Journey[] = readonly [],
>(
  name: Name,
  rules: JourneyRules<Entry, Enrols>,
  run: (c: JourneyContext<Entry, Enrols[number]>) => Promise<void>,
): Journey<Entry, Name> {
  if (!/^[a-z][a-z0-9-]{0,63}$/.test(name)) {
    throw new TypeError(
      `Journey name "${name}": use lower-case letters, digits and hyphens, beginning with a letter.`,
    );
  }
  const {
    entry,
    goal = [],
    exit = [],
    attribution = days(7),
    holdout = 0,
    priority = 0,
    enrols = () => [],
    key,
    ...rest
  } = rules;
  return {
    ...rest,
    ...(key === undefined ? {} : { key: String(key) }),
    name,
    entry: [entry].flat(),
    goal: [goal].flat(),
    exit: [exit].flat(),
    attribution,
    holdout,
    priority,
    enrols,
    run: run as unknown as Journey['run'],
  };
}
