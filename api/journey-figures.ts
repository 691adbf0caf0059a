import type { RunCount } from '../store/enrolments';
import type { Store } from '../store/store';
import { recently } from './recently';

/** A journey in numbers. */
export interface JourneyFigures {
  readonly open: number;
  /** Open runs that wait at each step. */
  readonly waiting: Readonly<Record<string, number>>;
  /** Runs that are over, by outcome. */
  readonly outcomes: Readonly<Record<string, number>>;
  /** All runs of each group and those that reached the goal. */
  readonly treated: { readonly runs: number; readonly converted: number };
  readonly control: { readonly runs: number; readonly converted: number };
}

/** Sums counts of one journey's runs. */
export function figuresOf(counts: readonly RunCount[]): JourneyFigures {
  const waiting: Record<string, number> = {};
  const outcomes: Record<string, number> = {};
  const groups = { treated: { runs: 0, converted: 0 }, control: { runs: 0, converted: 0 } };
  let open = 0;
  for (const { step, outcome, holdout, count } of counts) {
    const group = holdout ? groups.control : groups.treated;
    group.runs += count;
    if (outcome === undefined) open += count;
    else outcomes[outcome] = (outcomes[outcome] ?? 0) + count;
    if (outcome === 'converted') group.converted += count;
    if (outcome === undefined && step !== undefined) waiting[step] = (waiting[step] ?? 0) + count;
  }
  return { open, waiting, outcomes, ...groups };
}

/** How long counts may be old where counting is quick, milliseconds: counting reads every run. */
const staleness = 5_000;

/** What is counted of runs, and counted again at most every five seconds however many ask; see {@link recently}. */
export interface Figures {
  readonly of: (journey: string) => Promise<JourneyFigures>;
  /** How many runs of a journey are where, by group. */
  readonly counts: (journey: string) => Promise<RunCount[]>;
  /** How many runs of a journey are past each step, in the order in which runs come to them. */
  readonly passed: (journey: string) => ReturnType<Store['enrolments']['passed']>;
}

export function createFigures({ enrolments }: Pick<Store, 'enrolments'>, now: () => Date): Figures {
  const all = recently(() => enrolments.counts(), { staleness, now, isCostly: true });
  const counts = async (journey: string) => (await all()).filter((count) => count.journey === journey);
  const passed = new Map<string, () => ReturnType<Figures['passed']>>();
  return {
    of: async (journey) => figuresOf(await counts(journey)),
    counts,
    passed(journey) {
      const ask =
        passed.get(journey) ?? recently(() => enrolments.passed(journey), { staleness, now, isCostly: true });
      passed.set(journey, ask);
      return ask();
    },
  };
}
