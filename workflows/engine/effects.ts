import { matches } from '../../domain/events';
import type { Journey } from './journey';

type AnyEvent = { readonly name: string; readonly properties: Readonly<Record<string, unknown>> };

/**
 * Whether an event concerns a run at all: where the journey has a key and the event carries that property, the values
 * must be equal.
 */
export function concerns(journey: Journey, key: string | undefined, event: AnyEvent): boolean {
  const subject = journey.key === undefined ? undefined : event.properties[journey.key];
  return subject === undefined || key === undefined || subject === key;
}

/** How an event ends an open run, if it does: a goal goes before an exit. */
export function endingOf(
  journey: Journey,
  key: string | undefined,
  event: AnyEvent,
): 'converted' | 'exited' | undefined {
  if (!concerns(journey, key, event)) return undefined;
  if (journey.goal.some((pattern) => matches(event, pattern))) return 'converted';
  if (journey.exit.some((pattern) => matches(event, pattern))) return 'exited';
  return undefined;
}

/** Whether an event brings a customer into a journey. */
export const enters = (journey: Journey, event: AnyEvent): boolean =>
  journey.entry.some((pattern) => matches(event, pattern)) &&
  (journey.key === undefined || typeof event.properties[journey.key] === 'string');
