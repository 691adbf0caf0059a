import type { Collection, Db } from 'mongodb';

/** Events that have to be routed: one note for all that were stored together, written before they are. */
export interface OutboxDocument {
  readonly _id: string;
  /** Some may have been stored and routed earlier, or never stored. */
  readonly eventIds: readonly string[];
  /** When the sweeper of any process may take them. */
  dueAt: Date;
  /** How often routing them was put off. */
  readonly failures?: number;
}

/**
 * What has to be routed, so that a crash between storing and routing loses nothing. A note stands for a whole batch of
 * events: routing one that nobody waits for costs no write of its own.
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
    /** Writes notes of events that could not be routed now; one with an id that is there replaces it. */
    async putOff(notes: readonly OutboxDocument[]): Promise<void> {
      if (notes.length === 0) return;
      await collection.bulkWrite(
        notes.map(({ _id, ...rest }) => ({
          replaceOne: { filter: { _id }, replacement: rest, upsert: true },
        })),
        { ordered: false },
      );
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
