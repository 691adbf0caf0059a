import type { ClientSession, Collection, Db, UpdateFilter } from 'mongodb';
import type { MessageTiming } from '../domain/best-time';
import type { Channel, MessageState, Purpose, SuppressionReason, Topic } from '../domain/messages';
import type { IdRange } from '../domain/broadcast';
import { groupBy } from '../domain/group-by';
import { durable } from './durable';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { duplicates, isDuplicate } from './duplicates';

/** What a message is, before anything became of it. */
export interface MessagePlan {
  /** `<enrolmentId>/<step>`. */
  readonly _id: string;
  readonly customerId: string;
  readonly journey: string;
  readonly enrolmentId: string;
  readonly step: string;
  readonly channel: Channel;
  readonly template: string;
  readonly purpose: Purpose;
  readonly topic: Topic;
  readonly priority: number;
  readonly offerId?: string;
  readonly decisionId?: string;
  /** How its hour and channel were chosen, where it waits for its best time. */
  readonly timing?: MessageTiming;
}

/** Whether another message to the address may arrive. */
export type Failure = 'permanent' | 'temporary' | 'opted-out' | 'unknown';

/** Why a planned message is not sent yet. */
export type HeldBy = 'journey-paused' | 'hours' | 'provider' | 'best-time';

/** What the best time learns from a message: gone once it is learned. */
export interface Lesson {
  /** From when on an answer is no longer waited for. */
  readonly at: Date;
  /** The customer's local hour at which it went, 0 to 23. */
  readonly hour: number;
}

/** A marketing message of which it is known whether it was answered. */
export type LearnedMessage = Pick<
  MessageDocument,
  '_id' | 'customerId' | 'channel' | 'state' | 'clickedAt' | 'repliedAt'
> & { readonly lesson: Lesson };

/** States that a message reaches after it was accepted, in the order in which they count: a later one stays. */
export const progress = [
  'sent',
  'delivered',
  'bounced',
  'opened',
  'clicked',
  'replied',
  'complained',
] as const satisfies readonly MessageState[];
export type Progress = (typeof progress)[number];

type ProgressInstants = { [State in Progress as `${State}At`]?: Date };

/** One message to one person: no address and no text, so nothing personal besides the customer's id. */
export interface MessageDocument extends MessagePlan, ProgressInstants {
  state: MessageState;
  readonly createdAt: Date;
  updatedAt: Date;
  /** While `planned`: why, and until when. */
  heldBy?: HeldBy;
  dueAt?: Date;
  /** While `sending`: which attempt has it, how long nobody else may take it, and which handover log tells of it. */
  claim?: { readonly token: string; readonly until: Date; readonly log?: string };
  claimedAt?: Date;
  attempts?: number;
  provider?: string;
  /** The provider's own name for the message. */
  providerId?: string;
  /** Why it was suppressed, or failed, or bounced. */
  reason?: string;
  /** What kind of failure a report of the provider's means; only where one said so. */
  failure?: Failure;
  /** What a text message costs: how many segments it was. */
  segments?: number;
  /** The customer's local date at the last attempt. */
  localDay?: string;
  lesson?: Lesson;
}

/** A message to come, as the caps see it. */
export type PlannedMessage = Pick<MessageDocument, '_id' | 'customerId' | 'priority' | 'channel' | 'dueAt'>;

/** An offer that a message carries, and how far the message has come. */
export interface CarriedOffer {
  readonly decisionId: string;
  readonly offerId: string;
  readonly state: MessageState;
}

/** A claim as an attempt makes it. */
export interface Claim {
  readonly token: string;
  readonly log?: string;
  readonly at: Date;
  readonly until: Date;
  readonly provider: string;
  readonly localDay: string;
  readonly segments?: number;
  readonly lesson?: Lesson;
}

/** A message that the provider took. */
interface SentMessage {
  readonly _id: string;
  readonly token: string;
  readonly providerId: string;
  readonly provider?: string;
  readonly at: Date;
}

/** Most messages in one write. */
const writeLimit = 100;

/**
 * The ledger of messages. Each query that changes one is conditional, so that of two attempts only one succeeds.
 *
 * @param linger milliseconds for which messages that were sent are gathered before it is recorded of them
 */
export function messageCollection(db: Db, linger = 0) {
  const collection: Collection<MessageDocument> = db.collection('messages', durable);

  /**
   * Changes a message that is new or planned.
   *
   * @returns null when done, or the message as it is where it is past planning
   */
  const settle = async (
    plan: MessagePlan,
    at: Date,
    update: UpdateFilter<MessageDocument>,
  ): Promise<MessageDocument | null> => {
    const { _id, ...rest } = plan;
    for (;;) {
      try {
        await collection.updateOne(
          { _id, state: 'planned' },
          // Planned, it follows the plan: an edit of the journey may have changed what is to go.
          { ...update, $set: { ...rest, ...update.$set }, $setOnInsert: { createdAt: at } },
          { upsert: true },
        );
        return null;
      } catch (error) {
        if (!isDuplicate(error)) throw error;
        const existing = await collection.findOne({ _id });
        if (existing && existing.state !== 'planned') return existing;
      }
    }
  };

  /** Stores messages that nothing is known of; says of each whether it was new. Claims at once share a write. */
  const insertions = createBatcher(async (documents: MessageDocument[]) => {
    const isNew = documents.map(() => true);
    try {
      await collection.insertMany(documents, { ordered: false });
    } catch (error) {
      for (const index of duplicates(error)) isNew[index] = false;
    }
    return isNew;
  }, writeLimit);

  /** Finds what is planned for some customers; questions that come at once share a query. */
  const plannedLookups = createBatcher(async (customerIds: string[]) => {
    const found = chunks([...new Set(customerIds)]).map((some) =>
      collection
        .find({ customerId: { $in: some }, state: 'planned', purpose: 'marketing' })
        .project<PlannedMessage>({ customerId: 1, priority: 1, channel: 1, dueAt: 1 })
        .toArray(),
    );
    const byCustomer = groupBy((await Promise.all(found)).flat(), (message) => message.customerId);
    return customerIds.map((id) => byCustomer.get(id) ?? []);
  }, writeLimit);

  /**
   * Records messages that providers took at once in few writes: one for many costs a fraction of many, and a claim's token is
   * only ever on its own message.
   */
  const sendings = createBatcher(
    async (messages: SentMessage[]) => {
      const record = async (some: readonly SentMessage[], state?: 'sent'): Promise<number> => {
        const ids = some.map(({ _id }) => _id);
        const own = some.map(({ providerId, provider, at }) => {
          const taken = { providerId, ...(provider !== undefined && { provider }) };
          return { ...taken, sentAt: at, updatedAt: at, ...(state && { state }) };
        });
        const { matchedCount } = await collection.updateMany(
          {
            _id: { $in: ids },
            ...(state
              ? { state: 'sending', 'claim.token': { $in: some.map(({ token }) => token) } }
              : { state: { $in: [...progress] } }),
          },
          [
            {
              $replaceWith: {
                $mergeObjects: [
                  '$$ROOT',
                  { $arrayElemAt: [{ $literal: own }, { $indexOfArray: [ids, '$_id'] }] },
                ],
              },
            },
            { $unset: 'claim' },
          ],
        );
        return matchedCount;
      };
      await Promise.all(
        chunks(messages).map(async (some) => {
          // Of the rest the provider has reported already; those that were just recorded are written again as they are.
          if ((await record(some, 'sent')) < some.length) await record(some);
        }),
      );
      return messages;
    },
    writeLimit,
    linger,
  );

  /** Ends what an attempt began, if the attempt still has its claim. */
  const endClaim = async (
    { _id, token }: { _id: string; token: string },
    update: UpdateFilter<MessageDocument>,
  ): Promise<boolean> => {
    const { matchedCount } = await collection.updateOne(
      { _id, state: 'sending', 'claim.token': token },
      { ...update, $unset: { claim: 1, ...update.$unset } },
    );
    return matchedCount === 1;
  };

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, createdAt: -1 } },
        { key: { 'lesson.at': 1 }, sparse: true },
        // Only messages that are being sent have the one, only planned ones the other.
        { key: { 'claim.until': 1 }, sparse: true },
        { key: { dueAt: 1 }, sparse: true },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /** A customer's messages, newest first. */
    ofCustomer: (customerId: string, limit: number) =>
      collection.find({ customerId }).sort({ createdAt: -1 }).limit(limit).toArray(),
    /**
     * How the messages stand whose ids begin alike and go on within a range, by what they go on with: those of a
     * broadcast by the customers they are to.
     *
     * @param prefix ends with a slash
     */
    async statesWithin(prefix: string, { after, until }: IdRange): Promise<Map<string, MessageState>> {
      const found = await collection
        .find({
          _id: {
            $gt: `${prefix}${after ?? ''}`,
            ...(until === null ? { $lt: `${prefix.slice(0, -1)}0` } : { $lte: `${prefix}${until}` }),
          },
        })
        .project<Pick<MessageDocument, '_id' | 'state'>>({ state: 1 })
        .toArray();
      return new Map(found.map(({ _id, state }) => [_id.slice(prefix.length), state]));
    },
    /** The messages to some customers since an instant that carry an offer of a decision. */
    async carryingOffers(customerIds: readonly string[], since = new Date(0)): Promise<CarriedOffer[]> {
      const found = chunks(customerIds).map((some) =>
        collection
          .find({ customerId: { $in: some }, createdAt: { $gte: since }, decisionId: { $exists: true } })
          .project<CarriedOffer>({ _id: 0, decisionId: 1, offerId: 1, state: 1 })
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** A customer's planned marketing messages of a higher priority than the given one. */
    async plannedAbove(customerId: string, priority: number): Promise<PlannedMessage[]> {
      const [found = []] = await plannedLookups.add([customerId]);
      return found.filter((message) => message.priority > priority);
    },
    /** Which of some provider ids belong to messages of a customer. */
    async knownProviderIds(customerId: string, ids: readonly string[]): Promise<Set<string>> {
      const known = await collection
        .find({ customerId, providerId: { $in: [...ids] } })
        .project<{ providerId: string }>({ providerId: 1 })
        .toArray();
      return new Set(known.map(({ providerId }) => providerId));
    },

    /** Takes a new or planned message for one attempt. Returns null when taken, else the message as it is. */
    async claim(
      plan: MessagePlan,
      { token, log, at, until, ...rest }: Claim,
    ): Promise<MessageDocument | null> {
      const claimed = {
        ...rest,
        state: 'sending',
        claim: { token, until, ...(log !== undefined && { log }) },
        claimedAt: at,
        updatedAt: at,
      } as const;
      const [isNew] = await insertions.add([{ ...plan, ...claimed, createdAt: at, attempts: 1 }]);
      if (isNew === true) return null;
      return settle(plan, at, {
        $set: claimed,
        $unset: { heldBy: 1, dueAt: 1 },
        $inc: { attempts: 1 },
      });
    },
    /** Keeps a new or planned message for later. Returns null when done, else the message as it is. */
    hold: (plan: MessagePlan, heldBy: HeldBy, { at, until }: { at: Date; until: Date }) =>
      settle(plan, at, { $set: { state: 'planned', heldBy, dueAt: until, updatedAt: at } }),
    /** Ends a new or planned message unsent. Returns null when done, else the message as it is. */
    drop: (plan: MessagePlan, end: { state: 'suppressed' | 'failed'; reason: string }, at: Date) =>
      settle(plan, at, { $set: { ...end, updatedAt: at }, $unset: { heldBy: 1, dueAt: 1 } }),

    /** Messages that were to be seen to before an instant and still are planned or being sent; so many of each at most. */
    async leftBehind(before: Date, limit: number): Promise<MessageDocument[]> {
      const [sending, planned] = await Promise.all([
        collection
          .find({ 'claim.until': { $lt: before } })
          .limit(limit)
          .toArray(),
        collection
          .find({ dueAt: { $lt: before } })
          .limit(limit)
          .toArray(),
      ]);
      return [...sending, ...planned].filter(({ state }) => state === 'sending' || state === 'planned');
    },
    /** Ends a planned message unsent; whether it was still planned. */
    async dropLeft(_id: string, reason: SuppressionReason, at: Date): Promise<boolean> {
      const { matchedCount } = await collection.updateOne(
        { _id, state: 'planned' },
        { $set: { state: 'suppressed', reason, updatedAt: at }, $unset: { heldBy: 1, dueAt: 1 } },
      );
      return matchedCount === 1;
    },

    /** Ends all planned messages of a run, or of a broadcast. */
    async dropPlanned(enrolmentId: string, reason: SuppressionReason, at: Date): Promise<void> {
      await collection.updateMany(
        // Ids that begin with `<enrolmentId>/`; the key of another run may go on so.
        { _id: { $gt: `${enrolmentId}/`, $lt: `${enrolmentId}0` }, enrolmentId, state: 'planned' },
        { $set: { state: 'suppressed', reason, updatedAt: at }, $unset: { heldBy: 1, dueAt: 1 } },
      );
    },

    /** Records that the provider took the message. A status that came from the provider meanwhile stays. */
    async recordSent(
      { _id, token }: { _id: string; token: string },
      { providerId, provider }: { readonly providerId: string; readonly provider?: string | undefined },
      at: Date,
    ): Promise<void> {
      await sendings.add([{ _id, token, providerId, at, ...(provider !== undefined && { provider }) }]);
    },
    /** Gives a claimed message back to the plan; whether the claim was still held. */
    release: (
      claim: { _id: string; token: string },
      heldBy: HeldBy,
      { at, until }: { at: Date; until: Date },
    ) => endClaim(claim, { $set: { state: 'planned', heldBy, dueAt: until, updatedAt: at } }),
    /** Ends a claimed message that was not sent, or of which nobody can tell; whether the claim was still held. */
    conclude: (
      claim: { _id: string; token: string },
      end: { state: 'suppressed' | 'failed'; reason: string } | { state: 'unknown' },
      at: Date,
    ) => endClaim(claim, { $set: { ...end, updatedAt: at } }),
    /** Lets others see to a claimed message from an instant on. */
    async letGo({ _id, token }: { _id: string; token: string }, until: Date): Promise<void> {
      await collection.updateOne(
        { _id, state: 'sending', 'claim.token': token },
        { $set: { 'claim.until': until } },
      );
    },

    /**
     * Records what the provider or the person did with a message. Reports may come twice and in any order: the state
     * only goes forward in the order of {@link progress}, and of each report the earliest instant is kept. A report
     * about a message that was not known to be sent says that it was.
     *
     * @returns whether the message is known and was handed to a provider
     */
    async recordProgress(
      id: string,
      report: { state: Progress; at: Date; providerId?: string; reason?: string; failure?: Failure },
    ): Promise<boolean> {
      const { state, at, providerId, reason, failure } = report;
      const before: MessageState[] = ['sending', 'unknown', ...progress.slice(0, progress.indexOf(state))];
      const { matchedCount } = await collection.bulkWrite([
        {
          updateOne: {
            filter: { _id: id, state: { $in: before } },
            update: {
              $set: {
                state,
                updatedAt: at,
                ...(reason !== undefined && { reason }),
                ...(failure && { failure }),
              },
              $unset: { claim: 1 },
            },
          },
        },
        {
          updateOne: {
            filter: { _id: id, state: { $in: [...progress] } },
            update: {
              $min: { [`${state}At`]: at },
              ...(providerId !== undefined && { $set: { providerId } }),
            },
          },
        },
      ]);
      return matchedCount > 0;
    },

    /** Messages from which the best time has not learned and whose answers are no longer waited for, in their order. */
    async lessonsDue(now: Date, limit: number, session: ClientSession): Promise<LearnedMessage[]> {
      const found = await collection
        .find({ 'lesson.at': { $gt: new Date(0), $lte: now } }, { session })
        .sort({ 'lesson.at': 1, _id: 1 })
        .limit(limit)
        .project<LearnedMessage>({
          customerId: 1,
          channel: 1,
          state: 1,
          clickedAt: 1,
          repliedAt: 1,
          lesson: 1,
        })
        .toArray();
      return found;
    },
    /** Takes from messages what was learned; from one that is tried again only once it is due anew. */
    async markLearned(ids: readonly string[], now: Date, session: ClientSession): Promise<void> {
      for (const some of chunks(ids)) {
        await collection.updateMany(
          { _id: { $in: some }, 'lesson.at': { $lte: now } },
          { $unset: { lesson: 1 } },
          { session },
        );
      }
    },

    /** Whether an attempt has a message to a customer on a channel in its hands. */
    async isSending(customerId: string, channel: Channel, now: Date): Promise<boolean> {
      const found = await collection.findOne(
        { customerId, channel, state: 'sending', 'claim.until': { $gt: now } },
        { projection: { _id: 1 } },
      );
      return found !== null;
    },

    /** How many messages there are, by channel and state. Reads the whole ledger. */
    async counts(): Promise<{ channel: Channel; state: MessageState; count: number }[]> {
      const groups = await collection
        .aggregate<{ _id: Pick<MessageDocument, 'channel' | 'state'>; count: number }>([
          { $group: { _id: { channel: '$channel', state: '$state' }, count: { $sum: 1 } } },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ ..._id, count }));
    },
  };
}
