import type { Collection, Db } from 'mongodb';
import {
  deliveryStates,
  type DeliveryResult,
  type DeliveryState,
  type DeliverySuppression,
} from '../domain/deliveries';
import { chunks } from './chunks';
import { deliveryReplays } from './delivery-replays';
import { durable } from './durable';
import { duplicates } from './duplicates';
import { latestFirst } from './latest-first';

/** A call to another system, or an alert to the team, that a step of a journey asked for. */
export interface DeliveryDocument {
  /** `<enrolment>/<step>`, and for the call of an alert `~webhook` behind it. */
  readonly _id: string;
  readonly customerId: string;
  readonly enrolmentId: string;
  readonly journey: string;
  readonly step: string;
  readonly kind: 'webhook' | 'alert';
  /** Name of the webhook, or of the alert. */
  readonly to: string;
  readonly createdAt: Date;
  updatedAt: Date;
  state: DeliveryState;
  /** Why it was suppressed or failed for good, or why it was not taken the last time; a short code. */
  reason?: string;
  attempts: number;
  /** When it is tried again. */
  dueAt?: Date;
  /** HTTP status of the last answer. */
  status?: number;
  /** Digests of the team's addresses that an alert has reached. */
  handed?: string[];
  /** Of one that was given up: when it first was, and what it told, as JSON. Without it nothing can be replayed. */
  givenUp?: { readonly at: Date; readonly told: string };
  /** Of one that is being replayed: since when, when it is tried next, and how often it was. */
  replay?: { readonly since: Date; readonly dueAt: Date; readonly attempts: number };
}

export type DeliveryPlan = Pick<
  DeliveryDocument,
  '_id' | 'customerId' | 'enrolmentId' | 'journey' | 'step' | 'kind' | 'to' | 'createdAt'
>;

/** How an attempt went that was the last. */
export interface DeliveryEnd {
  readonly from?: 'planned' | 'replaying';
  readonly at: Date;
  readonly status?: number;
  /** What a planned one told, as JSON: it is kept where it is given up. */
  readonly told?: string;
}

/** What was handed to other systems and to the team. No address and no secret; what was told only while it can be replayed. */
export function deliveryCollection(db: Db) {
  const collection: Collection<DeliveryDocument> = db.collection('deliveries', durable);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1 } },
        { key: { to: 1, createdAt: -1 } },
        { key: { state: 1, createdAt: 1 } },
        { key: { 'givenUp.at': 1 }, sparse: true },
        { key: { 'replay.dueAt': 1 }, sparse: true },
      ]);
    },
    ...deliveryReplays(collection),
    find: (id: string) => collection.findOne({ _id: id }),
    /** Plans a delivery, once; gives it as it stands. */
    async plan(plan: DeliveryPlan): Promise<DeliveryDocument> {
      const planned: DeliveryDocument = { ...plan, updatedAt: plan.createdAt, state: 'planned', attempts: 0 };
      try {
        await collection.insertMany([planned]);
        return planned;
      } catch (error) {
        duplicates(error);
      }
      return (await collection.findOne({ _id: plan._id })) ?? planned;
    },
    /** Counts an attempt that begins; false where the delivery is over and none may begin. */
    async begin(id: string, at: Date): Promise<boolean> {
      const { matchedCount } = await collection.updateOne(
        { _id: id, state: 'planned' },
        { $inc: { attempts: 1 }, $set: { updatedAt: at }, $unset: { dueAt: 1 } },
      );
      return matchedCount === 1;
    },
    /** Remembers a team address that an alert has reached. */
    async hand(id: string, digest: string): Promise<void> {
      await collection.updateOne({ _id: id }, { $addToSet: { handed: digest } });
    },
    /** Records that it was not taken and when it is tried again. */
    async putOff(
      id: string,
      about: { reason: string; status?: number; dueAt: Date; at: Date },
    ): Promise<void> {
      const { at: updatedAt, ...rest } = about;
      await collection.updateOne({ _id: id, state: 'planned' }, { $set: { ...rest, updatedAt } });
    },
    /** Records how a planned delivery, or the replay of one, ended. */
    async settle(
      id: string,
      result: Exclude<DeliveryResult, { state: 'skipped' }>,
      { from = 'planned', at, status, told }: DeliveryEnd,
    ): Promise<void> {
      const isGivenUp = result.state === 'failed';
      await collection.updateOne(
        { _id: id, state: from },
        {
          $set: {
            ...{ state: result.state, updatedAt: at },
            ...('reason' in result && { reason: result.reason }),
            ...(status !== undefined && { status }),
            ...(isGivenUp && told !== undefined && { givenUp: { at, told } }),
          },
          $unset: {
            ...{ dueAt: '', replay: '' },
            ...(!('reason' in result) && { reason: '' }),
            ...(!isGivenUp && { givenUp: '' }),
          },
        },
      );
    },
    /**
     * Ends the planned deliveries of a run that wait to be tried again. One that is being tried says itself how that went.
     */
    async dropWaiting(enrolmentId: string, reason: DeliverySuppression, at: Date): Promise<void> {
      const within = { $gt: `${enrolmentId}/`, $lt: `${enrolmentId}0` };
      // A key may hold anything, so that ids of another run may begin alike.
      await collection.updateMany(
        { _id: within, enrolmentId, state: 'planned', dueAt: { $exists: true } },
        { $set: { state: 'suppressed', reason, updatedAt: at }, $unset: { dueAt: 1 } },
      );
    },
    /** Ends planned deliveries that nobody has touched since an instant; gives how many still were so. */
    async dropLeft(
      ids: readonly string[],
      { untouchedSince, ...end }: { untouchedSince: Date; reason: DeliverySuppression; at: Date },
    ): Promise<number> {
      const left = { state: 'planned', updatedAt: { $lt: untouchedSince } } as const;
      const $set = { state: 'suppressed', reason: end.reason, updatedAt: end.at } as const;
      let dropped = 0;
      for (const some of chunks(ids)) {
        const change = { $set, $unset: { dueAt: '' } } as const;
        dropped += (await collection.updateMany({ _id: { $in: some }, ...left }, change)).modifiedCount;
      }
      return dropped;
    },
    /** Planned deliveries that were made between two instants, oldest first. */
    async plannedBetween(after: Date, before: Date, limit: number): Promise<DeliveryDocument[]> {
      const found = collection.find({ state: 'planned', createdAt: { $gt: after, $lt: before } });
      return found.sort({ createdAt: 1 }).limit(limit).toArray();
    },
    /** The latest deliveries to a webhook or of an alert. */
    latest: (to: string, now: Date, limit: number): Promise<DeliveryDocument[]> =>
      latestFirst({ now, limit }, (createdAt) =>
        collection.find({ to, createdAt }).sort({ createdAt: -1 }).limit(limit).toArray(),
      ),
    /** The latest deliveries made before an instant, or so far, of one state or of all. */
    page: (
      { state, before, now }: { readonly state?: DeliveryState; readonly before?: Date; readonly now: Date },
      limit: number,
    ): Promise<DeliveryDocument[]> =>
      latestFirst({ now, limit, ...(before && { before }) }, async (createdAt) => {
        const found = (state === undefined ? deliveryStates : [state]).map((each) =>
          collection.find({ state: each, createdAt }).sort({ createdAt: -1 }).limit(limit).toArray(),
        );
        return (await Promise.all(found))
          .flat()
          .sort((a, b) => b.createdAt.getTime() - a.createdAt.getTime())
          .slice(0, limit);
      }),
  };
}
