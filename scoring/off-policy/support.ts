import type { JudgedDecision } from './decision';

/** Why decisions do not bear a conclusion about a policy. */
export type SupportGap =
  /** The judged policy hardly ever chooses what was logged. */
  | 'few-effective-decisions'
  /** Too few rewards were earned on what it would choose. */
  | 'few-effective-rewards'
  /** One decision carries the estimate. */
  | 'one-decision-dominates'
  /** Weights do not average 1: it chooses what was never logged, or the logged probabilities are wrong. */
  | 'weights-off-balance';

export interface SupportRules {
  readonly minimumDecisions: number;
  readonly minimumRewards: number;
  /** Largest share of all weight that one decision may have. */
  readonly largestShare: number;
  /** How far the mean weight may be from 1, where chance does not explain it. */
  readonly balance: number;
}

export const defaultSupportRules: SupportRules = {
  minimumDecisions: 100,
  minimumRewards: 30,
  largestShare: 0.05,
  balance: 0.05,
};

export interface Support {
  /** (sum of w)² / sum of w² (Kish 1965): how many decisions of equal weight would tell as much. */
  readonly effectiveDecisions: number;
  /** The same for w r: how many rewards of equal weight. */
  readonly effectiveRewards: number;
  /** Largest share of all weight that one decision has. */
  readonly largestShare: number;
  /** Should be near 1. */
  readonly meanWeight: number;
  /** False: draw no conclusion from the estimates, whatever their intervals. */
  readonly conclusive: boolean;
  readonly gaps: readonly SupportGap[];
}

/** Whether logged decisions say enough about a policy. The mean weight is off balance from four standard errors on. */
export function supportOf(
  decisions: readonly JudgedDecision[],
  rules: SupportRules = defaultSupportRules,
): Support {
  const n = decisions.length;
  const weights = decisions.map(({ target, propensity }) => target / propensity);
  const rewards = decisions.map(({ reward }, i) => Math.abs(reward) * (weights[i] ?? 0));
  const total = sum(weights);
  const squares = sum(weights.map((weight) => weight ** 2));
  const meanWeight = total / n;
  const meanError = Math.sqrt(Math.max(squares / n - meanWeight ** 2, 0) / n);
  const effectiveDecisions = squares > 0 ? total ** 2 / squares : 0;
  const rewardSquares = sum(rewards.map((reward) => reward ** 2));
  const effectiveRewards = rewardSquares > 0 ? sum(rewards) ** 2 / rewardSquares : 0;
  const largestShare =
    total > 0 ? weights.reduce((largest, weight) => Math.max(largest, weight), 0) / total : 1;
  const imbalance = Math.abs(meanWeight - 1);
  const gaps: SupportGap[] = [];
  if (effectiveDecisions < rules.minimumDecisions) gaps.push('few-effective-decisions');
  if (effectiveRewards < rules.minimumRewards) gaps.push('few-effective-rewards');
  if (largestShare > rules.largestShare) gaps.push('one-decision-dominates');
  if (imbalance > rules.balance && imbalance > 4 * meanError) gaps.push('weights-off-balance');
  return {
    effectiveDecisions,
    effectiveRewards,
    largestShare,
    meanWeight,
    conclusive: gaps.length === 0,
    gaps,
  };
}

function sum(values: readonly number[]): number {
  return values.reduce((total, value) => total + value, 0);
}
