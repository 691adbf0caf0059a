import { Binary, type ClientSession, type Collection, type Db } from 'mongodb';
import type { CustomerClock } from '../domain/clock';
import type { Currency } from '../domain/money';
import type { Slot } from '../domain/offers';
import { chunks } from './chunks';
import { createEarliest } from './earliest';
import { isDuplicate } from './duplicates';

/** The value of one named feature. */
export type NamedFeature = readonly [name: string, value: number];

/** An offer that a decision chose. Amounts are minor units of the decision's currency. */
export interface ShownOffer {
  readonly offerId: string;
  /** Expected earnings: propensity x value x the other factors. */
  readonly score: number;
  /** Chance of acceptance that the model expected. */
  readonly propensity: number;
  readonly value: number;
  /** What the propensity was multiplied by. */
  readonly factors: {
    readonly value: number;
    readonly contextWeight: number;
    readonly lever: number;
    readonly fatigue: number;
  };
  /** Chance with which the policy put this offer at this place, and the standard error of that chance. */
  readonly probability: number;
  readonly probabilityError: number;
  /** The list was drawn uniformly, to learn. */
  readonly explored: boolean;
  /** The feature vector, without its zeros. */
  readonly features: readonly NamedFeature[];
  /** How much each feature added to the propensity, the largest first. */
  readonly contributions: readonly NamedFeature[];
}

/** What a feature may be made of. */
type InputValue = number | string | boolean | readonly string[] | null | undefined;

/** Among what a decision chose: every offer of the catalogue, and what kept it out. */
export interface Field {
  /** Id of the catalogue as it stood (`store/catalogues.ts`). */
  readonly catalogue: string;
  /** How many offers could have been chosen. */
  readonly open: number;
  /** The rules that kept offers out. */
  readonly rules: readonly string[];
  /** For each offer of the catalogue two bytes: 0 if it could have been chosen, n if `rules[n - 1]` kept it out. */
  readonly fates: Binary;
  /** For each offer of the catalogue a signed byte: the customer's affinity to it. Absent where none was known. */
  readonly affinities?: Binary;
  /**
   * Fatigue of the offers that could have been chosen: for each offer of the catalogue two bytes in `places`, 0 if it is 1, n
   * if it is `factors[n - 1]`. Absent where all are 1.
   */
  readonly fatigue?: { readonly factors: readonly number[]; readonly places: Binary };
}

/** Packs values of which many are equal, or missing: the distinct ones, and for each two bytes that say which, 0 for none. */
function pack<Value>(values: readonly (Value | undefined)[]): { distinct: Value[]; places: Binary } {
  const known = new Map<Value, number>();
  const packed = new Uint8Array(2 * values.length);
  values.forEach((value, index) => {
    if (value === undefined) return;
    const place = known.get(value) ?? known.size + 1;
    known.set(value, place);
    packed[2 * index] = place & 0xff;
    packed[2 * index + 1] = place >> 8;
  });
  return { distinct: [...known.keys()], places: new Binary(packed) };
}

/** The inverse of {@link pack}. */
function unpack<Value>(distinct: readonly Value[], places: Binary): (Value | undefined)[] {
  const packed = places.value();
  return Array.from({ length: packed.length / 2 }, (_, index) => {
    const place = (packed[2 * index] ?? 0) + 256 * (packed[2 * index + 1] ?? 0);
    return place === 0 ? undefined : distinct[place - 1];
  });
}

/** Packs what became of each offer of a catalogue; undefined stands for an offer that could have been chosen. */
export function packFates(fates: readonly (string | undefined)[]): Pick<Field, 'open' | 'rules' | 'fates'> {
  const { distinct: rules, places } = pack(fates);
  return { rules, fates: places, open: fates.filter((rule) => rule === undefined).length };
}

/** The inverse of {@link packFates}. */
export const unpackFates = ({ rules, fates }: Pick<Field, 'rules' | 'fates'>): (string | undefined)[] =>
  unpack(rules, fates);

/** Packs the fatigue of each offer of a catalogue, undefined where it is 1. */
export function packFatigue(fatigue: readonly (number | undefined)[]): Pick<Field, 'fatigue'> {
  const { distinct: factors, places } = pack(fatigue);
  return factors.length === 0 ? {} : { fatigue: { factors, places } };
}

/** The inverse of {@link packFatigue} for a catalogue of so many offers, with 1 where nothing was stored. */
export function unpackFatigue({ fatigue }: Pick<Field, 'fatigue'>, offers: number): number[] {
  const stored = fatigue ? unpack(fatigue.factors, fatigue.places) : [];
  return Array.from({ length: offers }, (_, index) => stored[index] ?? 1);
}

/** Packs a customer's affinities to the offers of a catalogue. */
export const packAffinities = (affinities: Int8Array): Binary =>
  new Binary(new Uint8Array(affinities.buffer, affinities.byteOffset, affinities.length));

/** The inverse of {@link packAffinities}; null where none was known. */
export function unpackAffinities({ affinities }: Pick<Field, 'affinities'>): Int8Array | null {
  return affinities ? Int8Array.from(affinities.value(), (byte) => (byte << 24) >> 24) : null;
}

export interface DecisionDocument {
  /** `<enrolment>/<step>` for a journey's decision, else an id of its own. */
  readonly _id: string;
  readonly customerId: string;
  readonly slot: Slot;
  readonly enrolmentId?: string;
  /** Of the control group: nothing of it was shown, and no outcome is attributed to it. */
  readonly withheld?: true;
  readonly at: Date;
  readonly clock?: CustomerClock;
  readonly currency: Currency;
  /** Version of the model; 0 is the prior. */
  readonly modelVersion: number;
  readonly policy: string;
  /** What was known of the customer and the moment: the features before they were encoded. */
  readonly input: {
    readonly customer: Readonly<Record<string, InputValue>>;
    readonly context: Readonly<Record<string, InputValue>>;
  };
  /** The chosen offers, best first. */
  readonly shown: readonly ShownOffer[];
  /** The offers that promised most, best first; of very many not all. */
  readonly candidates: readonly {
    readonly offerId: string;
    readonly propensity: number;
    readonly deviation: number;
    /** Product of the factors: what the propensity is multiplied by. */
    readonly multiplier: number;
  }[];
  readonly field: Field;
  /** Shown offers that the customer looked at. */
  readonly viewed?: readonly string[];
  /** When an offer of which nothing was heard counts as ignored; gone once that is settled. */
  settlesAt?: Date;
}

/** A decision as far as it must be known to settle it. */
export type DueDecision = Pick<DecisionDocument, '_id' | 'customerId' | 'enrolmentId'> & {
  readonly settlesAt: Date;
  readonly shown: readonly { readonly offerId: string }[];
};

/** Every choice of offers, with what it was made of. */
export function decisionCollection(db: Db) {
  const collection: Collection<DecisionDocument> = db.collection('decisions');
  const find = (id: string) => collection.findOne({ _id: id });
  const earliestDue = createEarliest<DueDecision>(({ settlesAt }) => settlesAt);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, at: -1 } },
        { key: { settlesAt: 1 }, sparse: true },
        { key: { at: 1 } },
      ]);
    },
    find,
    /**
     * Stores a decision, unless one with its id is there; gives the one that then stands.
     *
     * @param insert how it is put into the collection; a transaction may do more
     */
    async record(
      decision: DecisionDocument,
      insert: () => Promise<unknown> = () => collection.insertOne(decision),
    ): Promise<DecisionDocument> {
      try {
        await insert();
        return decision;
      } catch (error) {
        const standing = isDuplicate(error) ? await find(decision._id) : null;
        if (!standing) throw error;
        return standing;
      }
    },
    /** The customer's decisions until an instant that chose an offer, latest first, ten at most. */
    showing: (customerId: string, offerId: string, until: Date): Promise<DecisionDocument[]> =>
      collection
        .find({ customerId, 'shown.offerId': offerId, at: { $lte: until }, withheld: { $exists: false } })
        .sort({ at: -1 })
        .limit(10)
        .toArray(),
    async markViewed(id: string, offerId: string): Promise<void> {
      await collection.updateOne({ _id: id }, { $addToSet: { viewed: offerId } });
    },
    /** Decisions whose window is over and that are not settled, oldest first. */
    due: (now: Date, limit: number): Promise<DueDecision[]> =>
      earliestDue(now, limit, (from, until, most) =>
        collection
          .find({ settlesAt: { $gte: from, $lte: until } })
          .project<DueDecision>({ customerId: 1, enrolmentId: 1, settlesAt: 1, 'shown.offerId': 1 })
          .sort({ settlesAt: 1 })
          .limit(most)
          .toArray(),
      ),
    async markSettled(ids: readonly string[]): Promise<void> {
      for (const some of chunks(ids)) {
        await collection.updateMany({ _id: { $in: some } }, { $unset: { settlesAt: 1 } });
      }
    },
    /** Some decisions by their ids. */
    async findMany(ids: readonly string[]): Promise<DecisionDocument[]> {
      const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
      return (await Promise.all(found)).flat();
    },
    /** What decisions since an instant chose, latest first. */
    since: (instant: Date, limit: number): Promise<DecisionDocument[]> =>
      collection
        .find({ at: { $gte: instant }, withheld: { $exists: false } })
        .sort({ at: -1 })
        .limit(limit)
        .toArray(),
    /** The chosen offers of some decisions. */
    async shownBy(
      ids: readonly string[],
      session: ClientSession,
    ): Promise<Map<string, DecisionDocument['shown']>> {
      const found: Pick<DecisionDocument, '_id' | 'shown'>[] = [];
      for (const some of chunks(ids)) {
        const page = collection
          .find({ _id: { $in: some } }, { session })
          .project<Pick<DecisionDocument, '_id' | 'shown'>>({ shown: 1 });
        found.push(...(await page.toArray()));
      }
      return new Map(found.map(({ _id, shown }) => [_id, shown]));
    },
  };
}
