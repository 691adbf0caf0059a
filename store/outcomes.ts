import type { ClientSession, Collection, Db } from 'mongodb';
import { chunks } from './chunks';

/** What became of a shown offer, the weakest first: nothing, a refusal, an acceptance. A stronger one replaces a weaker. */
export const outcomeKinds = ['ignored', 'dismissed', 'accepted'] as const;
export type OutcomeKind = (typeof outcomeKinds)[number];

export interface OutcomeDocument {
  /** `<decisionId>/<offerId>`: a shown offer has one outcome. */
  readonly _id: string;
  readonly decisionId: string;
  readonly offerId: string;
  readonly customerId: string;
  readonly kind: OutcomeKind;
  /** 1 for an acceptance, else 0. */
  readonly reward: 0 | 1;
  /** When it was recorded. */
  readonly at: Date;
  readonly eventId?: string;
  /** Since when it waits to be folded into the model, in whose order; gone once it is. */
  readonly pendingSince?: Date;
  readonly folded?: Folded;
}

/** How the model holds an outcome. */
export interface Folded {
  readonly reward: 0 | 1;
  /** The version that first held this reward, and the one that first held any. */
  readonly version: number;
  readonly since: number;
  /** The instant up to which that version was discounted: an outcome counts whole there, less as time goes on. */
  readonly at: Date;
}

export const outcomeId = (decisionId: string, offerId: string): string => `${decisionId}/${offerId}`;

/** An outcome that the model holds. */
export type HeldOutcome = OutcomeDocument & { readonly folded: Folded };

/** As a range, which a sparse index serves. */
const isPending = { pendingSince: { $gt: new Date(0) } };

/** What became of the offers that were shown, and the queue from which the model learns. */
export function outcomeCollection(db: Db) {
  const collection: Collection<OutcomeDocument> = db.collection('outcomes');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { pendingSince: 1 }, sparse: true },
        { key: { customerId: 1, kind: 1 } },
        { key: { 'folded.at': 1 }, sparse: true },
      ]);
    },
    /**
     * Records an outcome unless one at least as strong is there. One that changes the reward waits to be folded in,
     * or to be corrected where the model has learned the weaker one. Call it in a transaction.
     *
     * @returns whether it was recorded
     */
    async record(
      outcome: Omit<OutcomeDocument, '_id' | 'reward' | 'pendingSince' | 'folded'>,
      session: ClientSession,
    ): Promise<boolean> {
      const _id = outcomeId(outcome.decisionId, outcome.offerId);
      const standing = await collection.findOne({ _id }, { session });
      if (standing && outcomeKinds.indexOf(standing.kind) >= outcomeKinds.indexOf(outcome.kind)) return false;
      const reward = outcome.kind === 'accepted' ? 1 : 0;
      const { folded } = standing ?? {};
      await collection.replaceOne(
        { _id },
        {
          ...outcome,
          reward,
          ...(folded ? { folded } : {}),
          ...(folded?.reward === reward ? {} : { pendingSince: standing?.pendingSince ?? outcome.at }),
        },
        { upsert: true, session },
      );
      return true;
    },
    /** Records that nothing was heard of some shown offers; those that have an outcome keep theirs. */
    async recordIgnored(
      shown: readonly { decisionId: string; offerId: string; customerId: string }[],
      at: Date,
    ): Promise<void> {
      if (shown.length === 0) return;
      await collection.bulkWrite(
        shown.map((offer) => ({
          updateOne: {
            filter: { _id: outcomeId(offer.decisionId, offer.offerId) },
            update: { $setOnInsert: { ...offer, kind: 'ignored', reward: 0, at, pendingSince: at } },
            upsert: true,
          },
        })),
        { ordered: false },
      );
    },
    /** Outcomes that wait to be folded in, in their order. */
    pending: (limit: number, session: ClientSession) =>
      collection.find(isPending, { session }).sort({ pendingSince: 1, _id: 1 }).limit(limit).toArray(),
    /** Whether any outcome waits to be folded in. */
    async anyPending(): Promise<boolean> {
      const found = await collection.findOne(isPending, { projection: { _id: 1 } });
      return found !== null;
    },
    async markFolded(
      outcomes: readonly OutcomeDocument[],
      { version, at }: { readonly version: number; readonly at: Date },
      session: ClientSession,
    ): Promise<void> {
      const corrected = outcomes.filter(({ folded }) => folded);
      const fresh = outcomes.filter(({ folded }) => !folded);
      for (const reward of [0, 1] as const) {
        const ids = fresh.filter((outcome) => outcome.reward === reward).map(({ _id }) => _id);
        for (const some of chunks(ids)) {
          await collection.updateMany(
            { _id: { $in: some } },
            { $set: { folded: { reward, version, since: version, at } }, $unset: { pendingSince: 1 } },
            { session },
          );
        }
      }
      // A corrected outcome keeps its instant: it counts as little as what it corrects.
      for (const { _id, reward } of corrected) {
        await collection.updateOne(
          { _id },
          { $set: { 'folded.reward': reward, 'folded.version': version }, $unset: { pendingSince: 1 } },
          { session },
        );
      }
    },
    /** Outcomes that the model holds with their present reward, the latest `limit` since an instant, oldest first. */
    async held(since: Date, limit: number): Promise<HeldOutcome[]> {
      const found = await collection
        .find({ 'folded.at': { $gte: since } })
        .sort({ 'folded.at': -1 })
        .limit(limit)
        .toArray();
      return found
        .flatMap((outcome) => (outcome.folded ? [{ ...outcome, folded: outcome.folded }] : []))
        .reverse();
    },
    /** Outcomes whose present reward only versions after one hold. */
    async heldAfter(version: number, since: Date, session: ClientSession): Promise<HeldOutcome[]> {
      const found = await collection
        .find({ 'folded.at': { $gte: since }, 'folded.version': { $gt: version } }, { session })
        .toArray();
      return found.flatMap((outcome) => (outcome.folded ? [{ ...outcome, folded: outcome.folded }] : []));
    },
    /** Some outcomes by their ids. */
    async findMany(ids: readonly string[]): Promise<OutcomeDocument[]> {
      const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
      return (await Promise.all(found)).flat();
    },
    /** Offers that customers accepted since an instant, in no order, as far as the model holds them. */
    acceptedSince: (since: Date) =>
      collection
        .find({ 'folded.at': { $gte: since }, kind: 'accepted' })
        .project<Pick<OutcomeDocument, 'customerId' | 'offerId'>>({ _id: 0, customerId: 1, offerId: 1 }),
    /** What a customer accepted, in no order. */
    accepted: (customerId: string) =>
      collection
        .find({ customerId, kind: 'accepted' })
        .project<Pick<OutcomeDocument, 'decisionId' | 'offerId' | 'at'>>({ decisionId: 1, offerId: 1, at: 1 })
        .toArray(),
  };
}
