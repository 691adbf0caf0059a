import { estimateAll, type Estimate } from '../interval';
import type { Random } from '../random';
import type { AlsOptions } from './als';
import { tabulate, type Interaction } from './interactions';
import { openRecommender, trainingRounds, type History } from './recommender';

/**
 * How far up what customers did stands among what they might have done: the share of the other items that rank above it,
 * averaged (expected percentile ranking; Hu, Koren and Volinsky 2008, equation 8, each interaction counting once). 0 is
 * the top, 0.5 chance.
 */
export interface PercentileRanks {
  /** Interactions that were judged. */
  readonly n: number;
  readonly affinity: Estimate;
  /** By how much more the customer is drawn to an item than others are: what is known beyond popularity. */
  readonly leaning: Estimate;
  readonly popularity: Estimate;
}

/** The most interactions that are judged. */
const judged = 5_000;
/** How many are judged at one step. */
const atOnce = 200;

/**
 * Learns from some interactions and ranks the others, each among the items that their customer has nothing to do with in
 * what was learned from. A part of the work at each step. Null where fewer than two can be judged: their customer and
 * item must both be known.
 *
 * @param isApart which interactions are kept for judging
 */
export function* percentileRanks(
  interactions: readonly Interaction[],
  {
    isApart,
    ...options
  }: AlsOptions & { readonly isApart: (interaction: Interaction) => boolean; readonly random: Random },
): Generator<number, PercentileRanks | null> {
  const learned = interactions.filter((interaction) => !isApart(interaction));
  const state = yield* trainingRounds(tabulate(learned), options);
  const recommender = openRecommender(state);
  const leaningsOf = recommender.leaningsAmong(state.items);
  const places = new Map(state.items.map((item, place) => [item, place]));
  const histories = historiesOf(learned);
  const ranks: Record<'affinity' | 'leaning' | 'popularity', number[]> = {
    affinity: [],
    leaning: [],
    popularity: [],
  };
  for (const { customer, item } of interactions.filter(isApart)) {
    const history = histories.get(customer);
    const place = places.get(item);
    const leaning = history && leaningsOf(history);
    if (!leaning || place === undefined || history.has(item)) continue;
    const mine = recommender.foldIn(history);
    const others = state.items.flatMap((id, index) => (id === item || history.has(id) ? [] : [index]));
    const share = (scores: ArrayLike<number>) => shareAbove(scores, place, others);
    ranks.leaning.push(share(leaning));
    ranks.affinity.push(share(state.items.map((id) => recommender.affinity(mine, id) ?? 0)));
    ranks.popularity.push(share(state.popularity));
    if (ranks.leaning.length === judged) break;
    if (ranks.leaning.length % atOnce === 0) yield ranks.leaning.length;
  }
  const all = [ranks.affinity, ranks.leaning, ranks.popularity].map((terms) => ({
    terms: Float64Array.from(terms),
  }));
  const n = ranks.leaning.length;
  if (n < 2) return null;
  const [byAffinity, byLeaning, byPopularity] = estimateAll(all, { random: options.random, resamples: 50 });
  return byAffinity && byLeaning && byPopularity
    ? { n, affinity: byAffinity, leaning: byLeaning, popularity: byPopularity }
    : null;
}

function historiesOf(interactions: readonly Interaction[]): Map<string, History> {
  const histories = new Map<string, Map<string, number>>();
  for (const { customer, item, weight } of interactions) {
    const history = histories.get(customer) ?? new Map<string, number>();
    history.set(item, (history.get(item) ?? 0) + weight);
    histories.set(customer, history);
  }
  return histories;
}

/** The share of others that score higher, of equal ones the half. */
function shareAbove(scores: ArrayLike<number>, place: number, others: readonly number[]): number {
  const mine = scores[place] ?? 0;
  let above = 0;
  for (const other of others) {
    const score = scores[other] ?? 0;
    above += score > mine ? 1 : score === mine ? 0.5 : 0;
  }
  return others.length === 0 ? 0.5 : above / others.length;
}
