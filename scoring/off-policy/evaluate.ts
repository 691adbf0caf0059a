import { termsOf, type JudgedDecision } from './decision';
import { estimateAll, type Estimate, type IntervalOptions } from '../interval';
import { supportOf, type Support, type SupportRules } from './support';

export interface OffPolicyResult {
  readonly n: number;
  /** Mean reward of the logging policy. */
  readonly logged: Estimate;
  readonly ips: Estimate;
  readonly snips: Estimate;
  /** Absent, as `dr`, where decisions carry no model. */
  readonly dm?: Estimate;
  readonly dr?: Estimate;
  readonly support: Support;
}

export interface OffPolicyOptions extends IntervalOptions {
  readonly support?: SupportRules;
}

/**
 * The value of a policy (its mean reward per decision) from decisions that another policy made, each logged with the
 * probability of its choice. With importance weights w = target / propensity and a reward model q:
 * - `ips`: mean of w r (Horvitz and Thompson 1952);
 * - `snips`: sum of w r over sum of w (Swaminathan and Joachims 2015);
 * - `dm`: mean of the model's expectation; its interval covers the sampling of decisions, not the model's own error;
 * - `dr`: mean of the model's expectation plus w (r - q) (Dudik, Langford and Li 2011). The model must not have been
 *   learned from these decisions.
 *
 * Look at `support` first: where it is not conclusive, the intervals are not to be believed either.
 *
 * @throws RangeError where there is no decision, a number is out of its range, or only some decisions carry a model.
 */
export function evaluateOffPolicy(
  decisions: readonly JudgedDecision[],
  options: OffPolicyOptions,
): OffPolicyResult {
  if (decisions.length === 0) throw new RangeError('There is no decision to judge by.');
  const terms = termsOf(decisions);
  const modelled = terms.dm && terms.dr ? [terms.dm, terms.dr] : [];
  const [logged, ips, snips, dm, dr] = estimateAll(
    [terms.logged, terms.ips, terms.snips, ...modelled],
    options,
  );
  if (!logged || !ips || !snips) throw new RangeError('There is no estimate.');
  const support = supportOf(decisions, options.support);
  return { n: decisions.length, logged, ips, snips, ...(dm && { dm }), ...(dr && { dr }), support };
}
