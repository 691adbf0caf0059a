import { eventSchemas } from '../../domain/event-schemas';
import type { EventName } from '../../domain/events';
import type { ConsentStatement } from '../../domain/consent';
import type { ProfileChange } from '../../store/customers';
import type { EventDocument } from '../../store/events';

/** Something that came in, judged and ready to be stored: an event, and the change to its customer that it brings. */
export interface Arrival {
  readonly event: Omit<EventDocument, 'receivedAt' | 'routeAfter' | 'routedAt' | 'routeFailures'>;
  readonly profile?: ProfileChange;
  /** What the customer says of marketing with it. */
  readonly consents?: readonly ConsentStatement[];
}

/** Events older than this at their receipt are history, milliseconds. */
export const historicalAge = 7 * 86_400_000;

/** Whether a name is in the catalogue of events that journeys can wait for. */
export const isEventName = (name: string): name is EventName => Object.hasOwn(eventSchemas, name);

/**
 * Whether an event has to be routed. No journey waits for a name outside the catalogue or for somebody unknown, and what
 * happened long ago starts and moves nothing.
 */
export function isRoutable(arrival: Arrival | undefined, receivedAt: Date): boolean {
  if (!arrival) return false;
  const { event } = arrival;
  const isHistorical = receivedAt.getTime() - event.occurredAt.getTime() > historicalAge;
  return event.customerId !== null && isEventName(event.name) && !isHistorical;
}
