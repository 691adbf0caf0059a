import type { ClientSession, Collection, Db } from 'mongodb';
import { chunks } from './chunks';
import type { OfferDocument } from './offers';

/** A piece of an offer's stock or budget that nobody else can have while the customer makes up their mind. */
export interface HoldDocument {
  /** `<offerId>/<customerId>`: a customer is held one piece of an offer, however often it is shown. */
  readonly _id: string;
  readonly offerId: string;
  readonly customerId: string;
  readonly until: Date;
}

/** Why no piece could be held. */
export type Shortage = 'out-of-stock' | 'budget-spent';

const holdId = (offerId: string, customerId: string): string => `${offerId}/${customerId}`;

const used = { $add: ['$taken', { $ifNull: ['$held', 0] }] };
const inStock = { $lt: [used, { $ifNull: ['$stock', Number.MAX_SAFE_INTEGER] }] };
const inBudget = {
  $lte: [
    { $multiply: [{ $ifNull: ['$budget.cost', 0] }, { $add: [used, 1] }] },
    { $ifNull: ['$budget.total', 0] },
  ],
};

/**
 * Pieces held for customers. An offer counts its own (`held`), and each call changes count and hold in one transaction, so
 * what is taken and held together never exceeds stock or budget.
 */
export function holdCollection(db: Db) {
  const collection: Collection<HoldDocument> = db.collection('holds');
  const offers: Collection<OfferDocument> = db.collection('offers');
  const recount = (offerId: string, by: number, session: ClientSession) =>
    offers.updateOne({ _id: offerId }, { $inc: { held: by }, $set: { countedAt: new Date() } }, { session });

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { customerId: 1 } }, { key: { until: 1 } }]);
    },
    /** The offers of which a customer is held a piece. */
    async ofCustomer(customerId: string): Promise<Set<string>> {
      const found = await collection.find({ customerId }).toArray();
      return new Set(found.map(({ offerId }) => offerId));
    },
    /** Holds a piece, or goes on holding the customer's. Says what is short where none is left; nothing is changed then. */
    async take(
      { offerId, customerId, until }: Omit<HoldDocument, '_id'>,
      session: ClientSession,
    ): Promise<Shortage | null> {
      const _id = holdId(offerId, customerId);
      const { matchedCount } = await collection.updateOne({ _id }, { $max: { until } }, { session });
      if (matchedCount === 1) return null;
      const { modifiedCount } = await offers.updateOne(
        { _id: offerId, $expr: { $and: [inStock, inBudget] } },
        { $inc: { held: 1 }, $set: { countedAt: new Date() } },
        { session },
      );
      if (modifiedCount === 0) {
        const stocked = await offers.findOne({ _id: offerId, $expr: inStock }, { session });
        return stocked ? 'budget-spent' : 'out-of-stock';
      }
      await collection.insertOne({ _id, offerId, customerId, until }, { session });
      return null;
    },
    /** Ends a hold because the customer took the piece; says whether there was one. The offer's count is the caller's. */
    async end(offerId: string, customerId: string, session: ClientSession): Promise<boolean> {
      const { deletedCount } = await collection.deleteOne({ _id: holdId(offerId, customerId) }, { session });
      return deletedCount === 1;
    },
    /** Sets a customer's piece free. */
    async release(offerId: string, customerId: string, session: ClientSession): Promise<void> {
      const { deletedCount } = await collection.deleteOne({ _id: holdId(offerId, customerId) }, { session });
      if (deletedCount === 1) await recount(offerId, -1, session);
    },
    /** Holds whose time is over, the oldest first. */
    expired: (now: Date, limit: number) =>
      collection
        .find({ until: { $lte: now } })
        .sort({ until: 1 })
        .limit(limit)
        .toArray(),
    /** Sets free those of some holds whose time is still over. */
    async releaseExpired(holds: readonly HoldDocument[], now: Date, session: ClientSession): Promise<void> {
      const freed = new Map<string, number>();
      for (const [offerId, its] of byOffer(holds)) {
        for (const some of chunks(its.map(({ _id }) => _id))) {
          const over = { _id: { $in: some }, until: { $lte: now } };
          const { deletedCount } = await collection.deleteMany(over, { session });
          freed.set(offerId, (freed.get(offerId) ?? 0) + deletedCount);
        }
      }
      for (const [offerId, count] of freed) if (count > 0) await recount(offerId, -count, session);
    },
  };
}

function byOffer(holds: readonly HoldDocument[]): Map<string, HoldDocument[]> {
  const groups = new Map<string, HoldDocument[]>();
  for (const one of holds) groups.set(one.offerId, [...(groups.get(one.offerId) ?? []), one]);
  return groups;
}
