import type { Collection, Db } from 'mongodb';
import {
  broadcastGroups,
  broadcastKey,
  type Broadcast,
  type BroadcastCounts,
  type BroadcastState,
  type IdRange,
} from '../domain/broadcast';
import { isDuplicate } from './duplicates';

export interface BroadcastDocument extends Omit<Broadcast, 'id'> {
  readonly _id: string;
  state: BroadcastState;
  readonly createdAt: Date;
  /** Real instant from which on messages may go; moments before it are past. */
  readonly startsAt: Date;
  /** People in the segment when it began. */
  audience?: number;
  pausedAt?: Date;
  /** Since when no message of it goes any more. */
  endedAt?: Date;
}

/** How far one part of a broadcast has come; counted anew whenever the part is gone through again. */
interface BroadcastPart {
  /** `broadcast/<id>/<after>`. */
  readonly _id: string;
  readonly counts: BroadcastCounts;
}

/** Broadcasts and their progress. */
export function broadcastCollection(db: Db) {
  const collection: Collection<BroadcastDocument> = db.collection('broadcasts');
  const parts: Collection<BroadcastPart> = db.collection('broadcast_parts');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndex({ createdAt: -1 });
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /** The latest broadcasts, newest first. */
    latest: (limit: number) => collection.find({}).sort({ createdAt: -1 }).limit(limit).toArray(),
    /** Those that are neither completed nor cancelled. */
    open: () => collection.find({ state: { $in: ['running', 'paused'] } }).toArray(),
    /** Stores a broadcast; false where the id is taken. */
    async insert(document: BroadcastDocument): Promise<boolean> {
      try {
        await collection.insertOne(document);
        return true;
      } catch (error) {
        if (isDuplicate(error)) return false;
        throw error;
      }
    },
    /** Changes the state, if it is one of some; whether it was. */
    async change(
      id: string,
      from: readonly BroadcastState[],
      { state, at }: { readonly state: BroadcastState; readonly at: Date },
    ): Promise<boolean> {
      const isOver = state === 'cancelled' || state === 'completed';
      const { matchedCount } = await collection.updateOne(
        { _id: id, state: { $in: [...from] } },
        {
          $set: { state, ...(state === 'paused' && { pausedAt: at }), ...(isOver && { endedAt: at }) },
          ...(state !== 'paused' && { $unset: { pausedAt: 1 } }),
        },
      );
      return matchedCount === 1;
    },
    async setAudience(id: string, audience: number): Promise<void> {
      await collection.updateOne({ _id: id }, { $set: { audience } });
    },
    /** Records how far a part has come, in place of what was recorded of it before. */
    async recordPart(id: string, { after }: Pick<IdRange, 'after'>, counts: BroadcastCounts): Promise<void> {
      await parts.updateOne({ _id: partId(id, after) }, { $set: { counts } }, { upsert: true });
    },
    /** Deletes broadcasts that ended before an instant, with their progress. Returns how many there were. */
    async removeEnded(before: Date): Promise<number> {
      const over = await collection.find({ createdAt: { $lt: before }, endedAt: { $lt: before } }).toArray();
      for (const { _id } of over) {
        await parts.deleteMany({ _id: partsOf(_id) });
        await collection.deleteOne({ _id });
      }
      return over.length;
    },
    /** All parts of a broadcast together. */
    async progress(id: string): Promise<BroadcastCounts> {
      const sums = Object.fromEntries(
        broadcastGroups.map((group) => [group, { $sum: `$counts.${group}` }] as const),
      );
      const [total] = await parts
        .aggregate<Partial<BroadcastCounts>>([
          { $match: { _id: partsOf(id) } },
          { $group: { _id: null, ...sums } },
        ])
        .toArray();
      return {
        sent: total?.sent ?? 0,
        suppressed: total?.suppressed ?? 0,
        failed: total?.failed ?? 0,
        unknown: total?.unknown ?? 0,
        waiting: total?.waiting ?? 0,
      };
    },
  };
}

/** All of a broadcast's begin with `broadcast/<id>/`, and the character after a slash is a nought. */
const partId = (id: string, after: string | null): string => `${broadcastKey(id)}/${after ?? ''}`;
const partsOf = (id: string) => ({ $gte: partId(id, null), $lt: `${broadcastKey(id)}0` });
