import type { Random } from '../random';
import { dot, times } from '../symmetric';
import { posteriorOf, project, type Posterior, type Projection } from './posterior';
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
  const prepared = prepare(state, candidates);
  const sampled = new Float64Array(candidates.length);
  prepared.draw(random, sampled);
  return candidates.map(({ id }, index) => ({
    id,
    sampled: sampled[index] ?? 0,
    ...prepared.describe(index),
  }));
}

/** Candidates made ready to be drawn many times. */
export interface Prepared {
  /** Fills `into` with one competing value for each candidate. */
  draw(random: Random, into: Float64Array): void;
  describe(index: number): Omit<Score, 'id' | 'sampled'>;
}

/** Does once, for each candidate, what does not depend on the draw. */
export function prepare(state: BanditState, candidates: readonly Candidate[]): Prepared {
  const posterior = posteriorOf(state);
  const d = state.features.length;
  const projections = candidates.map(({ id, features }) => {
    checkFeatures(state, id, features);
    return project(posterior.offers.get(id) ?? posterior.unseen, features, state.perOffer);
  });
  const designs = new Float64Array(projections.length * d);
  projections.forEach(({ design }, index) => designs.set(design, index * d));
  const offsets = Float64Array.from(projections, ({ offset }) => offset);
  const deviations = Float64Array.from(projections, ({ variance }) => Math.sqrt(Math.max(variance, 0)));
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

  const draw = (random: Random, into: Float64Array): void => {
    if (state.policy === 'linucb') {
      projections.forEach((projection, index) => {
        const { mean, deviation } = predict(posterior, projection);
        into[index] = mean + state.exploration * deviation;
      });
      return;
    }
    drawShared(random);
    for (let k = 0; k < into.length; k++) {
      let value = offsets[k] ?? 0;
      for (let j = 0, at = k * d; j < d; j++, at++) value += (designs[at] ?? 0) * (shared[j] ?? 0);
      value += state.exploration * (deviations[k] ?? 0) * random.normal();
      into[k] = logistic ? sigmoid(value) : value;
    }
  };

  const describe = (index: number): Omit<Score, 'id' | 'sampled'> => {
    const candidate = candidates[index];
    const projection = projections[index];
    if (!candidate || !projection) throw new RangeError(`There is no candidate ${index}.`);
    const { mean, deviation } = predict(posterior, projection);
    const parts = contributionsOf(state, posterior, candidate);
    if (!logistic) return { mean, deviation, contributions: parts };
    const probability = expectedSigmoid(mean, deviation);
    const slope = probability * (1 - probability);
    return {
      mean: probability,
      deviation: slope * deviation,
      contributions: parts.map((part) => part * slope),
    };
  };

  return { draw, describe };
}

/** Mean and standard deviation on the model's own scale. */
export function predict(
  posterior: Pick<Posterior, 'mean' | 'covariance'>,
  { design, offset, variance }: Projection,
): { mean: number; deviation: number } {
  const sharedVariance = dot(design, times(posterior.covariance, design, design.length));
  return {
    mean: dot(design, posterior.mean) + offset,
    deviation: Math.sqrt(Math.max(variance + sharedVariance, 0)),
  };
}

/** @throws RangeError where the vector does not fit the state. */
export function checkFeatures(state: BanditState, id: string, features: ArrayLike<number>): void {
  if (features.length !== state.features.length) {
    throw new RangeError(`${id} has ${features.length} features, the model ${state.features.length}.`);
  }
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

function contributionsOf(
  state: BanditState,
  posterior: Posterior,
  { id, features }: Candidate,
): Float64Array {
  const d = state.features.length;
  const parts = Float64Array.from(features, (value, j) => value * (posterior.mean[j] ?? 0));
  const block = posterior.offers.get(id);
  if (!block) return parts;
  const shift = times(block.slope, posterior.mean, state.perOffer.length);
  state.perOffer.forEach((column, i) => {
    const coefficient = (block.offset[i] ?? 0) - (shift[i] ?? 0);
    if (column < d) parts[column] = (parts[column] ?? 0) + (features[column] ?? 0) * coefficient;
  });
  return parts;
}
