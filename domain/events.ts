import type { EventProperties } from './event-schemas';

/** The name of an event that journeys can wait for; `domain/event-schemas.ts` lists them with their properties. */
export type EventName = keyof EventProperties;

/** Properties of an event as they are allowed to travel through Temporal: numbers, booleans, ids and short codes. */
export type EventData = Readonly<Record<string, string | number | boolean | null>>;

/** An event as a journey sees it. */
export interface JourneyEvent<Name extends EventName = EventName> {
  readonly id: string;
  readonly name: Name;
  /** When Perene received it, in real epoch milliseconds. */
  readonly receivedAt: number;
  readonly properties: EventProperties[Name];
}

/** A comparison with a number. */
export interface NumberCondition {
  readonly atLeast?: number;
  readonly atMost?: number;
}

type Condition<Value> =
  Value | readonly Value[] | (NonNullable<Value> extends number ? NumberCondition : never);

/**
 * What an event's properties must be: equal to a value, one of several, or within bounds. Plain data, so that the
 * router can judge it before it costs a Temporal action.
 *
 * @example { vehicleId: 'v1', odometerKm: { atLeast: 10_000 } }
 */
export type Where<Name extends EventName> = {
  readonly [Key in keyof EventProperties[Name]]?: Condition<NonNullable<EventProperties[Name][Key]>>;
};

/** {@link Where} with its types forgotten, as it is stored and compared. */
export type AnyWhere = Readonly<Record<string, unknown>>;

/** An event, named with an optional condition on its properties. Made by {@link on}. */
export interface EventPattern<Name extends EventName = EventName> {
  readonly event: Name;
  readonly where?: AnyWhere;
}

/** @example on('order.completed', { amount: { atLeast: 100_00 } }) */
export function on<Name extends EventName>(event: Name, where?: Where<Name>): EventPattern<Name> {
  return where === undefined ? { event } : { event, where: where };
}

/** The properties that a condition fixes to one value: those with which an event can be made up that meets it. */
export const fixedBy = (where: AnyWhere | undefined): AnyWhere =>
  Object.fromEntries(Object.entries(where ?? {}).filter(([, value]) => typeof value !== 'object'));

/** Whether properties meet a condition. A property that is missing meets none. */
export function meets(properties: Readonly<Record<string, unknown>>, where: AnyWhere | undefined): boolean {
  return Object.entries(where ?? {}).every(([key, condition]) => {
    const value = properties[key];
    if (value === undefined || value === null) return false;
    if (Array.isArray(condition)) return condition.includes(value);
    if (typeof condition !== 'object' || condition === null) return condition === value;
    const { atLeast = -Infinity, atMost = Infinity } = condition as NumberCondition;
    return typeof value === 'number' && value >= atLeast && value <= atMost;
  });
}

/** What an open run waits for: a pattern with its types forgotten, and what the run is about. */
export interface WaitPattern {
  readonly event: string;
  readonly where?: AnyWhere;
  /** The run's key. An event that has the property with another value is about something else. */
  readonly about?: { readonly property: string; readonly value: string };
}

/** Whether an event is one that a pattern describes. */
export function matches(
  event: { readonly name: string; readonly properties: Readonly<Record<string, unknown>> },
  { event: name, where, about }: WaitPattern,
): boolean {
  if (event.name !== name || !meets(event.properties, where)) return false;
  const subject = about && event.properties[about.property];
  return subject === undefined || subject === about?.value;
}
