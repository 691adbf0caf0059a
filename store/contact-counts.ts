import { MongoServerError, type Collection, type Db } from 'mongodb';
import type { Channel } from '../domain/messages';

type Counts = Partial<Record<Channel | 'all', number>>;

/** How often one customer was reached in one local week. */
export interface ContactCountDocument {
  /** `<customerId>/<week>`. */
  readonly _id: string;
  readonly customerId: string;
  inWeek: Counts;
  /** By local date. */
  inDay: Record<string, Counts>;
  /** `<day>/<messageId>` of each message counted, so that none counts twice. */
  holders: string[];
  readonly expireAt: Date;
}

/** A contact that is about to be made. */
export interface Contact {
  readonly customerId: string;
  readonly channel: Channel;
  readonly messageId: string;
  /** Local date and ISO week. */
  readonly day: string;
  readonly week: string;
}

/** Most contacts, this one included: of its channel in the day and in the week, and of all channels in the week. */
export interface ContactLimits {
  readonly perDay: number;
  readonly perWeek: number;
  readonly allPerWeek: number;
}

/** Counts of marketing contacts, and the only place where a cap is decided. */
export function contactCountCollection(db: Db) {
  const collection: Collection<ContactCountDocument> = db.collection('contact_counts');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
    },
    /**
     * Counts a contact if the limits leave room for it, in one atomic step. A message that is counted on that day
     * already is `held` and not counted again.
     *
     * @param expireAt when the week no longer matters
     */
    async reserve(
      contact: Contact,
      limits: ContactLimits,
      expireAt: Date,
    ): Promise<'reserved' | 'held' | 'capped'> {
      const { customerId, channel, day } = contact;
      const _id = documentId(contact);
      const holder = holderOf(contact);
      const fits = Object.values(limits).every((limit: number) => limit > 0);
      // A second round where two contacts were the first of the week at once: one of them met the other's document.
      for (let round = 1; fits && round <= 2; round++) {
        try {
          const { matchedCount, upsertedCount } = await collection.updateOne(
            {
              _id,
              holders: { $ne: holder },
              [`inDay.${day}.${channel}`]: { $not: { $gte: limits.perDay } },
              [`inWeek.${channel}`]: { $not: { $gte: limits.perWeek } },
              'inWeek.all': { $not: { $gte: limits.allPerWeek } },
            },
            {
              $inc: { [`inDay.${day}.${channel}`]: 1, [`inWeek.${channel}`]: 1, 'inWeek.all': 1 },
              $push: { holders: holder },
              $setOnInsert: { customerId, expireAt },
            },
            { upsert: round === 1 },
          );
          if (matchedCount + upsertedCount === 1) return 'reserved';
        } catch (error) {
          if (!(error instanceof MongoServerError) || error.code !== 11_000) throw error;
        }
      }
      const held = await collection.findOne({ _id, holders: holder }, { projection: { _id: 1 } });
      return held ? 'held' : 'capped';
    },
    /** Takes back a contact that was not made. */
    async release(contact: Contact): Promise<void> {
      const { channel, day } = contact;
      const holder = holderOf(contact);
      await collection.updateOne(
        { _id: documentId(contact), holders: holder },
        {
          $inc: { [`inDay.${day}.${channel}`]: -1, [`inWeek.${channel}`]: -1, 'inWeek.all': -1 },
          $pull: { holders: holder },
        },
      );
    },
    /** Forgets a customer. */
    async forget(customerId: string): Promise<void> {
      // Ids that begin with `<customerId>/`: the character after a slash is a nought.
      await collection.deleteMany({ _id: { $gte: `${customerId}/`, $lt: `${customerId}0` }, customerId });
    },
  };
}

const documentId = ({ customerId, week }: Contact): string => `${customerId}/${week}`;
const holderOf = ({ day, messageId }: Contact): string => `${day}/${messageId}`;
