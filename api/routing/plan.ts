import { enrolmentId, workflowId, type Enrolment, type Outcome } from '../../domain/enrolment';
import { matches, type JourneyEvent } from '../../domain/events';
import { isHeldOut, isHeldOutOfAll } from '../../domain/holdout';
import { letsIn } from '../../domain/reentry';
import type { CustomerDocument } from '../../store/customers';
import type { EnrolmentDocument, RunHistory } from '../../store/enrolments';
import type { EventDocument } from '../../store/events';
import { endingOf, enters } from '../../workflows/engine/effects';
import type { Journey } from '../../workflows/engine/journey';
import { journeyEvent } from './journey-event';

/** A run that an event may reach: one in the ledger, or one that an earlier event of the batch opens. */
export type Run = Pick<
  EnrolmentDocument,
  | '_id'
  | 'workflowId'
  | 'n'
  | 'journey'
  | 'customerId'
  | 'key'
  | 'triggerEventId'
  | 'holdout'
  | 'globalHoldout'
  | 'clock'
  | 'startedAt'
  | 'parent'
  | 'waitsFor'
>;

/** What a run is to be told. */
export interface Signal {
  readonly run: Run;
  readonly event: JourneyEvent;
  readonly ends?: Outcome;
}

/** Why an entry event starts no run. */
export type Refusal = 'already-open' | 're-entry' | 'erased';

/** What one event leads to. Signals go first, then starts. */
export interface Plan {
  readonly event: EventDocument;
  readonly signals: Signal[];
  readonly starts: Start[];
  readonly refusals: Refusal[];
  /** A run that this event would open is about to end: the event has to come again. */
  awaitsEnd: boolean;
}

/** A run to start: new, or one whose start may not have happened. */
export interface Start {
  readonly run: Run;
  readonly trigger: JourneyEvent;
  readonly isNew: boolean;
}

/** All that planning looks at. It grows as the events of a batch open and end runs. */
export interface Ledger {
  readonly journeys: readonly Journey[];
  /** Share of customers whom no marketing reaches, percent. */
  readonly globalHoldout: number;
  /** Open runs by customer. */
  readonly runs: Map<string, Run[]>;
  /** The runs so far under each workflow id of {@link entriesOf} the batch. */
  readonly histories: ReadonlyMap<string, RunHistory>;
  readonly customers: ReadonlyMap<string, Pick<CustomerDocument, 'clock' | 'erasedAt'>>;
  /** Enrolment ids of open runs that have been told to end. */
  readonly ending: Set<string>;
}

/** An entry that an event makes: which journey, and under which workflow id. */
export interface Entry {
  readonly journey: Journey;
  readonly customerId: string;
  readonly key?: string;
  readonly workflowId: string;
  /** The enrolment that asks for it. */
  readonly by?: string;
}

/** The journeys that an event of a known customer enters. */
export function entriesOf(event: EventDocument, journeys: readonly Journey[]): Entry[] {
  const seen = journeyEvent(event);
  const { customerId, enrols } = event;
  if (!seen || customerId === null) return [];
  return journeys
    .filter((journey) => (enrols ? enrols.journey === journey.name : enters(journey, seen)))
    .flatMap((journey) => {
      const properties: Readonly<Record<string, unknown>> = seen.properties;
      const key = journey.key === undefined ? undefined : properties[journey.key];
      if (key !== undefined && typeof key !== 'string') return [];
      if (journey.key !== undefined && key === undefined) return [];
      const about = { customerId, ...(key !== undefined && { key }) };
      return [{ ...about, journey, workflowId: workflowId({ ...about, journey: journey.name }) }];
    });
}

/** What an event of a known customer leads to. Goals and exits are judged before entries. */
export function planEvent(event: EventDocument, ledger: Ledger): Plan {
  const plan: Plan = { event, signals: [], starts: [], refusals: [], awaitsEnd: false };
  const seen = journeyEvent(event);
  if (!seen || event.customerId === null) return plan;
  if (!event.enrols) plan.signals.push(...signalsOf(seen, event.customerId, ledger));
  for (const { run, ends } of plan.signals) if (ends) ledger.ending.add(run._id);
  const by = event.enrols?.by;
  for (const entry of entriesOf(event, ledger.journeys)) {
    planEntry(plan, seen, { ...entry, ...(by !== undefined && { by }) }, ledger);
  }
  return plan;
}

function signalsOf(event: JourneyEvent, customerId: string, { journeys, runs }: Ledger): Signal[] {
  return (runs.get(customerId) ?? []).flatMap((run) => {
    const journey = journeys.find(({ name }) => name === run.journey);
    if (!journey || run.triggerEventId === event.id || event.receivedAt < run.startedAt.getTime()) return [];
    const ends = endingOf(journey, run.key, event);
    if (ends) return [{ run, event, ends }];
    return run.waitsFor?.some((pattern) => matches(event, pattern)) === true ? [{ run, event }] : [];
  });
}

function planEntry(plan: Plan, trigger: JourneyEvent, entry: Entry, ledger: Ledger): void {
  const { journey, key, customerId, by } = entry;
  const customer = ledger.customers.get(customerId);
  const runs = ledger.runs.get(customerId) ?? [];
  const open = runs.find((run) => run.workflowId === entry.workflowId);
  if (open) {
    if (open.triggerEventId === trigger.id) plan.starts.push({ run: open, trigger, isNew: false });
    else if (ledger.ending.has(open._id)) plan.awaitsEnd = true;
    else plan.refusals.push('already-open');
    return;
  }
  const history = ledger.histories.get(entry.workflowId);
  const refusal = customer?.erasedAt ? 'erased' : refusedBy(journey, history, trigger, customer);
  if (refusal) {
    plan.refusals.push(refusal);
    return;
  }
  const n = (history?.n ?? 0) + 1;
  const isOutOfAll = isHeldOutOfAll(ledger.globalHoldout, customerId);
  const run: Run = {
    _id: enrolmentId(entry.workflowId, n),
    workflowId: entry.workflowId,
    n,
    journey: journey.name,
    customerId,
    ...(key !== undefined && { key }),
    triggerEventId: trigger.id,
    holdout: isOutOfAll || isHeldOut(journey, customerId),
    ...(isOutOfAll && { globalHoldout: true }),
    ...(customer?.clock && { clock: customer.clock }),
    ...(by !== undefined && { parent: by }),
    startedAt: new Date(trigger.receivedAt),
  };
  plan.starts.push({ run, trigger, isNew: true });
  ledger.runs.set(customerId, [...runs, run]);
}

/** The enrolment that a run's workflow carries. */
export const enrolmentOf = ({ run, trigger }: Start): Enrolment => ({
  id: run._id,
  journey: run.journey,
  customerId: run.customerId,
  ...(run.key !== undefined && { key: run.key }),
  trigger,
  startedAt: run.startedAt.getTime(),
  holdout: run.holdout,
  ...(run.clock && { clock: run.clock }),
  ...(run.parent !== undefined && { parent: run.parent }),
});

/** An event that opened a run already, or came before the latest one began, is not a new reason to enter. */
function refusedBy(
  { reentry }: Journey,
  history: RunHistory | undefined,
  trigger: JourneyEvent,
  customer: Pick<CustomerDocument, 'clock'> | undefined,
): Refusal | undefined {
  if (!history) return undefined;
  const began = history.startedAt.getTime();
  if (history.triggers.has(trigger.id) || trigger.receivedAt < began) return 're-entry';
  return letsIn(reentry, { began, at: trigger.receivedAt, clock: customer?.clock }) ? undefined : 're-entry';
}

export { isHeldOut } from '../../domain/holdout';
