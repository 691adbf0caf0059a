import type { Collection, Db } from 'mongodb';

/** Events that were stored together and have to be routed: one note for all of them, written before they are. */
export interface OutboxDocument {
  readonly _id: string;
  /** Some may have been stored earlier, or never. */
  readonly eventIds: readonly string[];
  /** When the sweeper of any process may take them. */
  dueAt: Date;
}

/**
 * What has to be routed, so that a crash between storing and routing loses nothing. A note stands for a whole batch of
 * events: routing an event that nobody waits for then costs no write of its own.
 */
export function outboxCollection(db: Db) {
  const collection: Collection<OutboxDocument> = db.collection('outbox');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndex({ dueAt: 1 });
    },
    async put(note: OutboxDocument): Promise<void> {
      await collection.insertOne(note);
    },
    async remove(ids: readonly string[]): Promise<void> {
      if (ids.length > 0) await collection.deleteMany({ _id: { $in: [...ids] } });
    },
    /** Keeps the sweepers of all processes from notes that one process is seeing to. */
    async lease(ids: readonly string[], until: Date): Promise<void> {
      if (ids.length > 0) await collection.updateMany({ _id: { $in: [...ids] } }, { $set: { dueAt: until } });
    },
    /** Notes whose time has come, oldest first. */
    due: (now: Date, limit: number) =>
      collection
        .find({ dueAt: { $lte: now } })
        .sort({ dueAt: 1 })
        .limit(limit)
        .toArray(),
    /** Whether an event is in a note that stands. */
    async holds(eventId: string): Promise<boolean> {
      return (await collection.findOne({ eventIds: eventId }, { projection: { _id: 1 } })) !== null;
    },
  };
}
