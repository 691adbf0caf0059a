import { chanceOf } from '../../domain/chance';
import { highest } from '../highest';
import type { Random } from '../random';
import { prepare, tableOf, type Candidate, type CandidateTable, type Prepared, type Score } from './score';
import type { BanditState } from './state';

/** A candidate whose drawn value is multiplied before it competes. */
export interface WeightedCandidate extends Candidate {
  /** For example value x context weight x lever. Default 1. */
  readonly multiplier?: number;
}

/** Orders entrants (by their place) from their utilities, best first; may leave some out. Must depend on nothing else. */
export type Arrange = (utilities: Float64Array) => readonly number[];

export interface ChooseOptions {
  readonly random: Random;
  /** How many offers to choose. Default 1. */
  readonly count?: number;
  /** Chance that the whole list is drawn uniformly instead: every offer's probability is then at least this over their number. Default 0. */
  readonly floor?: number;
  /** Posterior draws behind the logged probability. Default: 500, fewer from 100 candidates on, never below 100. */
  readonly draws?: number;
  /** Names the decision: ties are broken by it and the offers' ids, so a repeat breaks them alike. Default ''. */
  readonly tieSeed?: string;
  /** Given the indices of the candidates that may be drawn, how they are ordered. Default: highest utility first. */
  readonly arrange?: (entrants: Int32Array) => Arrange;
  /**
   * How many offers may be drawn at all by Thompson sampling: those with the highest utility two deviations above what is
   * expected. It is a part of the policy, so the probabilities stay right; the floor covers the others. Default 200.
   */
  readonly shortlist?: number;
}

export interface Choice extends Score {
  /** Of the offer, among the candidates. */
  readonly index: number;
  /** From 0. */
  readonly rank: number;
  /** The sampled value times the candidate's multiplier. */
  readonly utility: number;
  /** Of finding this offer at this rank, given the model, the candidates and the options. Log it. */
  readonly probability: number;
  /** Standard error of `probability`; 0 where it is exact. */
  readonly probabilityError: number;
  /** True where the list was drawn uniformly. */
  readonly explored: boolean;
}

/**
 * Chooses offers and gives the probability of each choice.
 *
 * `linucb` is deterministic, so its probabilities are exact. For Thompson sampling they are frequencies among further
 * draws; the draw that made the choice counts as one of them, (x + 1) / (m + 1) for x hits in m draws, because the
 * expectation of its inverse is (1 - (1 - p)^(m + 1)) / p: importance weights made of it are unbiased but for offers
 * that m draws would not find.
 */
export function chooseOffers(
  state: BanditState,
  candidates: readonly WeightedCandidate[],
  options: ChooseOptions,
): Choice[] {
  return chooseAmong(state, weighted(state, candidates), options).chosen;
}

/** {@link WeightedCandidate}s in little memory. */
export interface WeightedTable extends CandidateTable {
  /** One for each candidate. */
  readonly multipliers: Float64Array;
}

function weighted(state: BanditState, candidates: readonly WeightedCandidate[]): WeightedTable {
  const multipliers = Float64Array.from(candidates, ({ multiplier = 1 }) => multiplier);
  return { ...tableOf(state, candidates), multipliers };
}

/** An offer that was in the running, whether chosen or not. */
export interface Contender extends Pick<Score, 'id' | 'mean' | 'deviation'> {
  readonly multiplier: number;
}

/** {@link chooseOffers}, with the `leading` offers of the highest expected utility, chosen or not. */
export function chooseAmong(
  state: BanditState,
  table: WeightedTable,
  options: ChooseOptions & { readonly leading?: number },
): { chosen: Choice[]; leading: Contender[] } {
  const { random, count = 1, floor = 0, leading = 0 } = options;
  const { ids, multipliers } = table;
  const contest = contestOf(state, table, options);
  const first = contest.next(random);
  const sampled = contest.sampled.slice();
  const explored = floor > 0 && random.uniform() < floor;
  const order = (explored ? shuffled(ids.length, random) : first).slice(0, count);
  const hits = contest.hits(random, order);
  const chosen = order.map((index, rank) => {
    const counted = contest.exact || explored ? 0 : 1;
    const share = ((hits[rank] ?? 0) + counted) / (contest.draws + counted);
    const value = sampled[contest.listed.indexOf(index)] ?? 0;
    return {
      id: ids[index] ?? '',
      index,
      sampled: value,
      ...contest.prepared.describe(index),
      rank,
      utility: value * (multipliers[index] ?? 1),
      probability: (1 - floor) * share + floor / ids.length,
      probabilityError: contest.exact ? 0 : (1 - floor) * Math.sqrt((share * (1 - share)) / contest.draws),
      explored,
    };
  });
  return { chosen, leading: leadersOf(contest, table, leading) };
}

function leadersOf({ prepared }: Contest, { ids, multipliers }: WeightedTable, count: number): Contender[] {
  if (count < 1) return [];
  const expected = multipliers.map((multiplier, index) => prepared.mean(index) * multiplier);
  return byUtility(
    ids,
    '',
    count,
  )(expected).map((index) => {
    return { id: ids[index] ?? '', ...prepared.estimate(index), multiplier: multipliers[index] ?? 1 };
  });
}

/**
 * The probability that each candidate would be chosen first, in their order; they sum to 1. What the off-policy
 * estimators need of a policy that is being judged.
 */
export function choiceProbabilities(
  state: BanditState,
  candidates: readonly WeightedCandidate[],
  options: Omit<ChooseOptions, 'count'>,
): Float64Array {
  const { random, floor = 0 } = options;
  const contest = contestOf(state, weighted(state, candidates), options);
  const wins = new Float64Array(candidates.length);
  for (let draw = 0; draw < contest.draws; draw++) {
    const [first] = contest.next(random);
    if (first !== undefined) wins[first] = (wins[first] ?? 0) + 1;
  }
  return wins.map((won) => (1 - floor) * (won / contest.draws) + floor / candidates.length);
}

/** The `count` highest utilities, best first; equal ones in an order that the seed and the ids fix. */
export function byUtility(ids: readonly string[], tieSeed: string, count: number): Arrange {
  const known = new Float64Array(ids.length).fill(Number.NaN);
  const precedence = (k: number): number => {
    const before = known[k] ?? 0;
    return Number.isNaN(before) ? (known[k] = chanceOf(`${tieSeed}/${ids[k] ?? ''}`)) : before;
  };
  const before = (utilities: Float64Array, a: number, b: number): boolean => {
    const [left, right] = [utilities[a] ?? 0, utilities[b] ?? 0];
    if (left !== right) return left > right;
    const [first, second] = [precedence(a), precedence(b)];
    if (first !== second) return first < second;
    return (ids[a] ?? '') < (ids[b] ?? '');
  };
  if (count === 1) return (utilities) => firstOf(utilities, before);
  return (utilities) => highest(utilities.length, count, (a, b) => before(utilities, a, b));
}

/** The index of the highest utility alone: what most draws ask for, a thousand times over. */
function firstOf(
  utilities: Float64Array,
  before: (utilities: Float64Array, a: number, b: number) => boolean,
): number[] {
  if (utilities.length === 0) return [];
  let first = 0;
  let most = utilities[0] ?? 0;
  for (let k = 1; k < utilities.length; k++) {
    const utility = utilities[k] ?? 0;
    if (utility < most || (utility === most && !before(utilities, k, first))) continue;
    first = k;
    most = utility;
  }
  return [first];
}

interface Contest {
  readonly prepared: Prepared;
  /** True where every draw is the same. */
  readonly exact: boolean;
  readonly draws: number;
  /** Indices of the candidates that may be drawn, ascending. */
  readonly listed: Int32Array;
  /** The values drawn by the last `next`, as `listed`. */
  readonly sampled: Float64Array;
  /** Draws, and gives the indices of candidates in the order of that draw. */
  next(random: Random): readonly number[];
  /** For each rank, how many of `draws` further draws put the offer of `order` there. */
  hits(random: Random, order: readonly number[]): number[];
}

function contestOf(
  state: BanditState,
  table: WeightedTable,
  { count = 1, tieSeed = '', draws, arrange, floor = 0, shortlist = 200 }: Omit<ChooseOptions, 'random'>,
): Contest {
  if (!(floor >= 0 && floor <= 1)) throw new RangeError('floor must be between 0 and 1.');
  const { ids, multipliers } = table;
  const prepared = prepare(state, table);
  const exact = state.policy === 'linucb' || state.exploration === 0;
  const times = exact ? 1 : (draws ?? Math.min(500, Math.max(100, Math.round(50_000 / ids.length))));
  const listed = exact
    ? Int32Array.from(ids.keys())
    : shortlistOf(prepared, multipliers, Math.max(shortlist, count));
  const entrants = Array.from(listed, (index) => ids[index] ?? '');
  const ordered = arrange?.(listed) ?? byUtility(entrants, tieSeed, count);
  const sampled = new Float64Array(listed.length);
  const utilities = new Float64Array(listed.length);
  const weights = Float64Array.from(listed, (index) => multipliers[index] ?? 1);
  const next = (random: Random): number[] => {
    prepared.draw(random, sampled, listed);
    for (let place = 0; place < listed.length; place++) {
      utilities[place] = (sampled[place] ?? 0) * (weights[place] ?? 1);
    }
    return ordered(utilities).map((place) => listed[place] ?? 0);
  };
  const hits = (random: Random, order: readonly number[]): number[] => {
    const found = order.map(() => 0);
    for (let draw = 0; draw < times; draw++) {
      const drawn = next(random);
      order.forEach((index, rank) => {
        if (drawn[rank] === index) found[rank] = (found[rank] ?? 0) + 1;
      });
    }
    return found;
  };
  return { prepared, exact, draws: times, listed, sampled, next, hits };
}

/** The candidates with the highest optimistic utility, by index, ascending; equal ones by their place. */
function shortlistOf(prepared: Prepared, multipliers: Float64Array, size: number): Int32Array {
  const { length } = multipliers;
  if (length <= size) return Int32Array.from(multipliers.keys());
  const optimistic = new Float64Array(length);
  for (let k = 0; k < length; k++) {
    const { mean, deviation } = prepared.estimate(k);
    optimistic[k] = (multipliers[k] ?? 1) * (mean + 2 * deviation);
  }
  const least = optimistic.toSorted()[length - size] ?? 0;
  let equal = size;
  for (const utility of optimistic) if (utility > least) equal--;
  const listed = new Int32Array(size);
  let place = 0;
  optimistic.forEach((utility, k) => {
    if (utility > least || (utility === least && equal-- > 0)) listed[place++] = k;
  });
  return listed;
}

/** All indices in a uniformly random order (Fisher and Yates). */
function shuffled(length: number, random: Random): number[] {
  const order = Array.from({ length }, (_, index) => index);
  for (let i = length - 1; i > 0; i--) {
    const j = random.integer(i + 1);
    const held = order[i] ?? i;
    order[i] = order[j] ?? j;
    order[j] = held;
  }
  return order;
}
