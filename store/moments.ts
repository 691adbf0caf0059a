import type { ClientSession, Collection, Db } from 'mongodb';
import { chunks } from './chunks';
import { createLookup } from './lookup';

/** What messages at one local hour on one channel came to. Older ones count less, so these are no whole numbers. */
export interface StoredMomentCount {
  readonly channel: string;
  readonly hour: number;
  readonly sent: number;
  readonly answered: number;
}

/** When and how one customer answers. */
export interface MomentsDocument {
  /** The customer's id. */
  readonly _id: string;
  readonly counts: readonly StoredMomentCount[];
  /** The instant up to which the counts were discounted. */
  readonly faded: Date;
  readonly expireAt: Date;
}

/** How long, in milliseconds, counts are kept after the last message that they learned from: they weigh nothing by then. */
const keep = 730 * 86_400_000;

/** What the best time knows of each customer. */
export function momentCollection(db: Db) {
  const collection: Collection<MomentsDocument> = db.collection('moments');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
    },
    /** A customer's counts; null where nothing was learned. */
    find: createLookup(collection),
    /** The counts of some customers, by their ids. */
    async findMany(ids: readonly string[], session: ClientSession): Promise<Map<string, MomentsDocument>> {
      const found: MomentsDocument[] = [];
      for (const some of chunks(ids)) {
        found.push(...(await collection.find({ _id: { $in: some } }, { session }).toArray()));
      }
      return new Map(found.map((document) => [document._id, document]));
    },
    /** Puts the counts of some customers in the place of those before. */
    async saveMany(
      documents: readonly Omit<MomentsDocument, 'expireAt'>[],
      session: ClientSession,
    ): Promise<void> {
      if (documents.length === 0) return;
      await collection.bulkWrite(
        documents.map(({ _id, ...rest }) => ({
          replaceOne: {
            filter: { _id },
            replacement: { ...rest, expireAt: new Date(rest.faded.getTime() + keep) },
            upsert: true,
          },
        })),
        { session, ordered: false },
      );
    },
    /** Forgets a customer. */
    async forget(customerId: string): Promise<void> {
      await collection.deleteOne({ _id: customerId });
    },
  };
}
