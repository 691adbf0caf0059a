import { randomUUID } from 'node:crypto';
import { underPolicy, type DoubleOptIn } from '../../domain/double-opt-in';
import type { Move } from '../../store/consent-ledger';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import type { Noted } from '../routing/router';
import { sendsUnderWay } from '../revocation';
import { isRoutable, type Arrival } from './arrival';
import { consentEvent } from './consent-event';
import { saveProfiles } from './saving';
import { createBatcher } from '../../store/batcher';
import { isRefusal } from '../../store/duplicates';

/** Stores what comes in. */
export interface Ingestion {
  /**
   * Stores events and the changes to their customers.
   *
   * @returns for each, whether it is new; a message id that was there before is not, and nothing happens again, nor is an
   *   event of somebody who was erased, which is not stored. Resolves when all is in the database, and routes the new
   *   ones afterwards.
   */
  accept(arrivals: readonly Arrival[]): Promise<boolean[]>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

interface IngestionOptions {
  readonly store: Store;
  readonly doubleOptIn: DoubleOptIn;
  /** Takes new events that have to be routed, and the note that stands for them; what it leaves, the sweeper routes. */
  readonly route: (noted: Noted) => void;
  /** Is told of new events and of repeats. */
  readonly count: (outcome: 'stored' | 'repeated', count: number) => void;
  readonly now: () => Date;
}

/** How long the sweeper leaves new events to the process that stored them, milliseconds. */
export const routingHeadStart = 5_000;
/** Most arrivals in one write; an insert of more is not faster. */
const flushLimit = 1_000;

/** Makes the way in. Requests that come at once share their writes: one for customers, two for events. */
export function createIngestion({ store, doubleOptIn, route, count, now }: IngestionOptions): Ingestion {
  const batcher = createBatcher(
    async (arrivals: Arrival[]) => {
      const at = now();
      const erased = await store.erasures.among(arrivals.flatMap(({ event }) => event.customerId ?? []));
      const welcome = ({ event }: Arrival) => event.customerId === null || !erased.has(event.customerId);
      const isNew = (await storeAll(arrivals.filter(welcome).map(judged), at)).values();
      return arrivals.map((arrival) => welcome(arrival) && isNew.next().value === true);
    },
    flushLimit,
    { isOfItems: isRefusal },
  );

  const judged = (arrival: Arrival): Arrival => {
    const { consents = [] } = arrival;
    return consents.length === 0
      ? arrival
      : { ...arrival, consents: consents.flatMap((said) => underPolicy(doubleOptIn, said)) };
  };

  async function storeAll(arrivals: readonly Arrival[], at: Date): Promise<boolean[]> {
    if (arrivals.length === 0) return [];
    const documents = arrivals.map((arrival): EventDocument => ({ ...arrival.event, receivedAt: at }));
    const routable = documents.filter((_, index) => isRoutable(arrivals[index], at));
    const note = randomUUID();
    const [moves] = await Promise.all([
      saveProfiles(store, arrivals, { at, doubleOptIn }),
      putNote(store, { note, events: routable }, at),
    ]);
    const told = doubleOptIn.topics.length > 0 ? await consentEvents(store, arrivals) : [];
    const unclaimed = await storeEvents(store, documents, at);
    const isNew = documents.map(({ _id }) => unclaimed.delete(_id));
    const fresh = new Set(documents.filter((_, index) => isNew[index]));
    if (routable.length > 0) {
      setImmediate(route, { note, events: routable.filter((event) => fresh.has(event)) });
    }
    await settle(store, arrivals, moves);
    await storeAll(told, at);
    count('stored', fresh.size);
    count('repeated', documents.length - fresh.size);
    return isNew;
  }
  return { accept: (arrivals) => batcher.add(arrivals), idle: () => batcher.idle() };
}

/**
 * Consent that is taken back, and a new address, are acknowledged when nothing is on its way any more that goes by what
 * stood before.
 */
async function settle(store: Store, arrivals: readonly Arrival[], moves: readonly Move[]): Promise<void> {
  const refused = arrivals.flatMap(({ event: { customerId }, consents = [] }): Move[] =>
    customerId === null
      ? []
      : consents.filter(({ state }) => state === 'revoked').map(({ channel }) => ({ customerId, channel })),
  );
  for (const { customerId, channel } of [...refused, ...moves])
    await sendsUnderWay(store, customerId, channel);
}

/**
 * An event for each refusal that these arrivals say, and for each request that stands behind what they say or behind the
 * address that they bring. However often it is told it is the same one: a
 * crash between the ledger and the event is made up for when the sender tells it again.
 */
async function consentEvents(store: Store, arrivals: readonly Arrival[]): Promise<Arrival[]> {
  const speaking = new Set<string>();
  const concerned = arrivals.flatMap(({ event: { customerId }, profile, consents = [] }) => {
    if (customerId === null) return [];
    const speaks = consents.some(({ channel, state }) => channel === 'email' && state !== 'given');
    if (speaks) speaking.add(customerId);
    return speaks || profile?.email !== undefined ? [customerId] : [];
  });
  const people = await store.customers.findMany([...new Set(concerned)]);
  return people.flatMap(({ _id: customerId, consent: { email } }): Arrival[] => {
    if (!email || (!email.awaiting && (email.granted || !speaking.has(customerId)))) return [];
    const name = email.awaiting ? 'consent.requested' : 'consent.refused';
    const at = email.awaiting?.since ?? email.at;
    return [{ event: consentEvent(name, { customerId, channel: 'email', at }) }];
  });
}

async function putNote(store: Store, { note, events }: Noted, at: Date): Promise<void> {
  if (events.length === 0) return;
  await store.outbox.put({
    _id: note,
    eventIds: events.map(({ _id }) => _id),
    dueAt: new Date(at.getTime() + routingHeadStart),
  });
}

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
