import type { Enrolment } from '../../domain/enrolment';
import { eventSchemas, toJourneyEvent } from '../../domain/event-schemas';
import { fixedBy, type EventName, type JourneyEvent } from '../../domain/events';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { EventDocument } from '../../store/events';
import type { Journey } from '../../workflows/engine/journey';
import type { PendingWait } from '../../workflows/engine/run-state';
import type { Standpoint } from '../../workflows/simulate/foresee';
import { completed } from '../simulate/events';

/** A run of the ledger as the engine takes it up; undefined where it has not reached a wait. */
export function standpointOf(
  run: EnrolmentDocument,
  trigger: EventDocument | undefined,
  journey: Journey,
): Standpoint | undefined {
  const { _id: id, customerId, key, holdout, clock, startedAt, step, stepSince, trace } = run;
  if (step === undefined || !stepSince) return undefined;
  const pending: PendingWait = {
    step,
    kind: run.waitKind ?? 'wait',
    until: run.waitsUntil?.getTime() ?? stepSince.getTime(),
    since: stepSince.getTime(),
    events: run.waitsFor ?? [],
  };
  const enrolment: Enrolment = {
    id,
    journey: run.journey,
    customerId,
    ...(key !== undefined && { key }),
    trigger: triggerOf(trigger, journey, startedAt.getTime()),
    startedAt: startedAt.getTime(),
    holdout,
    ...(clock && { clock }),
  };
  return { enrolment, journal: trace, pending };
}

/** The event that opened a run, or one like it where it is no longer there. */
function triggerOf(stored: EventDocument | undefined, journey: Journey, at: number): JourneyEvent {
  const name = stored?.enrols?.event ?? stored?.name ?? '';
  const event =
    stored && toJourneyEvent({ id: stored._id, name, receivedAt: at, properties: stored.properties });
  const [entry] = journey.entry;
  return event ?? madeUp(entry?.event ?? 'customer.signed_up', at, fixedBy(entry?.where));
}

/** An event for which a run waits, as it might come; undefined where it can't be made up. */
export function eventFor({ events, until }: PendingWait): JourneyEvent | undefined {
  const [pattern] = events;
  if (!pattern || !isEventName(pattern.event)) return undefined;
  const about = pattern.about && { [pattern.about.property]: pattern.about.value };
  return madeUp(pattern.event, until, { ...fixedBy(pattern.where), ...about });
}

function madeUp(
  name: EventName,
  receivedAt: number,
  given: Readonly<Record<string, unknown>> = {},
): JourneyEvent {
  const { properties } = completed({ name, given }, 'offer');
  return { id: 'made-up', name, receivedAt, properties };
}

const isEventName = (name: string): name is EventName => Object.hasOwn(eventSchemas, name);
