import type { FastifyBaseLogger } from 'fastify';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import type { Journey } from '../../workflows/engine/journey';
import { concurrently } from './concurrently';
import { groupBy } from '../../domain/group-by';
import { createAnswers } from './answers';
import { readLedger } from './ledger';
import { enrolmentOf, planEvent, type Plan, type Refusal, type Signal, type Start } from './plan';
import type { Runs } from './runs';

/** What routing one event came to. */
export interface Routed {
  readonly eventId: string;
  /** Enrolments that it opened, now or at an earlier attempt. */
  readonly enrolments: readonly string[];
  readonly signals: number;
  readonly refusals: readonly Refusal[];
  /** It will be tried again. */
  readonly postponed: boolean;
}

/** Events to be routed, and the note in the outbox that stands for them. */
export interface Noted {
  readonly note: string;
  readonly events: readonly EventDocument[];
  /** How often they were put off. */
  readonly failures?: number;
}

export interface RouterOptions {
  readonly store: Store;
  readonly runs: Runs;
  readonly journeys: readonly Journey[];
  /** Share of customers whom no marketing reaches, percent; 0 by default. */
  readonly globalHoldout?: number;
  /**
   * Takes in what events tell besides journeys, such as the outcome of a decision. The same event may come more than
   * once; one for which this fails comes again.
   */
  readonly onRouted?: (events: readonly EventDocument[]) => Promise<void>;
  /** Is told how attempts ended. */
  readonly count?: (outcome: 'routed' | 'postponed', count: number) => void;
  readonly now: () => Date;
  readonly log: FastifyBaseLogger;
}

/** Brings events to journeys. */
export interface Router {
  /**
   * Routes events, those of one customer in the order given, and removes their notes. What can't be done now is put off
   * with a note of its own, longer each time. Routing an event again starts and moves nothing twice.
   */
  route(noted: readonly Noted[]): Promise<Routed[]>;
}

/** Calls to Temporal at the same time. */
const concurrency = 20;
/** The first and the longest time for which an event is put off, milliseconds. */
const firstDelay = 1_000;
const longestDelay = 300_000;

export function createRouter(options: RouterOptions): Router {
  const { store, runs, journeys, globalHoldout = 0, onRouted, count, now, log } = options;
  const answer = createAnswers(journeys, store);

  /** New runs of a batch, entered in the ledger; those that another process entered first are not ours to start now. */
  async function enter(plans: readonly Plan[]): Promise<Set<string>> {
    const created = plans.flatMap(({ starts }) => starts.filter(({ isNew }) => isNew));
    return store.enrolments.insert(
      created.map(({ run }): EnrolmentDocument => ({ ...run, open: true, trace: [] })),
    );
  }

  /** Tells a run of an event. False: the run has not been started yet. A run that is over needs to know nothing. */
  async function tell({ run, event, ends }: Signal): Promise<boolean> {
    if (await runs.notify(run.workflowId, { event, ...(ends && { ends }) })) return true;
    return !(await store.outbox.holds(run.triggerEventId));
  }

  async function begin(start: Start, entered: ReadonlySet<string>): Promise<boolean> {
    const journey = journeys.find(({ name }) => name === start.run.journey);
    if (!journey) return true;
    if (start.isNew && !entered.has(start.run._id)) return false;
    return runs.start(enrolmentOf(start), start.run.workflowId, journey);
  }

  async function carryOut(plan: Plan, entered: ReadonlySet<string>): Promise<boolean> {
    let isDone = !plan.awaitsEnd;
    for (const signal of plan.signals) isDone = (await tell(signal)) && isDone;
    for (const start of plan.starts) isDone = (await begin(start, entered)) && isDone;
    return isDone;
  }

  /** Gives each event that is late a note of its own, then removes those that stood for it. */
  async function settle(noted: readonly Noted[], late: ReadonlySet<string>): Promise<void> {
    const kept = noted.flatMap(({ events, failures = 0 }) =>
      events
        .filter(({ _id }) => late.has(_id))
        .map(({ _id }) => ({
          _id: `event:${_id}`,
          eventIds: [_id],
          dueAt: new Date(now().getTime() + Math.min(longestDelay, firstDelay * 2 ** failures)),
          failures: failures + 1,
        })),
    );
    await store.outbox.putOff(kept);
    const standing = new Set(kept.map(({ _id }) => _id));
    await store.outbox.remove(noted.flatMap(({ note }) => (standing.has(note) ? [] : [note])));
  }

  return {
    async route(noted) {
      const events = noted.flatMap((each) => each.events);
      const ledger = await readLedger(events, store, { journeys, globalHoldout });
      const plans = events.map((event) => planEvent(event, ledger));
      const entered = await enter(plans);
      const late = new Set<string>();
      await concurrently(
        groupBy(plans, ({ event }) => event.customerId).values(),
        concurrency,
        async (own) => {
          for (const plan of own) {
            const { _id: eventId } = plan.event;
            try {
              if (!(await carryOut(plan, entered))) late.add(eventId);
            } catch (error) {
              late.add(eventId);
              log.warn({ eventId, error: error instanceof Error ? error.name : 'unknown' }, 'event put off');
            }
          }
        },
      );
      const done = events.filter(({ _id }) => !late.has(_id));
      try {
        await onRouted?.(done);
        await answer(plans.filter(({ event }) => !late.has(event._id)));
      } catch (error) {
        log.warn(
          { events: done.length, error: error instanceof Error ? error.name : 'unknown' },
          'events put off',
        );
        for (const { _id } of done) late.add(_id);
      }
      await settle(noted, late);
      count?.('routed', events.length - late.size);
      count?.('postponed', late.size);
      return plans.map(({ event, signals, starts, refusals }) => ({
        eventId: event._id,
        enrolments: starts.flatMap(({ run, isNew }) => (isNew && !entered.has(run._id) ? [] : [run._id])),
        signals: signals.length,
        refusals,
        postponed: late.has(event._id),
      }));
    },
  };
}
