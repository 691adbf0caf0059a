import type { Collection, Db } from 'mongodb';
import { groupBy } from '../domain/group-by';
import type { Channel } from '../domain/messages';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { duplicates } from './duplicates';

/** The marketing contacts that were lately made with one customer. */
export interface ContactCountDocument {
  /** The customer's id. */
  readonly _id: string;
  /** Of the last week at least, oldest first. */
  contacts: Omit<Contact, 'customerId'>[];
  /** Grows with each change, so that none is made on what was read before another. */
  version: number;
  expireAt: Date;
}

/** A contact that is about to be made. */
export interface Contact {
  readonly customerId: string;
  readonly channel: Channel;
  readonly messageId: string;
  /** Local date, `YYYY-MM-DD`. */
  readonly day: string;
}

/** Most contacts, this one included. */
export interface ContactLimits {
  /** Of its channel on its day. */
  readonly perDay: number;
  /** In some weeks around that day. */
  readonly weeks: readonly {
    /** First and last local date. */
    readonly from: string;
    readonly to: string;
    /** Of its channel. */
    readonly ofChannel: number;
    readonly ofAll: number;
  }[];
  /** Contacts before this local date matter to no week any more. */
  readonly forgetBefore: string;
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

  const read = async (ids: readonly string[]): Promise<Map<string, ContactCountDocument>> => {
    const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
    return new Map((await Promise.all(found)).flat().map((document) => [document._id, document]));
  };

  /** Stores what was made with customers with whom nothing was; false where somebody did so for one of them meanwhile. */
  const insert = async (documents: ContactCountDocument[]): Promise<boolean> => {
    if (documents.length === 0) return true;
    try {
      await collection.insertMany(documents, { ordered: false });
      return true;
    } catch (error) {
      duplicates(error);
      return false;
    }
  };
  /** Puts contacts in the place of those that were read; false where one of those is not as it was read. */
  const replace = async (documents: ContactCountDocument[]): Promise<boolean> => {
    if (documents.length === 0) return true;
    const { matchedCount } = await collection.bulkWrite(
      documents.map(({ _id, version, ...rest }) => ({
        updateOne: { filter: { _id, version: version - 1 }, update: { $set: { ...rest, version } } },
      })),
      { ordered: false },
    );
    return matchedCount === documents.length;
  };

  /** Reservations that are asked for at once share their reads and writes. */
  const reservations = createBatcher(async (wishes: Wish[]) => {
    const byCustomer = groupBy(wishes, ({ contact }) => contact.customerId);
    for (;;) {
      const documents = await read([...byCustomer.keys()]);
      const reserved = new Set<Wish>();
      const [first, further]: [ContactCountDocument[], ContactCountDocument[]] = [[], []];
      for (const [customerId, own] of byCustomer) {
        const document = documents.get(customerId);
        const before = document?.contacts ?? [];
        const contacts = own.reduce(withWish, before);
        for (const wish of own) if (contacts.some(sameAs(wish.contact))) reserved.add(wish);
        if (contacts === before) continue;
        const expireAt = new Date(Math.max(...own.map((wish) => wish.expireAt.getTime())));
        const version = (document?.version ?? 0) + 1;
        (document ? further : first).push({ _id: customerId, contacts, version, expireAt });
      }
      // Where somebody was faster, what this round did write is found counted in the next.
      const written = await Promise.all([insert(first), replace(further)]);
      if (written.every(Boolean)) return wishes.map((wish) => reserved.has(wish));
    }
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
     * @param expireAt when none of the customer's contacts matters any more, if this one is the last
     * @returns whether the contact may be made
     */
    async reserve(contact: Contact, limits: ContactLimits, expireAt: Date): Promise<boolean> {
      const [isReserved = false] = await reservations.add([{ contact, limits, expireAt }]);
      return isReserved;
    },
    /** Takes back a contact that was not made. */
    async release({ customerId, messageId, day }: Contact): Promise<void> {
      await collection.updateOne(
        { _id: customerId },
        { $pull: { contacts: { messageId, day } }, $inc: { version: 1 } },
      );
    },
    /** A customer's contacts, oldest first. */
    async ofCustomer(customerId: string): Promise<Made> {
      return (await collection.findOne({ _id: customerId }))?.contacts ?? [];
    },
    /** Forgets a customer. */
    async forget(customerId: string): Promise<void> {
      await collection.deleteOne({ _id: customerId });
    },
  };
}

type Made = ContactCountDocument['contacts'];

const sameAs =
  ({ messageId, day }: Contact) =>
  (one: Made[number]): boolean =>
    one.messageId === messageId && one.day === day;

/** Whether some limits leave room for a contact beside those that were made. */
export function hasRoom(contacts: Made, { channel, day }: Contact, limits: ContactLimits): boolean {
  const onChannel = contacts.filter((one) => one.channel === channel);
  const fitsDay = onChannel.filter((one) => one.day === day).length < limits.perDay;
  return (
    fitsDay &&
    limits.weeks.every(({ from, to, ofChannel, ofAll }) => {
      const inWeek = (one: Made[number]) => one.day >= from && one.day <= to;
      return onChannel.filter(inWeek).length < ofChannel && contacts.filter(inWeek).length < ofAll;
    })
  );
}

/** Contacts with one more; the same ones where it is counted already or has no room. */
function withWish(contacts: Made, wish: Wish): Made {
  const { contact, limits } = wish;
  if (contacts.some(sameAs(contact)) || !hasRoom(contacts, contact, limits)) return contacts;
  const { messageId, channel, day } = contact;
  return [...contacts.filter((one) => one.day >= limits.forgetBefore), { messageId, channel, day }];
}
