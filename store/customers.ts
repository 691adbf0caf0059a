import type { Collection, Db, Filter } from 'mongodb';
import type { CustomerClock } from '../domain/clock';
import type { Channel } from '../domain/messages';

/** Whether a person agreed to marketing on a channel, and when they said so. */
export interface ConsentDocument {
  readonly granted: boolean;
  readonly at: Date;
  readonly source: string;
}

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
  consent: Partial<Record<Channel, ConsentDocument>>;
  /** Present only for a demonstration's customers, who live faster than real time. */
  clock?: CustomerClock;
  createdAt: Date;
  updatedAt: Date;
  signedUpAt?: Date;
  erasedAt?: Date;
}

/** What a profile update may set. A field that is absent keeps its value. */
export type ProfileChange = Partial<
  Pick<
    CustomerDocument,
    'email' | 'phone' | 'firstName' | 'lastName' | 'locale' | 'timeZone' | 'signedUpAt' | 'clock'
  >
> & {
  readonly attributes?: CustomerDocument['attributes'];
  readonly consent?: CustomerDocument['consent'];
};

/** The people. Every personal value that Perene holds about somebody is here or in `messages` and `events`. */
export function customerCollection(db: Db) {
  const collection: Collection<CustomerDocument> = db.collection('customers');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { email: 1 }, sparse: true },
        { key: { phone: 1 }, sparse: true },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    findMany: (ids: readonly string[]) => collection.find({ _id: { $in: [...ids] } }).toArray(),
    /** Creates customers that do not exist and changes those that do, all in one call; later changes win. */
    async saveProfiles(changes: readonly { id: string; change: ProfileChange; at: Date }[]): Promise<void> {
      if (changes.length === 0) return;
      await collection.bulkWrite(
        changes.map(({ id, change, at }) => ({
          updateOne: {
            filter: { _id: id },
            update: { $set: { ...flatten(change), updatedAt: at }, $setOnInsert: insertDefaults(change, at) },
            upsert: true,
          },
        })),
        { ordered: true },
      );
    },
    /** Whether the customer fits a segment's filter. */
    async fits(id: string, filter: Readonly<Record<string, unknown>>): Promise<boolean> {
      const found = await collection.findOne(
        { $and: [{ _id: id }, filter as Filter<CustomerDocument>] },
        { projection: { _id: 1 } },
      );
      return found !== null;
    },
  };
}

/** Nested groups as dotted paths, so that setting one attribute leaves the others. */
function flatten({ attributes = {}, consent = {}, ...rest }: ProfileChange): Record<string, unknown> {
  const set: Record<string, unknown> = { ...rest };
  for (const [name, value] of Object.entries(attributes)) set[`attributes.${name}`] = value;
  for (const [channel, value] of Object.entries(consent)) set[`consent.${channel}`] = value;
  return set;
}

function insertDefaults(change: ProfileChange, at: Date): Record<string, unknown> {
  return {
    createdAt: at,
    ...(Object.keys(change.attributes ?? {}).length === 0 ? { attributes: {} } : {}),
    ...(Object.keys(change.consent ?? {}).length === 0 ? { consent: {} } : {}),
  };
}
