import type { Random } from '../random';
import { times } from '../symmetric';
import { posteriorOf, projectInto, type Posterior } from './posterior';
import type { BanditState } from './state';

/** An offer that may be shown, with its feature vector phi(customer, offer, context) in the state's column order. */
export interface Candidate {
  readonly id: string;
  readonly features: ArrayLike<number>;
}

/** All on the scale of the reward: a probability, where rewards are 0 or 1. A linear model may leave [0, 1] a little. */
export interface Score {
  readonly id: string;
  /** Expected reward. */
  readonly mean: number;
  /** Standard deviation of that expectation: what is not known, not the noise of one outcome. */
  readonly deviation: number;
  /** The value the offer competes with: a posterior draw, or for `linucb` the optimistic bound. */
  readonly sampled: number;
  /**
   * How much each column adds to the mean, in the state's column order. They sum to the mean of a linear model; for
   * `logistic` they are log-odds times p(1 - p), the change in probability to first order.
   */
  readonly contributions: Float64Array;
}

/**
 * Scores every candidate by one joint draw from the posterior: offers share the drawn coefficients, as in Thompson
 * sampling. Candidates are scored in their order, so equal seeds give equal scores.
 *
 * @throws RangeError where a feature vector is not as long as the state's columns or holds a value that is not finite.
 */
export function scoreCandidates(
  state: BanditState,
  candidates: readonly Candidate[],
  { random }: { readonly random: Random },
): Score[] {
  const prepared = prepare(state, tableOf(state, candidates));
  const sampled = new Float64Array(candidates.length);
  prepared.draw(random, sampled);
  return candidates.map(({ id }, index) => ({
    id,
    sampled: sampled[index] ?? 0,
    ...prepared.describe(index),
  }));
}

/** What is expected of every candidate, without a draw and without reasons: cheaper than scores where there are many. */
export function estimateCandidates(
  state: BanditState,
  candidates: readonly Candidate[],
): Pick<Score, 'id' | 'mean' | 'deviation'>[] {
  const prepared = prepare(state, tableOf(state, candidates));
  return candidates.map(({ id }, index) => ({ id, ...prepared.estimate(index) }));
}

/** Many candidates in little memory: their ids, and their feature vectors one after the other. */
export interface CandidateTable {
  readonly ids: readonly string[];
  readonly features: Float64Array;
}

/** @throws RangeError where a feature vector is not as long as the state's columns. */
export function tableOf(state: BanditState, candidates: readonly Candidate[]): CandidateTable {
  const d = state.features.length;
  const features = new Float64Array(candidates.length * d);
  candidates.forEach(({ id, features: its }, index) => {
    checkLength(state, id, its);
    features.set(its, index * d);
  });
  return { ids: candidates.map(({ id }) => id), features };
}

/** Candidates made ready to be drawn many times. */
export interface Prepared {
  /** Fills `into` with one competing value for each candidate, or for each of some indices. */
  draw(random: Random, into: Float64Array, only?: Int32Array): void;
  /** Expected reward without the account of doubt that `logistic` takes: far cheaper than `estimate`. */
  mean(index: number): number;
  estimate(index: number): Pick<Score, 'mean' | 'deviation'>;
  describe(index: number): Omit<Score, 'id' | 'sampled'>;
}

/**
 * Does once, for each candidate, what does not depend on the draw. Keeps all candidates in a few flat arrays.
 *
 * @throws RangeError where a feature is not a finite number.
 */
export function prepare(state: BanditState, { ids, features }: CandidateTable): Prepared {
  const posterior = posteriorOf(state);
  const d = state.features.length;
  if (!areFinite(features)) {
    ids.forEach((id, index) => {
      checkFeatures(state, id, features.subarray(index * d, (index + 1) * d));
    });
  }
  const designs = features.slice();
  const offsets = new Float64Array(ids.length);
  const variances = new Float64Array(ids.length);
  const own = new Float64Array(state.perOffer.length);
  const { perOffer } = state;
  ids.forEach((id, index) => {
    const block = posterior.offers.get(id) ?? posterior.unseen;
    const { offset, variance } = projectInto(designs, index * d, { block, own, d, perOffer });
    offsets[index] = offset;
    variances[index] = Math.max(variance, 0);
  });
  const deviations = variances.map(Math.sqrt);
  const logistic = state.policy === 'logistic';

  const noise = new Float64Array(d);
  const shared = new Float64Array(d);
  const drawShared = (random: Random): void => {
    const { mean, factor } = posterior;
    for (let i = 0; i < d; i++) {
      noise[i] = random.normal();
      let sum = 0;
      for (let j = 0; j <= i; j++) sum += (factor[i * d + j] ?? 0) * (noise[j] ?? 0);
      shared[i] = (mean[i] ?? 0) + state.exploration * sum;
    }
  };

  const everyone = Int32Array.from(ids.keys());

  const draw = (random: Random, into: Float64Array, only = everyone): void => {
    if (state.policy === 'linucb') {
      for (let at = 0; at < only.length; at++) {
        const { mean, deviation } = estimate(only[at] ?? 0);
        into[at] = mean + state.exploration * deviation;
      }
      return;
    }
    drawShared(random);
    for (let at = 0; at < only.length; at++) {
      const k = only[at] ?? 0;
      let value = (offsets[k] ?? 0) + dotAt(designs, k * d, shared);
      value += state.exploration * (deviations[k] ?? 0) * random.normal();
      into[at] = logistic ? sigmoid(value) : value;
    }
  };

  const mean = (index: number): number => {
    const value = dotAt(designs, index * d, posterior.mean) + (offsets[index] ?? 0);
    return logistic ? sigmoid(value) : value;
  };

  const estimate = (index: number): Pick<Score, 'mean' | 'deviation'> => {
    const mean = dotAt(designs, index * d, posterior.mean) + (offsets[index] ?? 0);
    const shared = sharedVariance(posterior.columns, designs, index * d, d);
    const deviation = Math.sqrt((variances[index] ?? 0) + shared);
    if (!logistic) return { mean, deviation };
    const probability = expectedSigmoid(mean, deviation);
    return { mean: probability, deviation: probability * (1 - probability) * deviation };
  };

  const describe = (index: number): Omit<Score, 'id' | 'sampled'> => {
    const id = ids[index];
    const estimated = estimate(index);
    if (id === undefined) throw new RangeError(`There is no candidate ${index}.`);
    const { mean, deviation } = estimated;
    const its = features.subarray(index * d, (index + 1) * d);
    const parts = contributionsOf(state, posterior, { id, features: its });
    const contributions = logistic ? parts.map((part) => part * mean * (1 - mean)) : parts;
    return { mean, deviation, contributions };
  };

  return { draw, mean, estimate, describe };
}

/** designᵀ L Lᵀ design, for the columns of a lower triangular L and the design that stands in `designs` from `at` on. */
function sharedVariance(columns: Float64Array, designs: Float64Array, at: number, d: number): number {
  let sum = 0;
  for (let j = 0; j < d; j++) {
    let product = 0;
    for (let i = j; i < d; i++) product += (designs[at + i] ?? 0) * (columns[j * d + i] ?? 0);
    sum += product * product;
  }
  return sum;
}

/** Whether no number is NaN or infinite, told by their sum; of huge ones it may say no where each is finite. */
function areFinite(numbers: Float64Array): boolean {
  let sum = 0;
  for (let j = 0; j < numbers.length; j++) sum += numbers[j] ?? 0;
  return Number.isFinite(sum);
}

/** @throws RangeError where the vector is not as long as the state's columns. */
export function checkLength(state: BanditState, id: string, { length }: ArrayLike<number>): void {
  if (length !== state.features.length) {
    throw new RangeError(`${id} has ${length} features, the model ${state.features.length}.`);
  }
}

/** @throws RangeError where the vector does not fit the state. */
export function checkFeatures(state: BanditState, id: string, features: ArrayLike<number>): void {
  checkLength(state, id, features);
  for (let j = 0; j < features.length; j++) {
    if (!Number.isFinite(features[j]))
      throw new RangeError(`${id}: ${state.features[j] ?? ''} is not a number.`);
  }
}

export function sigmoid(logOdds: number): number {
  return logOdds >= 0 ? 1 / (1 + Math.exp(-logOdds)) : Math.exp(logOdds) / (1 + Math.exp(logOdds));
}

/** The expectation of sigmoid(N(mean, deviation²)), by MacKay's approximation (1992, equation 10). */
function expectedSigmoid(mean: number, deviation: number): number {
  return sigmoid(mean / Math.sqrt(1 + (Math.PI * deviation ** 2) / 8));
}

/** The product of a vector with as many numbers from `at` on; two sums at once, so that neither waits for the other. */
function dotAt(values: Float64Array, at: number, vector: Float64Array): number {
  const even = vector.length & ~1;
  let a = 0;
  let b = 0;
  for (let j = 0; j < even; j += 2) {
    a += (values[at + j] ?? 0) * (vector[j] ?? 0);
    b += (values[at + j + 1] ?? 0) * (vector[j + 1] ?? 0);
  }
  return even < vector.length ? a + b + (values[at + even] ?? 0) * (vector[even] ?? 0) : a + b;
}

function contributionsOf(
  state: BanditState,
  posterior: Posterior,
  { id, features }: Candidate,
): Float64Array {
  const coefficients = posterior.mean.slice();
  const block = posterior.offers.get(id);
  if (block) {
    const shift = times(block.slope, posterior.mean, state.perOffer.length);
    state.perOffer.forEach((column, i) => {
      coefficients[column] = (coefficients[column] ?? 0) + (block.offset[i] ?? 0) - (shift[i] ?? 0);
    });
  }
  for (let j = 0; j < coefficients.length; j++) coefficients[j] = (coefficients[j] ?? 0) * (features[j] ?? 0);
  return coefficients;
}
