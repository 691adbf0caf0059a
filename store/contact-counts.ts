import type { Collection, Db } from 'mongodb';
import type { Channel } from '../domain/messages';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { duplicates } from './duplicates';

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

interface Wish {
  readonly contact: Contact;
  readonly limits: ContactLimits;
  readonly expireAt: Date;
}

/** Most reservations in one write. */
const reservationLimit = 100;

/** Counts of marketing contacts, and the only place where a cap is decided. */
export function contactCountCollection(db: Db) {
  const collection: Collection<ContactCountDocument> = db.collection('contact_counts');

  /** Counts those contacts that fit; the positions of those whose document exists and was not matched. */
  const count = async (wishes: readonly Wish[], upsert: boolean) => {
    if (wishes.length === 0) return { counted: 0, met: [] };
    try {
      const written = await collection.bulkWrite(
        wishes.map((wish) => ({ updateOne: { ...countingOf(wish), upsert } })),
        { ordered: false },
      );
      return { counted: written.matchedCount + written.upsertedCount, met: [] };
    } catch (error) {
      return { counted: 0, met: duplicates(error) };
    }
  };

  /** Which of some contacts are counted. */
  const counted = async (wishes: readonly Wish[]): Promise<boolean[]> => {
    const ids = [...new Set(wishes.map(({ contact }) => documentId(contact)))];
    const found = chunks(ids).map((some) =>
      collection
        .find({ _id: { $in: some } })
        .project<Pick<ContactCountDocument, '_id' | 'holders'>>({ holders: 1 })
        .toArray(),
    );
    const holders = new Map((await Promise.all(found)).flat().map((each) => [each._id, each.holders]));
    return wishes.map(
      ({ contact }) => holders.get(documentId(contact))?.includes(holderOf(contact)) ?? false,
    );
  };

  /** Reservations that are asked for at once share their writes. */
  const reservations = createBatcher(async (wishes: Wish[]) => {
    const fitting = wishes.filter(({ limits }) => Object.values(limits).every((limit: number) => limit > 0));
    const first = await count(fitting, true);
    // Two contacts that were the first of a week at once: one of them met the other's document.
    const met = first.met.flatMap((position) => fitting[position] ?? []);
    if (met.length > 0) await count(met, false);
    return first.counted === wishes.length ? wishes.map(() => true) : counted(wishes);
  }, reservationLimit);

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
    },
    /**
     * Counts a contact if the limits leave room for it, in one atomic step. A message that is counted on that day already
     * has its place and is not counted again.
     *
     * @param expireAt when the week no longer matters
     * @returns whether the contact may be made
     */
    async reserve(contact: Contact, limits: ContactLimits, expireAt: Date): Promise<boolean> {
      const [isReserved = false] = await reservations.add([{ contact, limits, expireAt }]);
      return isReserved;
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
    /** A customer's counts. */
    ofCustomer: (customerId: string) =>
      collection.find({ _id: { $gte: `${customerId}/`, $lt: `${customerId}0` }, customerId }).toArray(),
    /** Forgets a customer. */
    async forget(customerId: string): Promise<void> {
      // Ids that begin with `<customerId>/`: the character after a slash is a nought.
      await collection.deleteMany({ _id: { $gte: `${customerId}/`, $lt: `${customerId}0` }, customerId });
    },
  };
}

function countingOf({ contact, limits, expireAt }: Wish) {
  const { customerId, channel, day } = contact;
  const holder = holderOf(contact);
  return {
    filter: {
      _id: documentId(contact),
      holders: { $ne: holder },
      [`inDay.${day}.${channel}`]: { $not: { $gte: limits.perDay } },
      [`inWeek.${channel}`]: { $not: { $gte: limits.perWeek } },
      'inWeek.all': { $not: { $gte: limits.allPerWeek } },
    },
    update: {
      $inc: { [`inDay.${day}.${channel}`]: 1, [`inWeek.${channel}`]: 1, 'inWeek.all': 1 },
      $push: { holders: holder },
      $setOnInsert: { customerId, expireAt },
    },
  };
}

const documentId = ({ customerId, week }: Contact): string => `${customerId}/${week}`;
const holderOf = ({ day, messageId }: Contact): string => `${day}/${messageId}`;
