import type { ClientSession, Collection } from 'mongodb';
import type { Channel, MessageState } from '../domain/messages';
import { chunks } from './chunks';
import { createEarliest } from './earliest';
import {
  progress,
  type Failure,
  type LearnedMessage,
  type MessageDocument,
  type Progress,
} from './message-document';

/** What is heard of messages that have gone, and what is made of it. */
export function messageReports(collection: Collection<MessageDocument>) {
  const earliestLessons = createEarliest<LearnedMessage>(({ lesson }) => lesson.at);
  return {
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
              $unset: { claim: 1, dueAt: 1 },
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
    lessonsDue: (now: Date, limit: number, session: ClientSession): Promise<LearnedMessage[]> =>
      earliestLessons(now, limit, (from, until, most) =>
        collection
          .find({ 'lesson.at': { $gte: from, $lte: until } }, { session })
          .sort({ 'lesson.at': 1, _id: 1 })
          .limit(most)
          .project<LearnedMessage>({
            customerId: 1,
            channel: 1,
            state: 1,
            clickedAt: 1,
            repliedAt: 1,
            lesson: 1,
          })
          .toArray(),
      ),
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
