import type { ClientSession, Collection, Db } from 'mongodb';
import type { EventName } from '../domain/events';
import { durable } from './durable';
import { chunks } from './chunks';
import { duplicates } from './duplicates';
import { createEventSearch } from './event-search';

export interface EventDocument {
  /** The sender's message id: the same one again is the same event. */
  readonly _id: string;
  readonly name: string;
  /** Null for an event of somebody who is not known yet. */
  readonly customerId: string | null;
  readonly anonymousId?: string;
  readonly properties: Record<string, unknown>;
  /** When it happened, by the sender's clock. */
  readonly occurredAt: Date;
  /** When it was stored, by ours; waits compare this one. */
  readonly receivedAt: Date;
  /** It asks for one enrolment and means nothing else: in which journey, as if by which event. */
  readonly enrols?: {
    readonly journey: string;
    readonly event: EventName;
    /** The enrolment that asks for it, and is to be answered. */
    readonly by?: string;
  };
}

/** How many gave a score. What other systems sent as answers may hold anything. */
export interface SurveyScore {
  readonly journey?: unknown;
  readonly survey: unknown;
  readonly score?: unknown;
  /** Of the answer, `YYYY-MM` in UTC. */
  readonly month: string;
  /** Whether it answers a message of ours. */
  readonly asked: boolean;
  readonly count: number;
}

/** What happened. */
export function eventCollection(db: Db) {
  const collection: Collection<EventDocument> = db.collection('events', durable);
  const search = createEventSearch(collection);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, receivedAt: 1 } },
        { key: { anonymousId: 1 }, sparse: true },
        { key: { 'properties.offerId': 1 }, sparse: true },
        { key: { 'properties.survey': 1 }, sparse: true },
      ]);
    },
    /** Stores events and returns the ids of those that were not there before. */
    async insert(events: readonly EventDocument[]): Promise<Set<string>> {
      const distinct = [
        ...new Map(events.toReversed().map((event) => [event._id, event])).values(),
      ].toReversed();
      const ids = new Set(distinct.map(({ _id }) => _id));
      if (ids.size === 0) return ids;
      try {
        await collection.insertMany(distinct, { ordered: false });
      } catch (error) {
        for (const index of duplicates(error)) ids.delete(distinct[index]?._id ?? '');
      }
      return ids;
    },
    /** Stores events of which none is there, as a part of a transaction. */
    async insertNew(events: readonly EventDocument[], session: ClientSession): Promise<void> {
      if (events.length > 0) await collection.insertMany(events, { session });
    },
    /** Which of some ids are stored. */
    async known(ids: readonly string[], session: ClientSession): Promise<Set<string>> {
      const known = new Set<string>();
      for (const some of chunks(ids)) {
        const options = { projection: { _id: 1 }, session };
        for await (const { _id } of collection.find({ _id: { $in: some } }, options)) known.add(_id);
      }
      return known;
    },
    /** Some events, in no order. */
    async findMany(ids: readonly string[]): Promise<EventDocument[]> {
      const found = chunks(ids).map((some) => collection.find({ _id: { $in: some } }).toArray());
      return (await Promise.all(found)).flat();
    },
    /** When events of some names happened to some customers, and about what amount, in no order. */
    async ofCustomers(customerIds: readonly string[], names: readonly EventName[]) {
      const found = chunks(customerIds).map((some) =>
        collection
          .find({ customerId: { $in: some }, name: { $in: [...names] } })
          .project<
            Pick<EventDocument, 'customerId' | 'name' | 'occurredAt'> & { properties?: { amount?: unknown } }
          >({ _id: 0, customerId: 1, name: 1, occurredAt: 1, 'properties.amount': 1 })
          .toArray(),
      );
      return (await Promise.all(found)).flat();
    },
    /** Events of some names about an offer that happened at an instant or later, in no order. */
    aboutOffers: (names: readonly EventName[], from: Date) =>
      collection
        .find({
          'properties.offerId': { $gt: '' },
          name: { $in: [...names] },
          occurredAt: { $gte: from },
        })
        .project<Pick<EventDocument, 'customerId' | 'name'> & { properties: { offerId?: unknown } }>({
          _id: 0,
          customerId: 1,
          name: 1,
          'properties.offerId': 1,
        }),
    /** How many gave each score in each survey and month, by the journey that asked; of one journey, or of all and none. */
    async surveyScores(journey?: string): Promise<SurveyScore[]> {
      const groups = await collection
        .aggregate<{ _id: Omit<SurveyScore, 'count'>; count: number }>([
          {
            $match: {
              'properties.survey': { $gt: '' },
              name: 'survey.answered',
              ...(journey !== undefined && { 'properties.journey': journey }),
            },
          },
          {
            $group: {
              _id: {
                journey: '$properties.journey',
                survey: '$properties.survey',
                score: '$properties.score',
                month: { $dateToString: { format: '%Y-%m', date: '$occurredAt' } },
                asked: { $gt: ['$properties.messageId', ''] },
              },
              count: { $sum: 1 },
            },
          },
        ])
        .toArray();
      return groups.map(({ _id, count }) => ({ ..._id, count }));
    },
    /** A customer's events of some names received at an instant or later, oldest first. */
    since: (customerId: string, names: readonly string[], from: Date) => search({ customerId, names, from }),
  };
}
