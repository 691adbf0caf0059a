import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { endingOf } from '../../workflows/engine/effects';
import { groupBy } from '../../domain/group-by';
import { journeyEvent } from './journey-event';
import { entriesOf, type Entry, type Ledger, type Run } from './plan';

/** Reads what planning a batch of events needs: a query for open runs, and two more where events enter journeys. */
export async function readLedger(
  events: readonly EventDocument[],
  store: Store,
  { journeys, globalHoldout }: Pick<Ledger, 'journeys' | 'globalHoldout'>,
): Promise<Ledger> {
  const known = events.flatMap(({ customerId }) => customerId ?? []);
  const runs: Map<string, Run[]> = groupBy(
    known.length === 0 ? [] : await store.enrolments.openOf([...new Set(known)]),
    ({ customerId }) => customerId,
  );
  const entries = events.flatMap((event) => entriesOf(event, journeys).map((entry) => ({ ...entry, event })));
  const [histories, customers, ending] =
    entries.length === 0
      ? [new Map(), [], new Set<string>()]
      : await Promise.all([
          store.enrolments.histories([...new Set(entries.map(({ workflowId }) => workflowId))]),
          store.customers.findMany([...new Set(entries.map(({ customerId }) => customerId))]),
          endingRuns(entries, runs, store),
        ]);
  return {
    journeys,
    globalHoldout,
    runs,
    histories,
    customers: new Map(customers.map((customer) => [customer._id, customer])),
    ending,
  };
}

/**
 * Open runs that stand in the way of an entry although an event since their start has ended them: their workflow has been
 * told, or is about to be, and has not closed yet.
 */
async function endingRuns(
  entries: readonly (Entry & { readonly event: EventDocument })[],
  runs: ReadonlyMap<string, Run[]>,
  store: Store,
): Promise<Set<string>> {
  const ending = new Set<string>();
  for (const { journey, customerId, workflowId, event } of entries) {
    const open = runs.get(customerId)?.find((run) => run.workflowId === workflowId);
    const names = [...journey.goal, ...journey.exit].map(({ event: name }) => name);
    if (!open || open.triggerEventId === event._id || names.length === 0) continue;
    const since = await store.events.since(customerId, names, new Date(open.startedAt.getTime() - 1));
    const ends = since.some((other) => {
      const seen = journeyEvent(other);
      return (
        seen !== undefined &&
        other._id !== open.triggerEventId &&
        other.receivedAt <= event.receivedAt &&
        other._id !== event._id &&
        endingOf(journey, open.key, seen) !== undefined
      );
    });
    if (ends) ending.add(open._id);
  }
  return ending;
}
