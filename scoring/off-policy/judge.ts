import { choiceProbabilities, type ChooseOptions } from '../bandit/choose';
import { estimateCandidates, type Candidate } from '../bandit/score';
import type { BanditState } from '../bandit/state';
import type { JudgedDecision } from './decision';

/** One decision as it was logged. */
export interface LoggedDecision {
  readonly candidates: readonly Candidate[];
  /** Id of the candidate that was chosen. */
  readonly chosen: string;
  /** Probability with which it was chosen. */
  readonly propensity: number;
  readonly reward: number;
}

/** A policy: the probability of each candidate, in their order. */
export type JudgedPolicy = (candidates: readonly Candidate[]) => ArrayLike<number>;

/** A reward model: the expected reward of each candidate, in their order. */
export type RewardModel = (candidates: readonly Candidate[]) => ArrayLike<number>;

export interface Judged {
  readonly decisions: JudgedDecision[];
  /** How often the policy would choose each candidate, over all decisions; by id, they sum to 1. */
  readonly share: ReadonlyMap<string, number>;
}

/**
 * Lets a policy face logged decisions, one after the other, for the estimators of {@link evaluateOffPolicy}.
 *
 * @throws RangeError where the chosen one is not among the candidates.
 */
export function judge(log: Iterable<LoggedDecision>, policy: JudgedPolicy, model?: RewardModel): Judged {
  const totals = new Map<string, number>();
  const decisions: JudgedDecision[] = [];
  for (const { candidates, chosen, propensity, reward } of log) {
    const at = candidates.findIndex(({ id }) => id === chosen);
    if (at === -1) throw new RangeError(`${chosen} is not among the candidates.`);
    const probabilities = policy(candidates);
    candidates.forEach(({ id }, i) => totals.set(id, (totals.get(id) ?? 0) + (probabilities[i] ?? 0)));
    const target = probabilities[at] ?? 0;
    if (!model) {
      decisions.push({ reward, propensity, target });
      continue;
    }
    const expected = model(candidates);
    let mean = 0;
    for (let i = 0; i < candidates.length; i++) mean += (probabilities[i] ?? 0) * (expected[i] ?? 0);
    decisions.push({ reward, propensity, target, model: { chosen: expected[at] ?? 0, target: mean } });
  }
  const share = new Map([...totals].map(([id, total]) => [id, total / decisions.length]));
  return { decisions, share };
}

/** The policy that a bandit plays as it stands, without learning from what it sees. */
export function banditPolicy(state: BanditState, options: Omit<ChooseOptions, 'count'>): JudgedPolicy {
  return (candidates) => choiceProbabilities(state, candidates, options);
}

/** A bandit's expectations, as a reward model. */
export function banditModel(state: BanditState): RewardModel {
  return (candidates) => estimateCandidates(state, candidates).map(({ mean }) => mean);
}

/** The policy that chooses uniformly. */
export const uniformPolicy: JudgedPolicy = (candidates) => candidates.map(() => 1 / candidates.length);

/** The policy that always chooses one candidate, and uniformly where that one is not to be had. */
export function fixedPolicy(id: string): JudgedPolicy {
  return (candidates) =>
    candidates.some((one) => one.id === id)
      ? candidates.map((one) => (one.id === id ? 1 : 0))
      : uniformPolicy(candidates);
}
