import type { Collection, Db } from 'mongodb';

/** How customers were doing on one day, in numbers of those who were looked at: all, or a sample of them. */
export interface CustomerMeasures {
  /** The day in UTC, `YYYY-MM-DD`. */
  readonly _id: string;
  readonly at: Date;
  /** Customers looked at. */
  readonly customers: number;
  /** Of them, those who have bought. The others below are of these. */
  readonly buyers: number;
  /** Bought on more than one day. */
  readonly returning: number;
  /** Said goodbye, or drift away: expected to buy less than half of what was usual for them. */
  readonly away: number;
  /** Said goodbye. */
  readonly churned: number;
  /** What a buyer has spent on average, minor units of the business's currency. */
  readonly spent: number;
  /** What a buyer is expected to spend in the coming year, discounted; absent until purchases have taught it. */
  readonly value?: number;
}

/** How customers are doing, a document a day. */
export function measureCollection(db: Db) {
  const collection: Collection<CustomerMeasures> = db.collection('measures');
  return {
    collection,
    async ensureIndexes() {
      // The latest are found by their id.
    },
    /** Keeps what a day came to; the last look of a day stays. */
    async save({ _id, ...measures }: CustomerMeasures): Promise<void> {
      await collection.replaceOne({ _id }, measures, { upsert: true });
    },
    /** Latest first. */
    latest: (limit: number) => collection.find().sort({ _id: -1 }).limit(limit).toArray(),
  };
}
