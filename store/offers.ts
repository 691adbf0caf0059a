import type { ClientSession, Collection, Db } from 'mongodb';
import type { OfferBody } from '../domain/offer-schemas';
import { chunks } from './chunks';
import { hold } from './held';

export interface OfferDocument extends Omit<OfferBody, 'active'> {
  readonly _id: string;
  /** From `from` up to, but not at, `until`, on the customer's clock. */
  readonly active: { readonly from?: Date; readonly until?: Date };
  /** How many were taken after a decision had shown it; with `held`, `stock` and `budget` are measured by it. */
  readonly taken: number;
  /** How many pieces are held for customers who were shown it (`store/holds.ts`). */
  readonly held?: number;
  /** When it was last saved; processes that hold the catalogue ask for what has changed since. */
  changedAt?: Date;
  /** When it was last taken, held or released; likewise. */
  countedAt?: Date;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

/** How far the clocks of two processes may be apart, and how often the whole catalogue is looked through nevertheless. */
const [clockTolerance, wholeEvery] = [10_000, 60_000];

/** The catalogue as a process holds it. */
export interface Catalogue {
  /** By id, as they were saved; the very same array as long as none is saved. Their counts may be old. */
  readonly offers: readonly OfferDocument[];
  /** Of each offer that has any, how many pieces are taken or held. */
  readonly used: ReadonlyMap<string, number>;
}

interface HeldCatalogue extends Catalogue {
  readonly readAt: number;
  readonly wholeAt: number;
}

type Stamp = Pick<OfferDocument, '_id' | 'changedAt' | 'taken' | 'held'>;
const stamp = { changedAt: 1, taken: 1, held: 1 } as const;

const optional = [
  'group',
  'stock',
  'budget',
  'cap',
  'holdDays',
] as const satisfies readonly (keyof OfferBody)[];

/** The catalogue of offers. */
export function offerCollection(db: Db) {
  const collection: Collection<OfferDocument> = db.collection('offers');
  const list = () => collection.find().sort({ _id: 1 }).toArray();
  const findMany = async (ids: readonly string[]): Promise<OfferDocument[]> => {
    const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
    return (await Promise.all(found)).flat();
  };

  const catalogue = hold<HeldCatalogue>(async (known) => {
    const now = Date.now();
    if (!known) {
      const offers = await list();
      return { offers, used: usedOf(offers, new Map()), readAt: now, wholeAt: now };
    }
    const whole = known.wholeAt + wholeEvery <= now;
    const after = { $gt: new Date(known.readAt - clockTolerance) };
    const filters = whole ? [{}] : [{ changedAt: after }, { countedAt: after }];
    const stamps = (
      await Promise.all(filters.map((filter) => collection.find(filter).project<Stamp>(stamp).toArray()))
    ).flat();
    const kept = whole ? onlyThose(known.offers, stamps) : known.offers;
    return {
      offers: merged(kept, await findMany(savedSince(kept, stamps))),
      used: usedOf(stamps, known.used),
      readAt: now,
      wholeAt: whole ? now : known.wholeAt,
    };
  });

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { changedAt: 1 }, sparse: true },
        { key: { countedAt: 1 }, sparse: true },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    findMany,
    /** All offers, by id. */
    list,
    /** The catalogue from memory ({@link hold}): what this object saved or counted shows at once. */
    current: (): Promise<Catalogue> => catalogue.get(),
    /** Lets the next `current` show what was counted. */
    expire: () => catalogue.expire(),
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
      catalogue.expire();
      return upsertedCount === 1;
    },
    /** Counts one more that was taken, and one less that is held where `wasHeld`. {@link expire} when it is committed. */
    async take(id: string, wasHeld: boolean, session: ClientSession): Promise<void> {
      await collection.updateOne(
        { _id: id },
        { $inc: { taken: 1, ...(wasHeld && { held: -1 }) }, $set: { countedAt: new Date() } },
        { session },
      );
    },
  };
}

function usedOf(
  counted: readonly Pick<OfferDocument, '_id' | 'taken' | 'held'>[],
  before: ReadonlyMap<string, number>,
): ReadonlyMap<string, number> {
  if (counted.length === 0) return before;
  return new Map([...before, ...counted.map(({ _id, taken, held = 0 }) => [_id, taken + held] as const)]);
}

/** The known offers that are still there; the very same array where all are. */
function onlyThose(known: readonly OfferDocument[], stamps: readonly Stamp[]): readonly OfferDocument[] {
  const ids = new Set(stamps.map(({ _id }) => _id));
  return known.every(({ _id }) => ids.has(_id)) ? known : known.filter(({ _id }) => ids.has(_id));
}

/** Ids of the offers that were saved since they were read. */
function savedSince(known: readonly OfferDocument[], stamps: readonly Stamp[]): string[] {
  const instants = new Map(known.map(({ _id, changedAt }) => [_id, changedAt?.getTime()]));
  const saved = stamps.filter(
    ({ _id, changedAt }) => !instants.has(_id) || instants.get(_id) !== changedAt?.getTime(),
  );
  return [...new Set(saved.map(({ _id }) => _id))];
}

/** A catalogue with some offers as they are now; the catalogue itself where there are none. */
function merged(offers: readonly OfferDocument[], fresh: readonly OfferDocument[]): readonly OfferDocument[] {
  if (fresh.length === 0) return offers;
  const known = new Map(offers.map((offer) => [offer._id, offer]));
  for (const offer of fresh) known.set(offer._id, offer);
  return [...known.values()].sort((a, b) => (a._id < b._id ? -1 : 1));
}
