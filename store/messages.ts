import type { Collection, Db } from 'mongodb';
import type { IdRange } from '../domain/broadcast';
import { groupBy } from '../domain/group-by';
import type { MessageState } from '../domain/messages';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
import { durable } from './durable';
import {
  progress,
  type CarriedOffer,
  type MessageDocument,
  type PlannedMessage,
  type SurveyCount,
} from './message-document';
import { messageLedger } from './message-ledger';
import { messageReports } from './message-reports';

export {
  progress,
  type CarriedOffer,
  type Failure,
  type HeldBy,
  type LearnedMessage,
  type Lesson,
  type MessageDocument,
  type MessagePlan,
  type Progress,
  type SurveyCount,
} from './message-document';

/** Most customers in one query. */
const lookupLimit = 100;

/**
 * The ledger of messages: how each stands, what moves it on (`message-ledger.ts`) and what is heard of it afterwards
 * (`message-reports.ts`).
 *
 * @param linger milliseconds for which messages that were sent are gathered before it is recorded of them
 */
export function messageCollection(db: Db, linger = 0) {
  const collection: Collection<MessageDocument> = db.collection('messages', durable);

  /** Finds what is planned for some customers; questions that come at once share a query. */
  const plannedLookups = createBatcher(async (customerIds: string[]) => {
    const found = chunks([...new Set(customerIds)]).map((some) =>
      collection
        .find({ plannedFor: { $in: some } })
        .project<PlannedMessage>({ customerId: 1, priority: 1, channel: 1, dueAt: 1 })
        .toArray(),
    );
    const byCustomer = groupBy((await Promise.all(found)).flat(), (message) => message.customerId);
    return customerIds.map((id) => byCustomer.get(id) ?? []);
  }, lookupLimit);

  return {
    collection,
    ...messageLedger(collection, linger),
    ...messageReports(collection),
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, createdAt: -1 } },
        { key: { enrolmentId: 1, customerId: 1 } },
        { key: { 'lesson.at': 1 }, sparse: true },
        // Few messages have these: only while they are planned or being sent, only while they are planned.
        { key: { dueAt: 1 }, sparse: true },
        { key: { plannedFor: 1 }, sparse: true },
        { key: { survey: 1 }, sparse: true },
      ]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /** How many surveys providers took, by the journey that asks; of one journey, or of all. */
    async surveysSent(journey?: string): Promise<SurveyCount[]> {
      const groups = await collection
        .aggregate<{ _id: Omit<SurveyCount, 'count'>; count: number }>([
          {
            $match: {
              survey: { $gt: '' },
              state: { $in: [...progress] },
              ...(journey !== undefined && { journey }),
            },
          },
          { $group: { _id: { journey: '$journey', survey: '$survey' }, count: { $sum: 1 } } },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ ..._id, count }));
    },
    /** A customer's messages, newest first. */
    ofCustomer: (customerId: string, limit: number) =>
      collection.find({ customerId }).sort({ createdAt: -1 }).limit(limit).toArray(),
    /** How a broadcast's messages stand, by customer, within a range of customers. */
    async statesWithin(enrolmentId: string, { after, until }: IdRange): Promise<Map<string, MessageState>> {
      const found = await collection
        .find({ enrolmentId, customerId: { $gt: after ?? '', ...(until !== null && { $lte: until }) } })
        .project<Pick<MessageDocument, 'customerId' | 'state'>>({ _id: 0, customerId: 1, state: 1 })
        .toArray();
      return new Map(found.map(({ customerId, state }) => [customerId, state]));
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
  };
}
