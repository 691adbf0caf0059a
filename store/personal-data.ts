import type { Store } from './store';

/** One thing that happened to a customer. */
export interface TimelineItem {
  readonly kind: TimelineKind;
  readonly at: Date;
  readonly id: string;
  /** An event's name, a message's template, an enrolment's journey, a decision's slot. */
  readonly title: string;
  /** A message's state and channel, an enrolment's outcome, the offers that a decision chose. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The order in which things of one instant are listed. */
const kinds = ['event', 'enrolment', 'decision', 'message'] as const;
export type TimelineKind = (typeof kinds)[number];

/** A place in a timeline: the last item of the page before. */
export type TimelinePlace = Pick<TimelineItem, 'at' | 'kind' | 'id'>;

/** A customer's history, latest first. Events stand at the time at which they happened. */
export async function readTimeline(
  {
    events,
    enrolments,
    decisions,
    messages,
  }: Pick<Store, 'events' | 'enrolments' | 'decisions' | 'messages'>,
  customerId: string,
  { behind, limit }: { readonly behind?: TimelinePlace; readonly limit: number },
): Promise<TimelineItem[]> {
  const page = (kind: TimelineKind, time: string) => ({
    filter: { customerId, ...(behind && { $or: later(kind, time, behind) }) },
    order: { sort: { [time]: -1 as const, _id: 1 as const }, limit },
  });
  const [event, enrolment, decision, message] = [
    page('event', 'occurredAt'),
    page('enrolment', 'startedAt'),
    page('decision', 'at'),
    page('message', 'createdAt'),
  ];
  const found = await Promise.all([
    events.collection
      .find(event.filter, event.order)
      .map(({ _id: id, name, occurredAt: at, properties }): TimelineItem => {
        return { kind: 'event', at, id, title: name, detail: { properties } };
      })
      .toArray(),
    enrolments.collection
      .find(enrolment.filter, enrolment.order)
      .map(({ _id: id, journey, startedAt: at, open, step, outcome, endedAt }): TimelineItem => {
        return { kind: 'enrolment', at, id, title: journey, detail: { open, step, outcome, endedAt } };
      })
      .toArray(),
    decisions.collection
      .find(decision.filter, decision.order)
      .map(({ _id: id, slot, at, shown }): TimelineItem => {
        return {
          kind: 'decision',
          at,
          id,
          title: slot,
          detail: { offers: shown.map((each) => each.offerId) },
        };
      })
      .toArray(),
    messages.collection
      .find(message.filter, message.order)
      .map(({ _id: id, template, createdAt: at, channel, state, reason }): TimelineItem => {
        return { kind: 'message', at, id, title: template, detail: { channel, state, reason } };
      })
      .toArray(),
  ]);
  return found.flat().sort(latestFirst).slice(0, limit);
}

/** Filters for what stands behind a place in the order of {@link latestFirst}. */
function later(kind: TimelineKind, time: string, { at, kind: of, id }: TimelinePlace): object[] {
  const isBehind = kinds.indexOf(kind) - kinds.indexOf(of);
  const atOnce = isBehind > 0 ? [{ [time]: at }] : isBehind === 0 ? [{ [time]: at, _id: { $gt: id } }] : [];
  return [{ [time]: { $lt: at } }, ...atOnce];
}

function latestFirst(a: TimelineItem, b: TimelineItem): number {
  const inTime = b.at.getTime() - a.at.getTime();
  if (inTime !== 0) return inTime;
  const byKind = kinds.indexOf(a.kind) - kinds.indexOf(b.kind);
  return byKind !== 0 ? byKind : a.id < b.id ? -1 : 1;
}

/** Everything that Perene holds about one customer, as it is stored. */
export async function exportCustomer(store: Store, customerId: string): Promise<Record<string, unknown>> {
  const [customer, events, enrolments, messages, decisions, outcomes] = await Promise.all([
    store.customers.find(customerId),
    store.events.collection.find({ customerId }).sort({ receivedAt: 1 }).toArray(),
    store.enrolments.collection.find({ customerId }).sort({ startedAt: 1 }).toArray(),
    store.messages.collection.find({ customerId }).sort({ createdAt: 1 }).toArray(),
    store.decisions.collection.find({ customerId }).sort({ at: 1 }).toArray(),
    store.outcomes.collection.find({ customerId }).sort({ at: 1 }).toArray(),
  ]);
  return { customer, events, enrolments, messages, decisions, outcomes };
}

/**
 * Blanks what could tell who a customer was: their profile, what was sent along with their events, and their counts of
 * contacts. That they were here, and what was done, stays under their id. Doing it again changes nothing.
 */
export async function eraseCustomer(store: Store, customerId: string, at: Date): Promise<void> {
  await store.customers.erase(customerId, at);
  await store.events.collection.updateMany(
    { customerId },
    { $set: { properties: {} }, $unset: { anonymousId: '' } },
  );
  await store.contactCounts.forget(customerId);
}
