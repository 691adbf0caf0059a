import type { Collection, Document, Filter } from 'mongodb';
import type { Retention, RetainedKind } from '../domain/retention';
import { chunks } from './chunks';
import type { Store } from './store';

/** What was deleted for its age, by kind. */
export type Expired = Record<RetainedKind, number>;

const day = 86_400_000;
/** Documents that are deleted between two signs of life. */
const batch = 1_000;

/**
 * Deletes what is older than it may be. An interrupted call is made up for by the next; of what is still open (runs,
 * messages not yet sent, outcomes not yet learned) nothing goes.
 *
 * @param onBatch is told after each thousand, so that a long call can say that it lives
 */
export async function removeExpired(
  store: Store,
  { retention, now, onBatch }: { retention: Retention; now: Date; onBatch?: () => void },
): Promise<Expired> {
  const before = (kind: RetainedKind) => ({ $lt: new Date(now.getTime() - retention[kind] * day) });
  const remove = <Kind extends Document>(collection: Collection<Kind>, filter: Document): Promise<number> =>
    removeAll(collection as unknown as Collection<{ _id: string }>, filter, onBatch);
  const { events, enrolments, messages, links, assignments, consents } = store;
  const { deliveries, decisions, outcomes, audit, showings, broadcasts } = store;
  // What they say stands in decisions.
  await remove(showings.collection, { at: before('decisions') });
  return {
    events: await remove(events.collection, { receivedAt: before('events') }),
    anonymousEvents: await remove(events.collection, {
      customerId: null,
      receivedAt: before('anonymousEvents'),
    }),
    enrolments: await remove(enrolments.collection, { open: false, endedAt: before('enrolments') }),
    messages: await remove(messages.collection, {
      state: { $nin: ['planned', 'sending'] },
      createdAt: before('messages'),
    }),
    broadcasts: await broadcasts.removeEnded(before('broadcasts').$lt),
    // The database drops them by itself where it can; each carries its end since it was made.
    links: await remove(links.collection, { expireAt: { $lt: now } }),
    assignments: await remove(assignments.collection, {
      reward: { $exists: true },
      at: before('assignments'),
    }),
    consents: await remove(consents.collection, { erasedAt: before('consents') }),
    deliveries: await remove(deliveries.collection, {
      state: { $ne: 'planned' },
      createdAt: before('deliveries'),
    }),
    undelivered: await deliveries.forgetTold(before('undelivered').$lt),
    decisions: await remove(decisions.collection, {
      settlesAt: { $exists: false },
      at: before('decisions'),
    }),
    outcomes: await remove(outcomes.collection, {
      pendingSince: { $exists: false },
      at: before('outcomes'),
    }),
    audit: await remove(audit.collection, { at: before('audit') }),
  };
}

async function removeAll(
  collection: Collection<{ _id: string }>,
  filter: Filter<{ _id: string }>,
  onBatch?: () => void,
): Promise<number> {
  let removed = 0;
  let ids: string[] = [];
  const removeSome = async () => {
    for (const some of chunks(ids)) {
      removed += (await collection.deleteMany({ _id: { $in: some } })).deletedCount;
    }
    ids = [];
    onBatch?.();
  };
  // Once through the collection, however much goes: asking anew for the next ones would begin anew.
  for await (const { _id } of collection.find(filter, { projection: { _id: 1 }, batchSize: batch })) {
    if (ids.push(_id) >= batch) await removeSome();
  }
  await removeSome();
  return removed;
}
