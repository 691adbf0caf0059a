import { chanceOf, pickByWeight } from '../domain/chance';
import { seededRandom, thompsonProbabilities, type Group } from '../scoring';
import type { Store } from '../store/store';
import type { JourneyActivities, SplitRequest } from './contract';

/** How long counts of an adaptive split may be old, milliseconds. */
const staleness = 10_000;

/** How journeys divide their customers. */
export function createSplits({
  store: { assignments },
  now,
}: {
  readonly store: Pick<Store, 'assignments'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}): Pick<JourneyActivities, 'assign'> {
  const known = new Map<string, { readonly at: number; readonly counts: Promise<Map<string, Group>> }>();

  async function read(journey: string, split: string): Promise<Map<string, Group>> {
    const groups = new Map<string, Group>();
    for (const { arm, reward, count } of await assignments.counts(journey, split)) {
      if (reward === undefined) continue;
      const { customers, converted } = groups.get(arm) ?? { customers: 0, converted: 0 };
      groups.set(arm, { customers: customers + count, converted: converted + reward * count });
    }
    return groups;
  }

  function resultsOf(journey: string, split: string): Promise<Map<string, Group>> {
    const name = `${journey}/${split}`;
    const before = known.get(name);
    if (before && now() - before.at < staleness) return before.counts;
    const counts = read(journey, split);
    counts.catch(() => known.delete(name));
    known.set(name, { at: now(), counts });
    return counts;
  }

  async function probabilitiesOf(
    { enrolment, split, weights, adaptive }: SplitRequest,
    id: string,
  ): Promise<Record<string, number>> {
    const arms = Object.keys(weights);
    if (!adaptive) {
      const whole = Object.values(weights).reduce((sum, weight) => sum + Math.max(0, weight), 0);
      return Object.fromEntries(arms.map((arm) => [arm, Math.max(0, weights[arm] ?? 0) / whole]));
    }
    const results = await resultsOf(enrolment.journey, split);
    const groups = arms.map((arm) => results.get(arm) ?? { customers: 0, converted: 0 });
    const probabilities = thompsonProbabilities(groups, seededRandom(id));
    return Object.fromEntries(arms.map((arm, i) => [arm, probabilities[i] ?? 0]));
  }

  return {
    async assign(request) {
      const { enrolment, split, weights, adaptive } = request;
      const { journey, customerId, holdout } = enrolment;
      const _id = `${journey}/${split}/${customerId}`;
      const standing = await assignments.find(_id);
      if (standing && Object.hasOwn(weights, standing.arm)) return standing.arm;
      const probabilities = await probabilitiesOf(request, _id);
      const arm = pickByWeight(probabilities, chanceOf(`split/${journey}/${split}/${customerId}`));
      const at = new Date(now());
      const drawn = { _id, journey, split, customerId, arm, probabilities, adaptive, holdout, at };
      return (await assignments.assign({ ...drawn, enrolmentId: enrolment.id }, standing)).arm;
    },
  };
}
