import type { Terms } from '../interval';

/** One logged decision as a policy that is being judged sees it. */
export interface JudgedDecision {
  readonly reward: number;
  /** Probability with which the logging policy chose what it chose, in (0, 1]. */
  readonly propensity: number;
  /** Probability with which the judged policy would have chosen the same, in [0, 1]. */
  readonly target: number;
  /** A reward model's expectation for the logged choice, and over the judged policy's choices. Needed by DM and DR. */
  readonly model?: { readonly chosen: number; readonly target: number };
}

export interface EstimatorTerms {
  readonly logged: Terms;
  readonly ips: Terms;
  readonly snips: Terms;
  readonly dm?: Terms;
  readonly dr?: Terms;
}

/**
 * What each decision adds to each estimator; see {@link evaluateOffPolicy} for the formulas.
 *
 * @throws RangeError where a number is out of its range, or only some decisions carry a model.
 */
export function termsOf(decisions: readonly JudgedDecision[]): EstimatorTerms {
  decisions.forEach(check);
  const weights = Float64Array.from(decisions, ({ target, propensity }) => target / propensity);
  const rewards = Float64Array.from(decisions, ({ reward }) => reward);
  const weighted = rewards.map((reward, i) => reward * (weights[i] ?? 0));
  const terms = { logged: { terms: rewards }, ips: { terms: weighted }, snips: { terms: weighted, weights } };
  const models = decisions.flatMap(({ model }) => model ?? []);
  if (models.length === 0) return terms;
  if (models.length < decisions.length) throw new RangeError('Some decisions carry a model and some do not.');
  const direct = Float64Array.from(models, ({ target }) => target);
  const robust = direct.map(
    (value, i) => value + (weights[i] ?? 0) * ((rewards[i] ?? 0) - (models[i]?.chosen ?? 0)),
  );
  return { ...terms, dm: { terms: direct }, dr: { terms: robust } };
}

function check({ reward, propensity, target }: JudgedDecision, index: number): void {
  const name = `Decision ${index + 1}`;
  if (!Number.isFinite(reward)) throw new RangeError(`${name}: the reward is not a number.`);
  if (!(propensity > 0 && propensity <= 1)) throw new RangeError(`${name}: the propensity is not in (0, 1].`);
  if (!(target >= 0 && target <= 1))
    throw new RangeError(`${name}: the target probability is not in [0, 1].`);
}
