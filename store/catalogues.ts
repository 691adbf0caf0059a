import { createHash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { OfferDocument } from './offers';

/** An offer as far as a decision depends on it. */
export type CatalogueEntry = Pick<
  OfferDocument,
  '_id' | 'price' | 'value' | 'features' | 'lever' | 'slotWeights'
>;

/** The catalogue as it stood for some decisions, which name it instead of repeating it. */
export interface CatalogueDocument {
  /** A digest of its entries. */
  readonly _id: string;
  /** In the order in which decisions count them. */
  readonly offers: readonly CatalogueEntry[];
  /** A day on which decisions were made on it. */
  readonly usedAt: Date;
}

const day = 86_400_000;

/** What a decision must be able to look up later of the offers it was made among. */
export function catalogueOf(offers: readonly OfferDocument[]): Omit<CatalogueDocument, 'usedAt'> {
  const entries = offers.map(({ _id, price, value, features, lever, slotWeights }) => {
    return { _id, price, value, features, lever, slotWeights };
  });
  const digest = createHash('sha256').update(JSON.stringify(entries)).digest('base64url');
  return { _id: digest.slice(0, 22), offers: entries };
}

/** Catalogues as they stood. */
export function catalogueCollection(db: Db) {
  const collection: Collection<CatalogueDocument> = db.collection('catalogues');
  const kept = new Map<string, number>();
  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    /** Stores a catalogue unless it is there. Costs a write once a day. */
    async keep({ _id, offers }: Omit<CatalogueDocument, 'usedAt'>, at: Date): Promise<void> {
      const last = kept.get(_id);
      if (last !== undefined && Math.abs(at.getTime() - last) < day) return;
      const update = { $max: { usedAt: at }, $setOnInsert: { offers } };
      await collection.updateOne({ _id }, update, { upsert: true });
      kept.set(_id, at.getTime());
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /** Forgets catalogues on which no decision was made since an instant. */
    async forgetBefore(instant: Date): Promise<void> {
      await collection.deleteMany({ usedAt: { $lt: instant } });
    },
  };
}
