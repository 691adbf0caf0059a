import { MongoBulkWriteError, type Collection, type Db } from 'mongodb';

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
  /** When the sweeper may route it; gone once it is routed. */
  routeAfter?: Date;
  routedAt?: Date;
  /** Attempts to route it that failed. */
  routeFailures?: number;
}

/** What happened, and the outbox from which it is routed. */
export function eventCollection(db: Db) {
  const collection: Collection<EventDocument> = db.collection('events');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, receivedAt: 1 } },
        { key: { routeAfter: 1 }, partialFilterExpression: { routeAfter: { $exists: true } } },
      ]);
    },
    /** Stores events and returns the ids of those that were not there before. */
    async insert(events: readonly EventDocument[]): Promise<Set<string>> {
      const ids = new Set(events.map(({ _id }) => _id));
      if (ids.size === 0) return ids;
      try {
        await collection.insertMany(events, { ordered: false });
      } catch (error) {
        if (!(error instanceof MongoBulkWriteError)) throw error;
        const failures = [error.writeErrors].flat();
        if (failures.some(({ code }) => code !== 11_000)) throw error;
        for (const { index } of failures) {
          const repeated = events[index];
          if (repeated) ids.delete(repeated._id);
        }
      }
      return ids;
    },
    async markRouted(ids: readonly string[], at: Date): Promise<void> {
      if (ids.length === 0) return;
      await collection.updateMany(
        { _id: { $in: [...ids] } },
        { $set: { routedAt: at }, $unset: { routeAfter: 1 } },
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
    /** Events whose time to be routed has come and that nobody has routed, oldest first. */
    due: (now: Date, limit: number) =>
      collection
        .find({ routeAfter: { $lte: now } })
        .sort({ routeAfter: 1 })
        .limit(limit)
        .toArray(),
    /** A customer's events of some names received after an instant, oldest first. */
    since: (customerId: string, names: readonly string[], after: Date) =>
      collection
        .find({ customerId, name: { $in: [...names] }, receivedAt: { $gt: after } })
        .sort({ receivedAt: 1 })
        .toArray(),
  };
}
