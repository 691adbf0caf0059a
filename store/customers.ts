import type { ClientSession, Collection, Db, Filter } from 'mongodb';
import type { IdRange } from '../domain/broadcast';
import type { CustomerClock } from '../domain/clock';
import type { Consent } from '../domain/consent';
import { attributesAtOnce } from '../domain/customer-schemas';
import type { Channel } from '../domain/messages';
import { chunks } from './chunks';
import type { ConsentHead } from './consent-chain';
import { duplicates } from './duplicates';
import { customerRanges, readOn } from './id-ranges';
import { latestFirst } from './latest-first';
import { createLookup } from './lookup';

export interface CustomerDocument {
  readonly _id: string;
  email?: string;
  /** E.164 where it could be read as a phone number. */
  phone?: string;
  firstName?: string;
  lastName?: string;
  locale?: string;
  timeZone?: string;
  attributes: Record<string, string | number | boolean | null>;
  /** What stands of the statements in the ledger of consent; written with it, and by nothing else. */
  consent: Partial<Record<Channel, Consent>>;
  /** The end of the ledger's chain; absent before the first statement. */
  consentHead?: ConsentHead;
  /** Digests of addresses that were theirs before, as they are suppressed: who is erased is erased there too. */
  formerAddresses?: readonly string[];
  /** Present only for a demonstration's customers, who live faster than real time. */
  clock?: CustomerClock;
  createdAt: Date;
  updatedAt: Date;
  signedUpAt?: Date;
  /** False: the person does not want it recorded that they open or click what they are sent. */
  tracking?: boolean;
  erasedAt?: Date;
}

/** What a profile update may set; consent is changed by `recordConsents` alone. A field that is absent keeps its value. */
export type ProfileChange = Partial<
  Pick<
    CustomerDocument,
    'email' | 'phone' | 'firstName' | 'lastName' | 'locale' | 'timeZone' | 'signedUpAt' | 'clock' | 'tracking'
  >
> & {
  readonly attributes?: CustomerDocument['attributes'];
};

/** A change to one customer. */
export interface CustomerChange {
  readonly id: string;
  readonly change: ProfileChange;
  readonly at: Date;
}

/** What stands of a customer's consent after an act, and the profile that came with it. */
export interface ConsentChange {
  readonly id: string;
  readonly profile: ProfileChange;
  readonly consent: CustomerDocument['consent'];
  /** What to add to the former addresses. */
  readonly left: readonly string[];
  /** The ends of the chain before and after. */
  readonly before: ConsentHead | undefined;
  readonly head: ConsentHead | undefined;
  readonly at: Date;
}

/** One order that a customer placed. */
export interface OrderCount {
  readonly id: string;
  readonly amount: number;
  readonly at: Date;
}

/** The people. Every personal value that Perene holds about somebody is here or in `messages` and `events`. */
export function customerCollection(db: Db, ranges = customerRanges(db)) {
  const collection: Collection<CustomerDocument> = db.collection('customers');
  const walk = (filter: SegmentFilter, range: IdRange, limit: number): Promise<Walked[]> =>
    collection
      .find(inRange(filter, range))
      .project<Walked>({ clock: 1 })
      .sort({ _id: 1 })
      .limit(limit)
      .toArray();
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { email: 1 }, sparse: true },
        { key: { phone: 1 }, sparse: true },
        { key: { createdAt: -1 } },
        // For ranges of ids: the embedded server looks through the whole collection without it.
        { key: { _id: 1, erasedAt: 1 } },
      ]);
    },
    find: createLookup(collection),
    async findMany(ids: readonly string[]): Promise<CustomerDocument[]> {
      const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
      return (await Promise.all(found)).flat();
    },
    /** The same as a part of a transaction. */
    async findWithin(ids: readonly string[], session: ClientSession): Promise<CustomerDocument[]> {
      const found: CustomerDocument[] = [];
      for (const some of chunks(ids)) {
        found.push(...(await collection.find({ _id: { $in: some } }, { session }).toArray()));
      }
      return found;
    },
    /** The attributes of some customers; of those who are not there, none. */
    async attributesOf(ids: readonly string[]): Promise<Map<string, CustomerDocument['attributes']>> {
      const found = chunks(ids).map((some) =>
        collection
          .find({ _id: { $in: some } })
          .project<Pick<CustomerDocument, '_id' | 'attributes'>>({ attributes: 1 })
          .toArray(),
      );
      return new Map((await Promise.all(found)).flat().map(({ _id, attributes }) => [_id, attributes]));
    },
    /** Everybody with a telephone number. */
    withPhone: (phone: string) => collection.find({ phone }).toArray(),
    /** Everybody with an e-mail address, as it is written or in small letters. */
    withEmail: (email: string) =>
      collection.find({ email: { $in: [...new Set([email, email.toLowerCase()])] } }).toArray(),
    /** Those who came last, latest first. */
    latest: (limit: number, now: Date): Promise<CustomerDocument[]> =>
      latestFirst({ now, limit }, (createdAt) =>
        collection.find({ createdAt }).sort({ createdAt: -1 }).limit(limit).toArray(),
      ),
    /** Saves profiles with what stands of consent, and creates those who are not there, as a part of a transaction. */
    async saveConsents(changes: readonly ConsentChange[], session: ClientSession): Promise<void> {
      if (changes.length === 0) return;
      await collection.bulkWrite(changes.flatMap(withConsent), { session });
    },
    /**
     * Creates customers that do not exist and changes those that do, all in one call; later changes win. A change that
     * carries `signedUpAt` is a signup: of somebody who has signed up already it changes nothing. Customers who were
     * erased stay as they are.
     */
    async saveProfiles(changes: readonly CustomerChange[]): Promise<void> {
      const merged = mergeChanges(changes).flatMap(inParts);
      if (merged.length === 0) return;
      try {
        await collection.bulkWrite(merged.map(upsert), { ordered: false });
      } catch (error) {
        const taken = duplicates(error).flatMap((index) => merged[index] ?? []);
        await collection.bulkWrite(
          taken.map((change) => ({ updateOne: { ...upsert(change).updateOne, upsert: false } })),
          { ordered: false },
        );
      }
    },
    /** Adds to what customers have ordered; amounts in minor units. */
    async countOrders(orders: readonly OrderCount[], session: ClientSession): Promise<void> {
      if (orders.length === 0) return;
      await collection.bulkWrite(
        orders.map(({ id, amount, at }) => ({
          updateOne: {
            filter: { _id: id },
            update: {
              $inc: { 'attributes.orders': 1, 'attributes.spent': amount },
              $set: { updatedAt: at },
              $setOnInsert: { createdAt: at, consent: {} },
            },
            upsert: true,
          },
        })),
        { session },
      );
    },
    /**
     * Blanks everything about a person and leaves a stone with their id, so that later changes to them are refused; also
     * for somebody of whom only events are known.
     */
    async erase(id: string, at: Date): Promise<void> {
      await collection.updateOne(
        { _id: id },
        [
          {
            $replaceWith: {
              _id: '$_id',
              attributes: { $literal: {} },
              consent: { $literal: {} },
              consentHead: '$consentHead',
              createdAt: { $ifNull: ['$createdAt', at] },
              updatedAt: at,
              erasedAt: { $ifNull: ['$erasedAt', at] },
            },
          },
        ],
        { upsert: true },
      );
    },
    /** The next customers by id who are not erased, after a given one; from the first on where it is null. */
    page: (after: string | null, limit: number) =>
      readOn(ranges, { after, until: null }, limit, (part, most) => walk({}, part, most)),
    /**
     * Those of the next customers by id, after a given one, who fit a segment's filter and are not erased: so many of some
     * thousand customers, and where to go on behind them; null when that was all.
     */
    async fitting(
      filter: SegmentFilter,
      after: string | null,
      limit: number,
    ): Promise<{ readonly people: readonly Walked[]; readonly next: string | null }> {
      const until = await ranges.endBehind(after);
      const people = await walk(filter, { after, until }, limit);
      return { people, next: people.length < limit ? until : (people.at(-1)?._id ?? null) };
    },
    /** The next people by id of a segment, within a range, who are not erased. */
    pageOf: (filter: SegmentFilter, range: IdRange, limit: number) =>
      readOn(ranges, range, limit, (part, most) =>
        collection.find(inRange(filter, part)).sort({ _id: 1 }).limit(most).toArray(),
      ),
    /** The same people's ids alone. */
    idsOf: (filter: SegmentFilter, range: IdRange, limit: number): Promise<string[]> =>
      readOn(ranges, range, limit, async (part, most) => {
        const found = await collection
          .find(inRange(filter, part))
          .project<{ _id: string }>({ _id: 1 })
          .sort({ _id: 1 })
          .limit(most)
          .toArray();
        return found.map(({ _id }) => _id);
      }),
    /** How many people are in a segment. Looks at all customers. */
    countOf: (filter: SegmentFilter) =>
      collection.countDocuments(inRange(filter, { after: null, until: null })),
    /** Whether the customer fits a segment's filter. */
    async fits(id: string, filter: Readonly<Record<string, unknown>>): Promise<boolean> {
      const found = await collection.findOne(
        { ...(filter as Filter<CustomerDocument>), _id: id },
        {
          projection: { _id: 1 },
        },
      );
      return found !== null;
    },
  };
}

/** Somebody whom a sweep comes by. */
type Walked = Pick<CustomerDocument, '_id' | 'clock'>;

/** What a segment is made of; see `domain/segments.ts`. */
export type SegmentFilter = Readonly<Record<string, unknown>>;

function inRange(filter: SegmentFilter, { after, until }: IdRange): Filter<CustomerDocument> {
  const _id = { ...(after !== null && { $gt: after }), ...(until !== null && { $lte: until }) };
  return {
    ...(filter as Filter<CustomerDocument>),
    erasedAt: { $exists: false },
    ...(Object.keys(_id).length > 0 && { _id }),
  };
}

/** One change a customer: the first signup of each, then the sum of the rest. */
function mergeChanges(changes: readonly CustomerChange[]): CustomerChange[] {
  const signups = new Map<string, CustomerChange>();
  const updates = new Map<string, CustomerChange>();
  for (const next of changes) {
    if (next.change.signedUpAt !== undefined) {
      if (!signups.has(next.id)) signups.set(next.id, next);
      continue;
    }
    const before = updates.get(next.id)?.change;
    const change: ProfileChange = {
      ...before,
      ...next.change,
      attributes: Object.assign(before?.attributes ?? {}, next.change.attributes),
    };
    updates.set(next.id, { ...next, change });
  }
  return [...signups.values(), ...updates.values()];
}

/** Attributes in lots that one update can set. */
function attributeLots(attributes: CustomerDocument['attributes'] = {}): CustomerDocument['attributes'][] {
  const entries = Object.entries(attributes);
  if (entries.length <= attributesAtOnce) return [attributes];
  const lots = Math.ceil(entries.length / attributesAtOnce);
  return Array.from({ length: lots }, (_, n) =>
    Object.fromEntries(entries.slice(n * attributesAtOnce, (n + 1) * attributesAtOnce)),
  );
}

/** A change in as many as its attributes need, which may come in any order. A signup, being one call, stays whole. */
function inParts({ change, ...rest }: CustomerChange): CustomerChange[] {
  return attributeLots(change.attributes).map((attributes, n) => ({
    ...rest,
    change: n === 0 ? { ...change, attributes } : { attributes },
  }));
}

const upsert = ({ id, change, at }: CustomerChange) => ({
  updateOne: {
    filter: {
      _id: id,
      erasedAt: { $exists: false },
      ...(change.signedUpAt !== undefined && { signedUpAt: { $exists: false } }),
    },
    update: { $set: { ...flatten(change), updatedAt: at }, $setOnInsert: insertDefaults(change, at) },
    upsert: true,
  },
});

/** Nested groups as dotted paths, so that setting one attribute leaves the others. */
function flatten({ attributes = {}, ...rest }: ProfileChange): Record<string, unknown> {
  const set: Record<string, unknown> = { ...rest };
  for (const [name, value] of Object.entries(attributes)) set[`attributes.${name}`] = value;
  return set;
}

const withConsent = ({ id, profile, consent, left, before, head, at }: ConsentChange) => {
  const [attributes = {}, ...more] = attributeLots(profile.attributes);
  const first = {
    updateOne: {
      // Another writer's entries since then make this one fail, and the transaction with it.
      filter: {
        _id: id,
        ...(before ? { 'consentHead.hash': before.hash } : { consentHead: { $exists: false } }),
      },
      update: {
        $set: {
          ...flatten({ ...profile, attributes }),
          consent,
          ...(head && { consentHead: head }),
          updatedAt: at,
        },
        ...(left.length > 0 && { $addToSet: { formerAddresses: { $each: [...left] } } }),
        $setOnInsert: {
          createdAt: at,
          ...(Object.keys(profile.attributes ?? {}).length === 0 && { attributes: {} }),
        },
      },
      upsert: true,
    },
  };
  const others = more.map((lot) => ({
    updateOne: { filter: { _id: id }, update: { $set: flatten({ attributes: lot }) } },
  }));
  return [first, ...others];
};

function insertDefaults(change: ProfileChange, at: Date): Record<string, unknown> {
  return {
    createdAt: at,
    ...(Object.keys(change.attributes ?? {}).length === 0 ? { attributes: {} } : {}),
    consent: {},
  };
}
