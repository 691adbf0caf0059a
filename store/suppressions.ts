import { createHash } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { Channel, Topic } from '../domain/messages';
import { createLookup } from './lookup';
import { isDuplicate } from './duplicates';

/** Why nothing at all may be sent to an address. */
export type BlockReason = 'hard-bounce' | 'complaint' | 'stopped' | 'invalid' | 'erased';

/** What is not to be sent to one address. It outlives the customer, so it holds a hash and no address. */
export interface SuppressionDocument {
  /** `<channel>:<SHA-256 of the address>`. */
  readonly _id: string;
  /** Nothing may be sent, transactional messages neither: each reason, and since when. Absent where there is none. */
  blocked?: Partial<Record<BlockReason, Date>>;
  /** Since when the person wants no marketing on a topic, or on any. */
  unsubscribed?: Partial<Record<Topic | 'all', Date>>;
  updatedAt: Date;
}

/** An address on a channel: an e-mail address in any case, or a phone number in E.164. */
export interface Address {
  readonly channel: Channel;
  readonly address: string;
}

/** Addresses to which something must not be sent. */
export function suppressionCollection(db: Db) {
  const collection: Collection<SuppressionDocument> = db.collection('suppressions');
  const findById = createLookup(collection);

  async function block(_id: string, reason: BlockReason, at: Date): Promise<boolean> {
    try {
      const { upsertedCount, matchedCount } = await collection.updateOne(
        { _id, [`blocked.${reason}`]: { $exists: false } },
        { $set: { updatedAt: at, [`blocked.${reason}`]: at } },
        { upsert: true },
      );
      return upsertedCount + matchedCount > 0;
    } catch (error) {
      if (!isDuplicate(error)) throw error;
      const blocked = await collection.findOne({ _id, [`blocked.${reason}`]: { $exists: true } });
      // Where it is not, the document that was in the way came for another reason, and is there now.
      return blocked === null ? block(_id, reason, at) : false;
    }
  }

  return {
    collection,
    async ensureIndexes() {
      await Promise.resolve();
    },
    find: (address: Address) => findById(suppressionId(address)),
    /**
     * Blocks an address for everything.
     *
     * @returns whether it was not blocked for this reason before; of several calls at once, one is told so
     */
    block: (address: Address, reason: BlockReason, at: Date) => block(suppressionId(address), reason, at),
    /** The same by the id under which an address is suppressed. */
    blockId: block,
    /** Takes back one reason for a block, as when the person asks for messages again; another reason still holds. Returns whether there was one. */
    async unblock(address: Address, reason: BlockReason, at: Date): Promise<boolean> {
      const _id = suppressionId(address);
      const { modifiedCount } = await collection.bulkWrite([
        {
          updateOne: {
            filter: { _id, [`blocked.${reason}`]: { $exists: true } },
            update: { $set: { updatedAt: at }, $unset: { [`blocked.${reason}`]: 1 } },
          },
        },
        { updateOne: { filter: { _id, blocked: {} }, update: { $unset: { blocked: 1 } } } },
      ]);
      return modifiedCount > 0;
    },
    /** Stops marketing on a topic, or on every one. */
    async unsubscribe(address: Address, topic: Topic | 'all', at: Date): Promise<void> {
      await collection.updateOne(
        { _id: suppressionId(address) },
        { $set: { updatedAt: at }, $min: { [`unsubscribed.${topic}`]: at } },
        { upsert: true },
      );
    },
    /** Allows marketing on a topic again; on `all`, whatever was stopped for every topic at once. */
    async resubscribe(address: Address, topic: Topic | 'all', at: Date): Promise<void> {
      await collection.updateOne(
        { _id: suppressionId(address) },
        { $set: { updatedAt: at }, $unset: { [`unsubscribed.${topic}`]: 1 } },
      );
    },
  };
}

/** The id under which an address is suppressed. */
export function suppressionId({ channel, address }: Address): string {
  const canonical = channel === 'email' ? address.trim().toLowerCase() : address;
  return `${channel}:${createHash('sha256').update(canonical).digest('base64url')}`;
}
