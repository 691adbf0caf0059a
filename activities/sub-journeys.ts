import { ApplicationFailure } from '@temporalio/common';
import { enrolRequestId, type Outcome } from '../domain/enrolment';
import { eventSchemas } from '../domain/event-schemas';
import type { Store } from '../store/store';
import { storeToRoute } from '../store/to-route';
import type { EnrolmentRef, EnrolRequest, JourneyActivities } from './contract';

/** How runs begin runs of other journeys: by asking, as the API and the sweep of segments do. */
export function createSubJourneys({
  store,
  now,
}: {
  readonly store: Pick<Store, 'events' | 'outbox'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}): Pick<JourneyActivities, 'enrol'> {
  return {
    async enrol(request) {
      const { enrolment, step, journey, since } = request;
      const { event, properties } = entryOf(request);
      // Never before the wait that is over: the answer has the same instant and must count for the next one.
      const at = new Date(Math.max(now(), since));
      await storeToRoute(
        store,
        [
          {
            _id: enrolRequestId(enrolment.id, step),
            name: 'enrolment.requested',
            customerId: enrolment.customerId,
            properties,
            occurredAt: at,
            receivedAt: at,
            enrols: { journey, event, by: enrolment.id },
          },
        ],
        at,
      );
    },
  };
}

/** The first entry event whose schema the properties fit. @throws ApplicationFailure `EntryNotMet`, not to be tried again */
function entryOf({ journey, entries, key, properties }: EnrolRequest) {
  const reasons: string[] = [];
  for (const { event, fixed } of entries) {
    const parsed = eventSchemas[event].safeParse({ ...fixed, ...properties });
    if (!parsed.success) {
      reasons.push(
        ...parsed.error.issues.map(({ path, message }) => `${event}: ${path.join('.')}: ${message}`),
      );
    } else {
      const found: Readonly<Record<string, unknown>> = parsed.data;
      if (key === undefined || typeof found[key] === 'string') return { event, properties: { ...found } };
      reasons.push(`${event}: ${key} says what a run is about and is missing`);
    }
  }
  throw ApplicationFailure.nonRetryable(
    `c.enrol: the properties are not those of an entry event of "${journey}" (${reasons.join('; ')}).`,
    'EntryNotMet',
  );
}

/** Tells the run that began another one how that ended; once, however often it is told. */
export async function announceEnd(
  store: Pick<Store, 'events' | 'outbox'>,
  { id, journey, customerId, parent }: Pick<EnrolmentRef, 'id' | 'journey' | 'customerId' | 'parent'>,
  outcome: Exclude<Outcome, 'erased'>,
  at: Date,
): Promise<void> {
  if (parent === undefined) return;
  const properties = { journey, enrolment: id, outcome };
  const event = { _id: `ended:${id}`, name: 'journey.ended', customerId, properties };
  await storeToRoute(store, [{ ...event, occurredAt: at, receivedAt: at }], at);
}
