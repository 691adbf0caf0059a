import { customerTime, realTime } from '../domain/clock';
import { toJourneyEvent } from '../domain/event-schemas';
import { matches, type JourneyEvent } from '../domain/events';
import type { Store } from '../store/store';
import { localInstant } from './local-instant';
import { announceEnd } from './sub-journeys';
import type { EnrolmentRef, JourneyActivities, LookBackRequest, WaitEnd } from './contract';

export interface WaitDependencies {
  readonly store: Pick<
    Store,
    'assignments' | 'customers' | 'deliveries' | 'enrolments' | 'events' | 'messages' | 'outbox'
  >;
  /** IANA zone of customers whose own zone is not known. */
  readonly businessTimeZone: string;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

type Deadline = { readonly deadline: number } | { readonly impossible: 'past' | 'missing' };

/** How runs reach, look back on and end their waits. */
export function createWaits({
  store,
  businessTimeZone,
  now,
}: WaitDependencies): Pick<JourneyActivities, 'reachWait' | 'lookBack' | 'finish'> {
  /** An instant of the customer's clock as a real deadline, if it is still to come. */
  const toCome = (clock: EnrolmentRef['clock'], instant: number): Deadline => {
    if (!Number.isFinite(instant)) return { impossible: 'missing' };
    const deadline = realTime(clock, instant);
    return deadline > now() ? { deadline } : { impossible: 'past' };
  };

  const deadlineOf = async ({ customerId, clock }: EnrolmentRef, end: WaitEnd): Promise<Deadline> => {
    if ('real' in end) return { deadline: end.real };
    if ('elapsed' in end) return { deadline: realTime(clock, customerTime(clock, now()) + end.elapsed) };
    if ('instant' in end) return toCome(clock, end.instant);
    const zone = (await store.customers.find(customerId))?.timeZone ?? businessTimeZone;
    const instant = localInstant(end.moment, zone, businessTimeZone);
    return instant === undefined ? { impossible: 'missing' } : toCome(clock, instant);
  };

  const lookBack = async ({
    enrolment,
    events,
    since,
    seen,
  }: LookBackRequest): Promise<JourneyEvent | null> => {
    if (events.length === 0) return null;
    const names = events.map(({ event }) => event);
    const candidates = await store.events.since(enrolment.customerId, names, new Date(since));
    for (const { _id, name, receivedAt, properties } of candidates) {
      if (seen.includes(_id)) continue;
      const event = toJourneyEvent({ id: _id, name, receivedAt: receivedAt.getTime(), properties });
      if (event && events.some((pattern) => matches(event, pattern))) return event;
    }
    return null;
  };

  return {
    lookBack,
    async reachWait(request) {
      const { enrolment, step, kind, end, events, trace } = request;
      const reached = await deadlineOf(enrolment, end);
      const waitsUntil = 'deadline' in reached ? new Date(reached.deadline) : null;
      const wait = { step, waitKind: kind, stepSince: new Date(now()), waitsUntil, waitsFor: events };
      await store.enrolments.reachWait(enrolment.id, wait, trace);
      const event = await lookBack(request);
      return event ? { event } : reached;
    },
    async finish({ enrolment, outcome, eventId, splits, unsent, trace }) {
      const end = { outcome, endedAt: new Date(now()), ...(eventId !== undefined && { endedBy: eventId }) };
      await store.enrolments.finish(enrolment.id, end, trace);
      if (unsent) {
        const reason = 'journey-stopped';
        await store.messages.dropPlanned(enrolment.id, reason, end.endedAt);
        await store.deliveries.dropWaiting(enrolment.id, reason, end.endedAt);
      }
      if (outcome !== 'erased') await announceEnd(store, enrolment, outcome, end.endedAt);
      if (splits) await store.assignments.settle(enrolment.id, outcome === 'converted' ? 1 : 0);
    },
  };
}
