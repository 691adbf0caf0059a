import { eventSchemas } from '../../domain/event-schemas';
import type { JourneyEvent } from '../../domain/events';
import type { EventDocument } from '../../store/events';
import { isEventName } from '../ingestion/arrival';

/**
 * An event as journeys see it, with only those properties that the catalogue names; undefined for an event that is not
 * in the catalogue or does not keep to it.
 */
export function journeyEvent({
  _id,
  name,
  enrols,
  receivedAt,
  properties,
}: EventDocument): JourneyEvent | undefined {
  const as = enrols?.event ?? name;
  if (!isEventName(as)) return undefined;
  const parsed = eventSchemas[as].safeParse(properties);
  if (!parsed.success) return undefined;
  return { id: _id, name: as, receivedAt: receivedAt.getTime(), properties: parsed.data };
}
