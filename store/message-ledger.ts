import type { Collection, UpdateFilter } from 'mongodb';
import type { Channel, SuppressionReason } from '../domain/messages';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { duplicates, isDuplicate } from './duplicates';
import {
  progress,
  type Claim,
  type HeldBy,
  type MessageDocument,
  type MessagePlan,
} from './message-document';

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

/** What a message that is no longer planned has no more. */
const noLongerPlanned = { heldBy: 1, dueAt: 1, plannedFor: 1 } as const;

/** What a message has that waits for an instant. */
const waiting = ({ customerId, purpose }: Pick<MessagePlan, 'customerId' | 'purpose'>, until: Date) => {
  return { dueAt: until, ...(purpose === 'marketing' && { plannedFor: customerId }) };
};

/**
 * How a message goes from plan to provider. Each query that changes one is conditional, so that of two attempts only one
 * succeeds.
 *
 * @param linger milliseconds for which messages that were sent are gathered before it is recorded of them
 */
export function messageLedger(collection: Collection<MessageDocument>, linger: number) {
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
            { $unset: ['claim', 'dueAt'] },
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
    { linger },
  );

  /** Ends what an attempt began, if the attempt still has its claim. */
  const endClaim = async (
    { _id, token }: { _id: string; token: string },
    update: UpdateFilter<MessageDocument>,
  ): Promise<boolean> => {
    const { matchedCount } = await collection.updateOne(
      { _id, state: 'sending', 'claim.token': token },
      update,
    );
    return matchedCount === 1;
  };

  return {
    /** Takes a new or planned message for one attempt. Returns null when taken, else the message as it is. */
    async claim(
      plan: MessagePlan,
      { token, log, at, until, ...rest }: Claim,
    ): Promise<MessageDocument | null> {
      const claimed = {
        ...rest,
        state: 'sending',
        claim: { token, ...(log !== undefined && { log }) },
        dueAt: until,
        claimedAt: at,
        updatedAt: at,
      } as const;
      const [isNew] = await insertions.add([{ ...plan, ...claimed, createdAt: at, attempts: 1 }]);
      if (isNew === true) return null;
      return settle(plan, at, {
        $set: claimed,
        $unset: { heldBy: 1, plannedFor: 1 },
        $inc: { attempts: 1 },
      });
    },
    /** Keeps a new or planned message for later. Returns null when done, else the message as it is. */
    hold: (plan: MessagePlan, heldBy: HeldBy, { at, until }: { at: Date; until: Date }) =>
      settle(plan, at, { $set: { state: 'planned', heldBy, updatedAt: at, ...waiting(plan, until) } }),
    /** Ends a new or planned message unsent. Returns null when done, else the message as it is. */
    drop: (plan: MessagePlan, end: { state: 'suppressed' | 'failed'; reason: string }, at: Date) =>
      settle(plan, at, { $set: { ...end, updatedAt: at }, $unset: noLongerPlanned }),

    /** Messages that were to be seen to before an instant and still are planned or being sent; so many of each at most. */
    async leftBehind(before: Date, limit: number): Promise<MessageDocument[]> {
      const found = (['sending', 'planned'] as const).map((state) =>
        collection
          .find({ dueAt: { $lt: before }, state })
          .limit(limit)
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** Ends a planned message unsent; whether it was still planned. */
    async dropLeft(_id: string, reason: SuppressionReason, at: Date): Promise<boolean> {
      const { matchedCount } = await collection.updateOne(
        { _id, state: 'planned' },
        { $set: { state: 'suppressed', reason, updatedAt: at }, $unset: noLongerPlanned },
      );
      return matchedCount === 1;
    },

    /** Ends all planned messages of a run, or of a broadcast. */
    async dropPlanned(enrolmentId: string, reason: SuppressionReason, at: Date): Promise<void> {
      await collection.updateMany(
        { enrolmentId, state: 'planned' },
        { $set: { state: 'suppressed', reason, updatedAt: at }, $unset: noLongerPlanned },
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
      message: Pick<MessagePlan, '_id' | 'customerId' | 'purpose'> & { readonly token: string },
      heldBy: HeldBy,
      { at, until }: { at: Date; until: Date },
    ) =>
      endClaim(message, {
        $set: { state: 'planned', heldBy, updatedAt: at, ...waiting(message, until) },
        $unset: { claim: 1 },
      }),
    /** Ends a claimed message that was not sent, or of which nobody can tell; whether the claim was still held. */
    conclude: (
      claim: { _id: string; token: string },
      end: { state: 'suppressed' | 'failed'; reason: string } | { state: 'unknown' },
      at: Date,
    ) => endClaim(claim, { $set: { ...end, updatedAt: at }, $unset: { claim: 1, dueAt: 1 } }),
    /** Lets others see to a claimed message from an instant on. */
    async letGo({ _id, token }: { _id: string; token: string }, until: Date): Promise<void> {
      await collection.updateOne({ _id, state: 'sending', 'claim.token': token }, { $set: { dueAt: until } });
    },
    /** Whether an attempt has a message to a customer on a channel in its hands. */
    async isSending(customerId: string, channel: Channel, now: Date): Promise<boolean> {
      const found = await collection.findOne(
        { customerId, channel, state: 'sending', dueAt: { $gt: now } },
        { projection: { _id: 1 } },
      );
      return found !== null;
    },
  };
}
