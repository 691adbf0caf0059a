import type { Collection, Db } from 'mongodb';
import { createLookup } from './lookup';

export interface JourneyDocument {
  /** The journey's name. */
  readonly _id: string;
  pausedAt?: Date;
}

/** What is set on a journey while it runs; its definition is code. */
export function journeyCollection(db: Db) {
  const collection: Collection<JourneyDocument> = db.collection('journeys');
  const findById = createLookup(collection);
  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    /** Since when a journey is paused; undefined where it is not. */
    async pausedAt(name: string): Promise<Date | undefined> {
      return (await findById(name))?.pausedAt;
    },
    /** Names of paused journeys. */
    async paused(): Promise<Set<string>> {
      const found = await collection.find({ pausedAt: { $exists: true } }).toArray();
      return new Set(found.map(({ _id }) => _id));
    },
    async pause(name: string, at: Date): Promise<void> {
      await collection.updateOne({ _id: name }, { $set: { pausedAt: at } }, { upsert: true });
    },
    async resume(name: string): Promise<void> {
      await collection.updateOne({ _id: name }, { $unset: { pausedAt: 1 } });
    },
  };
}
