import type { ClientSession, Collection, Db } from 'mongodb';
import type { OfferBody } from '../domain/offer-schemas';

export interface OfferDocument extends Omit<OfferBody, 'active'> {
  readonly _id: string;
  /** From `from` up to, but not at, `until`, on the customer's clock. */
  readonly active: { readonly from?: Date; readonly until?: Date };
  /** How many were taken after a decision had shown it; `stock` and `budget` are measured by it. */
  readonly taken: number;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How long, in milliseconds, a process may go on with offers that another process has changed since. */
const staleness = 2_000;

const optional = ['group', 'stock', 'budget', 'cap'] as const satisfies readonly (keyof OfferBody)[];

/** The catalogue of offers. */
export function offerCollection(db: Db) {
  const collection: Collection<OfferDocument> = db.collection('offers');
  let held: { readonly offers: Promise<OfferDocument[]>; readonly until: number } | undefined;
  const list = () => collection.find().sort({ _id: 1 }).toArray();
  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    find: (id: string) => collection.findOne({ _id: id }),
    findMany: (ids: readonly string[]) => collection.find({ _id: { $in: [...ids] } }).toArray(),
    /** All offers, by id. */
    list,
    /** All offers, by id, from memory: what this object saved shows at once, what others saved within two seconds. */
    async current(): Promise<readonly OfferDocument[]> {
      const now = Date.now();
      if (!held || held.until <= now) held = { offers: list(), until: now + staleness };
      const mine = held;
      try {
        return await mine.offers;
      } catch (error) {
        if (held === mine) held = undefined;
        throw error;
      }
    },
    /**
     * Creates an offer or replaces it. How many were taken is kept.
     *
     * @returns whether it was not there before
     */
    async save(id: string, { active: { from, until }, ...body }: OfferBody, at: Date): Promise<boolean> {
      const active = {
        ...(from === undefined ? {} : { from: new Date(from) }),
        ...(until === undefined ? {} : { until: new Date(until) }),
      };
      const absent = optional.filter((field) => body[field] === undefined);
      const { upsertedCount } = await collection.updateOne(
        { _id: id },
        {
          $set: { ...body, active, updatedAt: at },
          ...(absent.length === 0 ? {} : { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
          $setOnInsert: { taken: 0, createdAt: at },
        },
        { upsert: true },
      );
      held = undefined;
      return upsertedCount === 1;
    },
    /** Counts one more that was taken. */
    async take(id: string, session: ClientSession): Promise<void> {
      await collection.updateOne({ _id: id }, { $inc: { taken: 1 } }, { session });
      held = undefined;
    },
  };
}
