import type { ProfileChange } from '../../store/customers';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { isRoutable, type Arrival } from './arrival';
import { createBatcher } from './batcher';

/** Stores what comes in. */
export interface Ingestion {
  /**
   * Stores events and the changes to their customers.
   *
   * @returns for each, whether it is new; a message id that was there before is not, and nothing happens again. Resolves
   *   when all is in the database, and routes the new ones afterwards.
   */
  accept(arrivals: readonly Arrival[]): Promise<boolean[]>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

interface IngestionOptions {
  readonly store: Store;
  /** Takes new events that have to be routed; what it does not take, the sweeper routes. */
  readonly route: (events: readonly EventDocument[]) => void;
  /** Is told of new events and of repeats. */
  readonly count: (outcome: 'stored' | 'repeated', count: number) => void;
  readonly now: () => Date;
}

/** How long the sweeper leaves a new event to the process that stored it, milliseconds. */
export const routingHeadStart = 5_000;
/** Most arrivals in one write; an insert of more is not faster. */
const flushLimit = 1_000;

/** Makes the way in. Requests that come at once share their writes: one for customers, one for events. */
export function createIngestion({ store, route, count, now }: IngestionOptions): Ingestion {
  const batcher = createBatcher(async (arrivals: Arrival[]) => {
    const at = now();
    await store.customers.saveProfiles(
      arrivals.flatMap((arrival) => {
        const { customerId: id } = arrival.event;
        const change = profileChange(arrival);
        return change && id !== null ? [{ id, change, at }] : [];
      }),
    );
    const documents = arrivals.map((arrival): EventDocument => ({
      ...arrival.event,
      receivedAt: at,
      ...(isRoutable(arrival, at) && { routeAfter: new Date(at.getTime() + routingHeadStart) }),
    }));
    const unclaimed = await storeEvents(store, documents, at);
    const isNew = documents.map(({ _id }) => unclaimed.delete(_id));
    const toRoute = documents.filter(({ routeAfter }, index) => routeAfter !== undefined && isNew[index]);
    if (toRoute.length > 0) setImmediate(() => route(toRoute));
    const stored = isNew.filter(Boolean).length;
    count('stored', stored);
    count('repeated', isNew.length - stored);
    return isNew;
  }, flushLimit);
  return { accept: (arrivals) => batcher.add(arrivals), idle: () => batcher.idle() };
}

const profileChange = ({ event, profile }: Arrival): ProfileChange | undefined =>
  event.name === 'profile.completed' ? { attributes: { profileCompleted: true } } : profile;

const isOrder = ({ name, customerId }: EventDocument): boolean =>
  name === 'order.completed' && customerId !== null;

/** Stores events and returns the ids of the new ones. An order and its customer's totals change together or not at all. */
async function storeEvents(
  store: Store,
  documents: readonly EventDocument[],
  at: Date,
): Promise<Set<string>> {
  const orders = documents.filter(isOrder);
  const others = orders.length === 0 ? documents : documents.filter((document) => !isOrder(document));
  const stored = await store.events.insert(others);
  if (orders.length === 0) return stored;
  const distinct = new Map(orders.toReversed().map((order) => [order._id, order]));
  const fresh = await store.transaction(async (session) => {
    const known = await store.events.known([...distinct.keys()], session);
    const unknown = [...distinct.values()].filter(({ _id }) => !known.has(_id));
    await store.events.insertNew(unknown, session);
    await store.customers.countOrders(
      unknown.flatMap(({ customerId: id, properties: { amount } }) =>
        id === null ? [] : [{ id, amount: typeof amount === 'number' ? amount : 0, at }],
      ),
      session,
    );
    return unknown;
  });
  for (const { _id } of fresh) stored.add(_id);
  return stored;
}
