import type { ClientSession, Collection, Db } from 'mongodb';
import type { OfferBody } from '../domain/offer-schemas';

export interface OfferDocument extends Omit<OfferBody, 'active'> {
  readonly _id: string;
  /** From `from` up to, but not at, `until`, on the customer's clock. */
  readonly active: { readonly from?: Date; readonly until?: Date };
  /** How many were taken after a decision had shown it; `stock` and `budget` are measured by it. */
  readonly taken: number;
  /** When it was last saved or taken; processes that hold the catalogue ask for what has changed since. */
  changedAt?: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How long, in milliseconds, a process may go on with offers that another process has changed since. */
const staleness = 2_000;
/** How far the clocks of two processes may be apart, and how often the whole catalogue is read nevertheless. */
const [clockTolerance, wholeEvery] = [10_000, 60_000];

/** The catalogue as a process holds it; the array is the very same as long as nothing has changed. */
interface Held {
  readonly offers: readonly OfferDocument[];
  readonly readAt: number;
  readonly wholeAt: number;
}

const optional = ['group', 'stock', 'budget', 'cap'] as const satisfies readonly (keyof OfferBody)[];

/** The catalogue of offers. */
export function offerCollection(db: Db) {
  const collection: Collection<OfferDocument> = db.collection('offers');
  let held: { readonly catalogue: Promise<Held>; readonly until: number } | undefined;
  const list = () => collection.find().sort({ _id: 1 }).toArray();

  async function refreshed(known: Held | null): Promise<Held> {
    const now = Date.now();
    if (!known || known.wholeAt + wholeEvery <= now) {
      return { offers: await list(), readAt: now, wholeAt: now };
    }
    const since = new Date(known.readAt - clockTolerance);
    const changed = await collection.find({ changedAt: { $gt: since } }).toArray();
    return { ...known, readAt: now, offers: merged(known.offers, changed) };
  }

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { changedAt: 1 }, sparse: true }]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    findMany: (ids: readonly string[]) => collection.find({ _id: { $in: [...ids] } }).toArray(),
    /** All offers, by id. */
    list,
    /** All offers, by id, from memory: what this object saved shows at once, what others saved within two seconds. */
    async current(): Promise<readonly OfferDocument[]> {
      const now = Date.now();
      if (!held || held.until <= now) {
        const known = held ? held.catalogue.catch(() => null) : Promise.resolve(null);
        held = { catalogue: known.then(refreshed), until: now + staleness };
      }
      const mine = held;
      try {
        return (await mine.catalogue).offers;
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
          $set: { ...body, active, updatedAt: at, changedAt: new Date() },
          ...(absent.length === 0 ? {} : { $unset: Object.fromEntries(absent.map((field) => [field, 1])) }),
          $setOnInsert: { taken: 0, createdAt: at },
        },
        { upsert: true },
      );
      held = held && { ...held, until: 0 };
      return upsertedCount === 1;
    },
    /** Counts one more that was taken. */
    async take(id: string, session: ClientSession): Promise<void> {
      const update = { $inc: { taken: 1 }, $set: { changedAt: new Date() } };
      await collection.updateOne({ _id: id }, update, { session });
      held = held && { ...held, until: 0 };
    },
  };
}

/** A catalogue with some offers as they are now; the catalogue itself where that changes nothing. */
function merged(
  offers: readonly OfferDocument[],
  changed: readonly OfferDocument[],
): readonly OfferDocument[] {
  const known = new Map(offers.map((offer) => [offer._id, offer]));
  const fresh = changed.filter((offer) => {
    const before = known.get(offer._id);
    return before?.changedAt?.getTime() !== offer.changedAt?.getTime() || before?.taken !== offer.taken;
  });
  if (fresh.length === 0) return offers;
  for (const offer of fresh) known.set(offer._id, offer);
  return [...known.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
}
