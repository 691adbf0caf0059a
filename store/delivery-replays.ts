import type { Collection } from 'mongodb';
import type { DeliveryDocument } from './deliveries';

/** The replays of deliveries that were given up. What was told stays until it is taken, or too old. */
export function deliveryReplays(collection: Collection<DeliveryDocument>) {
  const started = (at: Date) =>
    ({ $set: { state: 'replaying', replay: { since: at, dueAt: at, attempts: 0 }, updatedAt: at } }) as const;

  return {
    /** Begins the replay of a delivery that was given up; gives it as it stands then, null where there is none to replay. */
    async startReplay(id: string, at: Date): Promise<DeliveryDocument | null> {
      const replayable = { _id: id, state: 'failed', givenUp: { $exists: true } } as const;
      return collection.findOneAndUpdate(replayable, started(at), { returnDocument: 'after' });
    },
    /**
     * Begins the replays of what was given up to a webhook or of an alert since an instant, oldest first, of about `limit`
     * at most.
     *
     * @returns how many it began, and from when on there are more
     */
    async startReplays(
      { to, since, at }: { readonly to: string; readonly since: Date; readonly at: Date },
      limit: number,
    ): Promise<{ started: number; next?: Date }> {
      const found = await collection
        .find({ 'givenUp.at': { $gte: since }, to, state: 'failed' })
        .project<Required<Pick<DeliveryDocument, 'givenUp'>>>({ 'givenUp.at': 1 })
        .sort({ 'givenUp.at': 1 })
        .limit(limit + 1)
        .toArray();
      const last = found.slice(0, limit).at(-1)?.givenUp.at;
      if (!last) return { started: 0 };
      // Those of the same instant as the last one come along.
      const some = { 'givenUp.at': { $gte: since, $lte: last }, to, state: 'failed' } as const;
      const { modifiedCount } = await collection.updateMany(some, started(at));
      const next = found[limit]?.givenUp.at;
      return { started: modifiedCount, ...(next && { next }) };
    },
    /** Replays that are to be tried, longest due first. */
    dueReplays: (now: Date, limit: number) =>
      collection
        .find({ 'replay.dueAt': { $lte: now } })
        .sort({ 'replay.dueAt': 1 })
        .limit(limit)
        .toArray(),
    /**
     * Takes a due replay in hand until an instant, at which it is due again should nothing come of it; false where another
     * has it.
     */
    async takeReplay(
      { _id, replay }: DeliveryDocument,
      { at, until }: { readonly at: Date; readonly until: Date },
    ): Promise<boolean> {
      const { matchedCount } = await collection.updateOne(
        { _id, state: 'replaying', 'replay.dueAt': replay?.dueAt },
        { $inc: { attempts: 1, 'replay.attempts': 1 }, $set: { 'replay.dueAt': until, updatedAt: at } },
      );
      return matchedCount === 1;
    },
    /** Puts a replay off; with a reason because it was not taken. */
    async putOffReplay(
      id: string,
      { at, dueAt, ...went }: { at: Date; dueAt: Date; reason?: string; status?: number },
    ): Promise<void> {
      await collection.updateOne(
        { _id: id, state: 'replaying' },
        { $set: { ...went, 'replay.dueAt': dueAt, updatedAt: at } },
      );
    },
    /** Forgets what was told in deliveries that were given up before an instant; they can be replayed no more. */
    async forgetTold(before: Date): Promise<number> {
      const { modifiedCount } = await collection.updateMany(
        { 'givenUp.at': { $lt: before }, state: 'failed' },
        { $unset: { givenUp: '' } },
      );
      return modifiedCount;
    },
  };
}
