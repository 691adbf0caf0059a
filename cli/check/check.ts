import { createCustomerQuestions } from '../../activities/customers';
import { groupBy } from '../../domain/group-by';
import type { EnrolmentDocument, Standing } from '../../store/enrolments';
import type { Store } from '../../store/store';
import type { Journey } from '../../workflows/engine/journey';
import { foresee, type Foreseen } from '../../workflows/simulate/foresee';
import { eventFor, standpointOf } from './standpoints';

/** What an edit means for those who wait at one step and have the same behind them. */
export interface Effect {
  readonly step: string;
  readonly customers: number;
  /** What happens when the time of the wait is up. */
  readonly byTime: Foreseen;
  /** What happens when the event comes for which they wait. */
  readonly byEvent?: Foreseen;
}

/** One journey of the ledger or of the working tree. */
export interface Checked {
  readonly journey: string;
  /** Open runs. */
  readonly open: number;
  /** Runs that have not reached a wait, which go through their first steps now. */
  readonly starting: number;
  /** The journey has open runs and is not in the working tree. */
  readonly isGone: boolean;
  readonly effects: readonly Effect[];
}

/** How much an edit means for those inside. */
export type Severity = 'none' | 'changed' | 'broken';

/**
 * Compares the journeys of the working tree with those inside: for each place where somebody stands the real engine plays
 * what comes next.
 */
export async function checkJourneys(
  journeys: readonly Journey[],
  store: Pick<Store, 'customers' | 'enrolments' | 'events'>,
): Promise<Checked[]> {
  const live = groupBy(await store.enrolments.standings(), ({ journey }) => journey);
  const names = [...new Set([...journeys.map(({ name }) => name), ...live.keys()])];
  const checked: Checked[] = [];
  for (const name of names) {
    const journey = journeys.find((each) => each.name === name);
    const standings = live.get(name) ?? [];
    const starting = standings.filter(({ step }) => step === undefined);
    checked.push({
      journey: name,
      open: sumOf(standings),
      starting: sumOf(starting),
      isGone: journey === undefined,
      effects: journey ? await effectsOn(journey, standings, store) : [],
    });
  }
  return checked;
}

const sumOf = (standings: readonly Standing[]): number =>
  standings.reduce((sum, { count }) => sum + count, 0);

async function effectsOn(
  journey: Journey,
  standings: readonly Standing[],
  store: Pick<Store, 'customers' | 'enrolments' | 'events'>,
): Promise<Effect[]> {
  const effects = new Map<string, Effect>();
  for (const { step, count, example } of standings) {
    const run = step === undefined ? null : await store.enrolments.find(example);
    const effect = run && (await effectOn(journey, run, store));
    if (!effect) continue;
    const { step: at, byTime, byEvent } = effect;
    const same = JSON.stringify([at, byTime, byEvent]);
    effects.set(same, { ...effect, customers: (effects.get(same)?.customers ?? 0) + count });
  }
  return [...effects.values()];
}

async function effectOn(
  journey: Journey,
  run: EnrolmentDocument,
  store: Pick<Store, 'customers' | 'events'>,
): Promise<Omit<Effect, 'customers'> | undefined> {
  const [trigger] = await store.events.findMany([run.triggerEventId]);
  const standpoint = standpointOf(run, trigger, journey);
  if (!standpoint) return undefined;
  const answers = createCustomerQuestions(store);
  const event = eventFor(standpoint.pending);
  return {
    step: standpoint.pending.step,
    byTime: await foresee(journey, standpoint, answers),
    ...(event && { byEvent: await foresee(journey, standpoint, answers, event) }),
  };
}

/** What the edit means for those of one place. */
export function severityOf({ byTime, byEvent }: Pick<Effect, 'byTime' | 'byEvent'>): Severity {
  const futures = byEvent ? [byTime, byEvent] : [byTime];
  if (futures.some(({ end }) => end.kind === 'fails')) return 'broken';
  const isChanged = futures.some(
    ({ waitIsGone, passedOver, ignored }) => waitIsGone || passedOver.length + ignored.length > 0,
  );
  return isChanged ? 'changed' : 'none';
}

/** The worst that happens to anybody in a journey. */
export function worstOf({ isGone, effects }: Checked): Severity {
  if (isGone) return 'broken';
  const severities = effects.map(severityOf);
  return severities.includes('broken') ? 'broken' : severities.includes('changed') ? 'changed' : 'none';
}
