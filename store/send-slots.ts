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
    async next(channel: Channel, notBefore: number, perSecond: number): Promise<number> {
      const capacity = Math.max(1, Math.floor(perSecond));
      const stretch = Math.ceil((capacity / perSecond) * 1_000);
      let start = Math.ceil(notBefore / stretch) * stretch;
      for (;;) {
        const before = await take(channel, start);
        if (before < capacity) return start + Math.floor((before * stretch) / capacity);
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
      const capacity = Math.max(1, Math.floor(perSecond));
      const stretch = Math.ceil((capacity / perSecond) * 1_000);
      const start = Math.floor(now / stretch) * stretch;
      return (await take(provider, start)) < capacity ? null : start + stretch;
    },
  };
}
