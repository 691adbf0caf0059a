import { z } from 'zod';
import { groupBy } from '../domain/group-by';
import { ratioAlarm, ratioEvidence, sequentialDifference, sequentialShare, type Group } from '../scoring';
import type { ArmCount } from '../store/assignments';
import type { RunCount } from '../store/enrolments';
import type { Store } from '../store/store';
import type { Journey } from '../workflows/engine/journey';
import type { Figures } from './journey-figures';

/** A difference of shares as the API shows it. */
export const difference = z
  .object({ difference: z.number(), low: z.number(), high: z.number(), p: z.number() })
  .nullable()
  .describe(
    'Difference of shares with its 95 % confidence sequence, and the p-value that holds at every look',
  );
const group = z.object({
  customers: z.number().int().describe('Customers whose run is over'),
  converted: z.number().int(),
  open: z.number().int().describe('Customers whose run is not over; they do not count yet'),
  low: z.number().describe('Bounds of the converted share, which hold at every look'),
  high: z.number(),
});
const alarm = z
  .boolean()
  .nullable()
  .describe(
    'Customers are not divided as they should be: do not trust the rest. Null where it cannot be said.',
  );

/** What a journey and its splits bring, as the API shows it. */
export const resultsSchema = z.object({
  name: z.string(),
  holdout: z.object({
    treated: group,
    control: group,
    lift: difference,
    ratioAlarm: alarm,
    untouched: group.describe('Customers in the control group of all marketing'),
  }),
  splits: z.array(
    z.object({
      name: z.string(),
      adaptive: z.boolean(),
      arms: z.array(group.extend({ arm: z.string(), difference }).describe('Difference: to the first arm')),
      ratioAlarm: alarm,
    }),
  ),
});

export type JourneyResults = z.infer<typeof resultsSchema>;

/** What of a journey's results is a comparison with its control group. */
export type Lift = JourneyResults['holdout']['lift'];

/** A journey's lift against its control group. */
export const liftOf = (journey: Journey, runs: readonly RunCount[]): Lift =>
  holdoutResults(journey, runs).lift;

/** Reads a journey's results. */
export async function resultsOf(
  journey: Journey,
  {
    figures,
    store: { assignments },
  }: { readonly figures: Figures; readonly store: Pick<Store, 'assignments'> },
): Promise<JourneyResults> {
  const [runs, counts] = await Promise.all([figures.counts(journey.name), assignments.counts(journey.name)]);
  const names = [...new Set(counts.map(({ split }) => split))].sort();
  return {
    name: journey.name,
    holdout: holdoutResults(journey, runs),
    splits: names.map((name) => splitResults(name, counts)),
  };
}

interface Tally extends Group {
  readonly open: number;
}

/** What customers' first runs came to; nothing of those who were erased. */
function holdoutResults({ holdout }: Journey, runs: readonly RunCount[]): JourneyResults['holdout'] {
  const firstRuns = runs.filter(({ isFirst, outcome }) => isFirst && outcome !== 'erased');
  const tallied = (belongs: (run: RunCount) => boolean): Tally =>
    tallyOf(
      firstRuns.filter(belongs).map(({ outcome, count }) => ({
        count,
        ...(outcome !== undefined && { reward: outcome === 'converted' ? 1 : 0 }),
      })),
    );
  const treated = tallied((run) => !run.holdout);
  const control = tallied((run) => run.holdout && !run.globalHoldout);
  return {
    treated: shown(treated),
    control: shown(control),
    untouched: shown(tallied((run) => run.globalHoldout === true)),
    lift: sequentialDifference(treated, control),
    ratioAlarm:
      holdout > 0 && holdout < 100
        ? ratioEvidence([allOf(treated), allOf(control)], [100 - holdout, holdout]) > ratioAlarm
        : null,
  };
}

function splitResults(name: string, counts: readonly ArmCount[]): JourneyResults['splits'][number] {
  const own = counts.filter(({ split }) => split === name);
  const adaptive = own.some((count) => count.adaptive);
  const arms = [
    ...new Set(own.flatMap(({ arm, probabilities }) => [arm, ...Object.keys(probabilities)])),
  ].sort();
  const tallies = arms.map((arm) => tallyOf(own.filter((count) => count.arm === arm)));
  const [first] = tallies;
  return {
    name,
    adaptive,
    arms: tallies.map((tally, i) => ({
      arm: arms[i] ?? '',
      ...shown(tally),
      // Whom an adaptive split gives an arm depends on how the arms did: a plain comparison would not hold.
      difference: i === 0 || adaptive || !first ? null : sequentialDifference(tally, first),
    })),
    ratioAlarm: adaptive ? null : ratioEvidenceOf(own) > ratioAlarm,
  };
}

/** Evidence of all weights that a split ever had: each set is an experiment of its own, so that their factors multiply. */
function ratioEvidenceOf(counts: readonly ArmCount[]): number {
  const epochs = groupBy(counts, ({ probabilities }) => JSON.stringify(probabilities));
  let evidence = 0;
  for (const epoch of epochs.values()) {
    const wanted = Object.entries(epoch[0]?.probabilities ?? {}).filter(([, share]) => share > 0);
    const sizes = wanted.map(([arm]) =>
      epoch.filter((count) => count.arm === arm).reduce((sum, { count }) => sum + count, 0),
    );
    evidence += ratioEvidence(
      sizes,
      wanted.map(([, share]) => share),
    );
  }
  return evidence;
}

function tallyOf(counts: readonly { readonly reward?: 0 | 1; readonly count: number }[]): Tally {
  const sum = (belongs: (reward?: 0 | 1) => boolean) =>
    counts.filter(({ reward }) => belongs(reward)).reduce((total, { count }) => total + count, 0);
  const converted = sum((reward) => reward === 1);
  return {
    converted,
    customers: converted + sum((reward) => reward === 0),
    open: sum((reward) => reward === undefined),
  };
}

const allOf = ({ customers, open }: Tally): number => customers + open;

const shown = (tally: Tally) => ({ ...tally, ...sequentialShare(tally) });
