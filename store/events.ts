import type { ClientSession, Collection, Db } from 'mongodb';
import type { EventName } from '../domain/events';
import { chunks } from './chunks';
import { duplicates } from './duplicates';
import { createEventSearch } from './event-search';

export interface EventDocument {
  /** The sender's message id: the same one again is the same event. */
  readonly _id: string;
  readonly name: string;
  /** Null for an event of somebody who is not known yet. */
  readonly customerId: string | null;
  readonly anonymousId?: string;
  readonly properties: Record<string, unknown>;
  /** When it happened, by the sender's clock. */
  readonly occurredAt: Date;
  /** When it was stored, by ours; waits compare this one. */
  readonly receivedAt: Date;
  /** When the sweeper may route it, where it is to be routed by itself and not by a note in the outbox; then gone. */
  routeAfter?: Date;
  /** How often routing it was put off. */
  routeFailures?: number;
  /** It asks for one enrolment and means nothing else: in which journey, as if by which event. */
  readonly enrols?: { readonly journey: string; readonly event: EventName };
}

/** What happened. */
export function eventCollection(db: Db) {
  const collection: Collection<EventDocument> = db.collection('events');
  const search = createEventSearch(collection);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, receivedAt: 1 } },
        // Sparse, not partial: the embedded server reads the whole collection rather than a partial index.
        { key: { routeAfter: 1 }, sparse: true, name: 'outbox' },
      ]);
    },
    /** Stores events and returns the ids of those that were not there before. */
    async insert(events: readonly EventDocument[]): Promise<Set<string>> {
      const distinct = [
        ...new Map(events.toReversed().map((event) => [event._id, event])).values(),
      ].toReversed();
      const ids = new Set(distinct.map(({ _id }) => _id));
      if (ids.size === 0) return ids;
      try {
        await collection.insertMany(distinct, { ordered: false });
      } catch (error) {
        for (const index of duplicates(error)) ids.delete(distinct[index]?._id ?? '');
      }
      return ids;
    },
    /** Stores events of which none is there, as a part of a transaction. */
    async insertNew(events: readonly EventDocument[], session: ClientSession): Promise<void> {
      if (events.length > 0) await collection.insertMany(events, { session });
    },
    /** Which of some ids are stored. */
    async known(ids: readonly string[], session: ClientSession): Promise<Set<string>> {
      const found = await collection
        .find({ _id: { $in: [...ids] } }, { projection: { _id: 1 }, session })
        .toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    async markRouted(ids: readonly string[]): Promise<void> {
      if (ids.length === 0) return;
      await collection.updateMany(
        { _id: { $in: [...ids] } },
        { $unset: { routeAfter: 1, routeFailures: 1 } },
      );
    },
    /** Puts off events that could not be routed now. */
    async postpone(ids: readonly string[], until: Date): Promise<void> {
      if (ids.length === 0) return;
      await collection.updateMany(
        { _id: { $in: [...ids] } },
        { $set: { routeAfter: until }, $inc: { routeFailures: 1 } },
      );
    },
    /** Keeps the sweepers of all processes from events that one process is about to route. */
    async lease(ids: readonly string[], until: Date): Promise<void> {
      if (ids.length === 0) return;
      await collection.updateMany(
        { _id: { $in: [...ids] }, routeAfter: { $lt: until } },
        { $set: { routeAfter: until } },
      );
    },
    /** Whether an event is still to be routed by itself. */
    async waits(id: string): Promise<boolean> {
      const found = await collection.findOne(
        { _id: id, routeAfter: { $exists: true } },
        { projection: { _id: 1 } },
      );
      return found !== null;
    },
    findMany: (ids: readonly string[]) => collection.find({ _id: { $in: [...ids] } }).toArray(),
    /** Events whose time to be routed has come and that nobody has routed, oldest first. */
    due: (now: Date, limit: number) =>
      collection
        .find({ routeAfter: { $lte: now } })
        .sort({ routeAfter: 1 })
        .limit(limit)
        .toArray(),
    /** When events of some names happened to some customers, in no order. */
    async ofCustomers(customerIds: readonly string[], names: readonly EventName[]) {
      const found = chunks(customerIds).map((some) =>
        collection
          .find({ customerId: { $in: some }, name: { $in: [...names] } })
          .project<Pick<EventDocument, 'customerId' | 'name' | 'occurredAt'>>({
            _id: 0,
            customerId: 1,
            name: 1,
            occurredAt: 1,
          })
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** A customer's events of some names received at an instant or later, oldest first. */
    since: (customerId: string, names: readonly string[], from: Date) => search({ customerId, names, from }),
  };
}
