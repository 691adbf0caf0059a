import type { EventDocument } from './events';
import type { Store } from './store';
import type { Address } from './suppressions';

/** One thing that happened to a customer. */
export interface TimelineItem {
  readonly kind: TimelineKind;
  readonly at: Date;
  readonly id: string;
  /** An event's name, a message's template, an enrolment's journey, a decision's slot, a statement of consent's state. */
  readonly title: string;
  /** A message's state and channel, an enrolment's outcome, the offers that a decision chose, what a statement is about. */
  readonly detail: Readonly<Record<string, unknown>>;
}

/** The order in which things of one instant are listed. */
export const timelineKinds = ['event', 'enrolment', 'decision', 'message', 'consent'] as const;
export type TimelineKind = (typeof timelineKinds)[number];

/** A place in a timeline: the last item of the page before. */
export type TimelinePlace = Pick<TimelineItem, 'at' | 'kind' | 'id'>;

/** A customer's history, latest first. Events stand at the time at which they happened. */
export async function readTimeline(
  {
    events,
    enrolments,
    decisions,
    messages,
    consents,
  }: Pick<Store, 'events' | 'enrolments' | 'decisions' | 'messages' | 'consents'>,
  customerId: string,
  { behind, limit }: { readonly behind?: TimelinePlace; readonly limit: number },
): Promise<TimelineItem[]> {
  const latest = (time: string) => ({ sort: { [time]: -1 as const, _id: 1 as const }, limit });
  const found = await Promise.all([
    readPage({ kind: 'event', time: 'occurredAt', behind }, (when) =>
      events.collection
        .find({ customerId, ...when }, latest('occurredAt'))
        .map(({ _id: id, name: title, occurredAt: at, properties }) => {
          return { id, at, title, detail: { properties } };
        })
        .toArray(),
    ),
    readPage({ kind: 'enrolment', time: 'startedAt', behind }, (when) =>
      enrolments.collection
        .find({ customerId, ...when }, latest('startedAt'))
        .map(({ _id: id, journey: title, startedAt: at, open, step, outcome, endedAt, parent }) => {
          return { id, at, title, detail: { open, step, outcome, endedAt, parent } };
        })
        .toArray(),
    ),
    readPage({ kind: 'decision', time: 'at', behind }, (when) =>
      decisions.collection
        .find({ customerId, ...when }, latest('at'))
        .map(({ _id: id, slot: title, at, shown }) => {
          return { id, at, title, detail: { offers: shown.map(({ offerId }) => offerId) } };
        })
        .toArray(),
    ),
    readPage({ kind: 'message', time: 'createdAt', behind }, (when) =>
      messages.collection
        .find({ customerId, ...when }, latest('createdAt'))
        .map(({ _id: id, template: title, createdAt: at, channel, state, reason, dueAt, timing }) => {
          const waitsUntil = state === 'planned' ? dueAt : undefined;
          return { id, at, title, detail: { channel, state, reason, dueAt: waitsUntil, timing } };
        })
        .toArray(),
    ),
    readPage({ kind: 'consent', time: 'at', behind }, (when) =>
      consents.collection
        .find({ customerId, ...when }, latest('at'))
        .map(({ _id: id, state: title, at, channel, topic, source, until }) => {
          return { id, at, title, detail: { channel, topic, source, until } };
        })
        .toArray(),
    ),
  ]);
  return found.flat().sort(latestFirst).slice(0, limit);
}

/** A page of one kind. What shares the instant of the place is asked for by itself: `$or` would read everything. */
async function readPage(
  {
    kind,
    time,
    behind,
  }: { readonly kind: TimelineKind; readonly time: string; readonly behind: TimelinePlace | undefined },
  ask: (when: object) => Promise<Omit<TimelineItem, 'kind'>[]>,
): Promise<TimelineItem[]> {
  const parts = behind ? [sharing(kind, time, behind), { [time]: { $lt: behind.at } }] : [{}];
  const found = await Promise.all(parts.map(ask));
  return found.flat().map((item) => ({ ...item, kind }));
}

/** A filter for what stands behind a place at the same instant. */
function sharing(kind: TimelineKind, time: string, { at, kind: of, id }: TimelinePlace): object {
  const isBehind = timelineKinds.indexOf(kind) - timelineKinds.indexOf(of);
  if (isBehind < 0) return { [time]: at, _id: { $in: [] } };
  return isBehind > 0 ? { [time]: at } : { [time]: at, _id: { $gt: id } };
}

function latestFirst(a: TimelineItem, b: TimelineItem): number {
  const inTime = b.at.getTime() - a.at.getTime();
  if (inTime !== 0) return inTime;
  const byKind = timelineKinds.indexOf(a.kind) - timelineKinds.indexOf(b.kind);
  return byKind !== 0 ? byKind : a.id < b.id ? -1 : 1;
}

/** Everything that Perene holds about one customer, as it is stored; with what they did before they were known. */
export async function exportCustomer(store: Store, customerId: string): Promise<Record<string, unknown>> {
  const of = { customerId };
  const [
    customer,
    events,
    enrolments,
    assignments,
    messages,
    deliveries,
    decisions,
    showings,
    outcomes,
    holds,
    contacts,
    moments,
    consents,
    erasure,
  ] = await Promise.all([
    store.customers.find(customerId),
    store.events.collection.find(of).sort({ receivedAt: 1 }).toArray(),
    store.enrolments.collection.find(of).sort({ startedAt: 1 }).toArray(),
    store.assignments.collection.find(of).sort({ at: 1 }).toArray(),
    store.messages.collection.find(of).sort({ createdAt: 1 }).toArray(),
    store.deliveries.collection.find(of).sort({ createdAt: 1 }).toArray(),
    store.decisions.collection.find(of).sort({ at: 1 }).toArray(),
    store.showings.collection.find(of).sort({ week: 1 }).toArray(),
    store.outcomes.collection.find(of).sort({ at: 1 }).toArray(),
    store.holds.collection.find(of).toArray(),
    store.contactCounts.ofCustomer(customerId),
    store.moments.find(customerId),
    store.consents.ofCustomer(customerId),
    store.erasures.find(customerId),
  ]);
  const visits: EventDocument[] = [];
  for (const anonymousId of new Set(events.flatMap((event) => event.anonymousId ?? []))) {
    visits.push(...(await store.events.collection.find({ anonymousId, customerId: null }).toArray()));
  }
  const links = await store.links.ofMessages(messages.map(({ _id }) => _id));
  const addresses: Address[] = [
    ...(customer?.email === undefined ? [] : [{ channel: 'email' as const, address: customer.email }]),
    ...(customer?.phone === undefined ? [] : [{ channel: 'sms' as const, address: customer.phone }]),
  ];
  const found = await Promise.all(addresses.map((address) => store.suppressions.find(address)));
  const suppressions = found.filter((suppression) => suppression !== null);
  const about = {
    customer,
    events,
    visits,
    enrolments,
    assignments,
    messages,
    links,
    deliveries,
    decisions,
    showings,
    outcomes,
    holds,
  };
  const erased = erasure && { requestedAt: erasure.requestedAt, finishedAt: erasure.finishedAt };
  return {
    ...about,
    contacts,
    consents,
    suppressions,
    ...(moments && { moments }),
    ...(erased && { erasure: erased }),
  };
}
