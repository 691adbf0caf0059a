/**
 * How an offer's value is drawn when offers compete:
 * - `linucb`: the mean plus `exploration` deviations (Li, Chu, Langford, Schapire 2010, algorithm 2);
 * - `lints`: a draw from the posterior of a linear model (Agrawal and Goyal 2013);
 * - `logistic`: a draw from the posterior of a logistic model, for rewards in [0, 1].
 */
export type Policy = 'linucb' | 'lints' | 'logistic';

/** What is believed before any outcome. All numbers are on the model's scale: the reward's, or log-odds for `logistic`. */
export interface Prior {
  /** Of the shared coefficients, one for each feature. */
  readonly mean: readonly number[];
  readonly variance: readonly number[];
  /** Of what one offer's coefficients differ from the shared ones by, one for each per-offer column; their mean is 0. */
  readonly offerVariance: readonly number[];
  /** Variance of one reward about its expectation. Not used by `logistic`, whose rewards set it. */
  readonly noise: number;
}

/** Plain, or typed where a state comes from bytes. */
export type Numbers = readonly number[] | Float64Array;

/**
 * What is known of one offer: its coefficients, given the shared ones b, are normal with mean
 * `offset - slope b` and covariance `covariance`. With p per-offer columns and d features, covariance is p x p, slope
 * p x d, both row by row.
 */
export interface OfferState {
  readonly id: string;
  readonly covariance: Numbers;
  readonly offset: Numbers;
  readonly slope: Numbers;
  /** Sum of the weights of the outcomes folded in, less what was forgotten. */
  readonly weight: number;
}

/**
 * A model as plain data. The reward of offer a with features z is zᵀb + xᵀt(a), x being the per-offer columns of
 * z: b is shared by all offers, t(a) is how offer a differs. An offer without a history has t(a) near 0, and so
 * stands where offers with features like its own stand. Never change one in place: compiled forms are kept by identity.
 */
export interface BanditState {
  readonly policy: Policy;
  /** Names of the columns, in order; scoring refuses vectors of another length. */
  readonly features: readonly string[];
  /** Ascending indices of the per-offer columns. */
  readonly perOffer: readonly number[];
  readonly prior: Prior;
  /** Deviations added by `linucb`; scale of the posterior's spread for the other two. 0 is greedy. */
  readonly exploration: number;
  /** Normal posterior of the shared coefficients, each offer's own integrated out. Covariance is d x d, row by row. */
  readonly shared: { readonly mean: Numbers; readonly covariance: Numbers };
  readonly offers: readonly OfferState[];
  /** Sum of the weights of all outcomes folded in, less what was forgotten. */
  readonly weight: number;
}

export interface BanditOptions {
  readonly policy: Policy;
  readonly features: { readonly names: readonly string[]; readonly perOffer: readonly number[] };
  /** Reward expected of an average offer shown to an average customer. Default 0.05. */
  readonly expected?: number;
  /** Prior standard deviation of the shared intercept. Default: `expected` (at least 0.01), or 1 for `logistic`. */
  readonly spread?: number;
  /** Prior standard deviation of how one offer's intercept differs from the shared one. Default: half of `spread`. */
  readonly offerSpread?: number;
  /**
   * Prior standard deviation of all other coefficients, shared and per offer, over that of the intercept: customers of
   * one kind differ less from others than offers do. Supposes columns that vary by about 1. Default 0.3.
   */
  readonly tilt?: number;
  /** Variance of one reward about its expectation. Default: that of a yes-or-no reward, at least 0.01. */
  readonly noise?: number;
  /** Default 1. */
  readonly exploration?: number;
}

/**
 * A model that has seen nothing: every coefficient is expected to be 0 but the intercept, which gives `expected`.
 *
 * @throws RangeError where a spread, the tilt or the noise is not above 0, or a `logistic` model expects 0 or 1.
 */
export function createBandit(options: BanditOptions): BanditState {
  const { policy, features, expected = 0.05, exploration = 1, tilt = 0.3 } = options;
  const spread = options.spread ?? (policy === 'logistic' ? 1 : Math.max(Math.abs(expected), 0.01));
  const offerSpread = options.offerSpread ?? spread / 2;
  const noise = options.noise ?? Math.max(expected * (1 - expected), 0.01);
  if (!(spread > 0 && offerSpread > 0 && tilt > 0 && noise > 0)) {
    throw new RangeError('spread, offerSpread, tilt and noise must be above 0.');
  }
  if (policy === 'logistic' && !(expected > 0 && expected < 1)) {
    throw new RangeError('A logistic model expects a reward between 0 and 1.');
  }
  const intercept = policy === 'logistic' ? Math.log(expected / (1 - expected)) : expected;
  const mean = features.names.map((_, column) => (column === 0 ? intercept : 0));
  const about = (deviation: number) => (column: number) => (column === 0 ? deviation : deviation * tilt) ** 2;
  const variance = [...features.names.keys()].map(about(spread));
  return {
    policy,
    features: [...features.names],
    perOffer: [...features.perOffer],
    prior: { mean, variance, offerVariance: features.perOffer.map(about(offerSpread)), noise },
    exploration,
    shared: { mean, covariance: diagonal(variance) },
    offers: [],
    weight: 0,
  };
}

/** The square matrix, row by row, that has `values` on its diagonal and 0 elsewhere. */
export function diagonal(values: readonly number[]): number[] {
  return values.flatMap((value, row) => values.map((_, column) => (row === column ? value : 0)));
}
