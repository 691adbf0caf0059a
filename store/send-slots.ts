import type { Collection, Db } from 'mongodb';
import type { Channel } from '../domain/messages';

/** How many messages of a channel, or through one of several providers, are to go in a stretch of time. */
export interface SendSlotDocument {
  /** `<channel or provider>/<start of the stretch>`, epoch milliseconds. */
  readonly _id: string;
  taken: number;
  readonly expireAt: Date;
}

const hour = 3_600_000;

/**
 * What shares a rate: the messages that go on a channel, those that are to be looked at again on it, or those of one
 * broadcast that has a rate of its own.
 */
export type Lane = Channel | `held/${Channel}` | `broadcast/${string}`;

/** The places that a rate has in a stretch of time; stretches follow one another from the beginning of the epoch. */
export function placesOf(perSecond: number) {
  const capacity = Math.max(1, Math.floor(perSecond));
  /** Milliseconds. */
  const stretch = Math.ceil((capacity / perSecond) * 1_000);
  const instantOf = (start: number, place: number) => start + Math.floor((place * stretch) / capacity);
  return { capacity, stretch, instantOf };
}

/** Spreads messages that become due together, so that the end of quiet hours is no burst. */
export function sendSlotCollection(db: Db) {
  const collection: Collection<SendSlotDocument> = db.collection('send_slots');

  /** How many had taken a place before. Two steps: of two upserts at once, one may not give its document back. */
  const take = async (channel: string, start: number): Promise<number> => {
    const _id = `${channel}/${start}`;
    for (;;) {
      const slot = await collection.findOneAndUpdate(
        { _id },
        { $inc: { taken: 1 } },
        { returnDocument: 'after', projection: { taken: 1 } },
      );
      if (slot) return slot.taken - 1;
      await collection.updateOne(
        { _id },
        { $setOnInsert: { taken: 0, expireAt: new Date(start + hour) } },
        { upsert: true },
      );
    }
  };

  /** Takes places of a stretch that is under way, none before a given one. Gives the first. */
  const takeSome = async (lane: Lane, start: number, { from, count }: { from: number; count: number }) => {
    const _id = `${lane}/${start}`;
    for (;;) {
      const slot = await collection.findOneAndUpdate(
        { _id },
        [{ $set: { taken: { $add: [{ $max: ['$taken', from] }, count] } } }],
        { returnDocument: 'after', projection: { taken: 1 } },
      );
      if (slot) return slot.taken - count;
      await collection.updateOne(
        { _id },
        { $setOnInsert: { taken: 0, expireAt: new Date(start + hour) } },
        { upsert: true },
      );
    }
  };

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
    },
    /**
     * The instant for one more message: the first that is free, not before a given one. Of all instants given out for a
     * channel, no more than the rate allows fall in any one second.
     *
     * @param notBefore real epoch milliseconds
     * @param perSecond the channel's rate, above 0
     */
    async next(channel: Lane, notBefore: number, perSecond: number): Promise<number> {
      const { capacity, stretch, instantOf } = placesOf(perSecond);
      let start = Math.ceil(notBefore / stretch) * stretch;
      for (;;) {
        const before = await take(channel, start);
        if (before < capacity) return instantOf(start, before);
        // Whoever came before and found this stretch full went on too: their number tells where there may be room.
        start += Math.floor(before / capacity) * stretch;
      }
    },
    /**
     * Takes a place of a provider for a message that goes now.
     *
     * @param now real epoch milliseconds
     * @param perSecond the provider's rate, above 0
     * @returns null, or, where the places of this stretch of time are taken, the instant at which the next one begins
     */
    takeNow: async (provider: string, now: number, perSecond: number): Promise<number | null> => {
      const { capacity, stretch } = placesOf(perSecond);
      const start = Math.floor(now / stretch) * stretch;
      return (await take(provider, start)) < capacity ? null : start + stretch;
    },
    /**
     * Instants for the next messages of a lane, ascending, as many as the rate leaves room for in the stretch of time that
     * is under way or, where that is full, in the next one with room: at least one, at most `count`. They share the rate
     * with those that {@link next} gives out.
     *
     * @param notBefore real epoch milliseconds
     */
    async several(
      lane: Lane,
      notBefore: number,
      { perSecond, count }: { readonly perSecond: number; readonly count: number },
    ): Promise<number[]> {
      const { capacity, stretch, instantOf } = placesOf(perSecond);
      let start = Math.floor(notBefore / stretch) * stretch;
      for (;;) {
        const from = Math.max(0, Math.ceil(((notBefore - start) * capacity) / stretch));
        if (from < capacity) {
          const first = await takeSome(lane, start, { from, count: Math.min(count, capacity) });
          const room = Math.min(count, capacity - first);
          if (room > 0) return Array.from({ length: room }, (_, n) => instantOf(start, first + n));
        }
        start += stretch;
      }
    },
  };
}
