import {
  banditModel,
  banditPolicy,
  compareOffPolicy,
  createBandit,
  evaluateOffPolicy,
  fixedPolicy,
  judge,
  seededRandom,
  uniformPolicy,
  updateBandit,
  type BanditOptions,
  type BanditState,
  type Comparison,
  type Estimate,
  type JudgedPolicy,
  type OffPolicyResult,
  type Policy,
  type Random,
} from '../../scoring';
import { decisionsOf, vectorsFor, type LogRow, type Vectors } from './decision-log';

/** A learned policy, or `random` (uniform) or `best-action` (the one that did best in the log), to compare with. */
export const policies = ['linucb', 'lints', 'logistic', 'random', 'best-action'] as const;
export type PolicyName = (typeof policies)[number];

export interface BanditAnswer extends OffPolicyResult {
  readonly policy: PolicyName;
  /** Rows that it was learned from; `n` are the rows that it was judged by. */
  readonly learned: number;
  /** How often it would choose each action. */
  readonly share: Readonly<Record<string, number>>;
  /** The same estimates of uniform choice and of the action that did best in the log. */
  readonly random: { readonly snips: Estimate };
  readonly bestAction: { readonly action: string; readonly snips: Estimate };
  /** By SNIPS, with the interval of the difference. */
  readonly against: { readonly random: Comparison; readonly bestAction: Comparison };
}

export interface BanditQuestion {
  readonly learn: readonly LogRow[];
  readonly test: readonly LogRow[];
  readonly policy: PolicyName;
  /** Default: that of the model. */
  readonly exploration?: number;
  readonly seed: string;
}

/** Posterior draws for each decision that is judged. Few do: a target probability may be noisy, if it is unbiased. */
const draws = 50;

/**
 * Learns a policy from one log and values it by another.
 *
 * @throws Error where a `logistic` policy is asked of rewards that are not between 0 and 1.
 */
export function evaluateBandit({ learn, test, policy, exploration = 1, seed }: BanditQuestion): BanditAnswer {
  const vectors = vectorsFor(learn);
  const random = seededRandom(seed);
  const kind = policy === 'random' || policy === 'best-action' ? 'lints' : policy;
  const state = learnFrom(learn, { kind, vectors, exploration });
  const best = bestActionOf(learn);
  const played = playing(policy, { state, best, random });
  const mine = judge(decisionsOf(test, vectors), played, banditModel(state));
  const bare = test.map((row) => ({
    ...row,
    candidates: row.actions.map(({ id }) => ({ id, features: [] })),
  }));
  const uniform = judge(bare, uniformPolicy).decisions;
  const fixed = judge(bare, fixedPolicy(best)).decisions;
  return {
    policy,
    learned: learn.length,
    ...evaluateOffPolicy(mine.decisions, { random }),
    share: Object.fromEntries([...mine.share].sort(([, a], [, b]) => b - a)),
    random: { snips: evaluateOffPolicy(uniform, { random }).snips },
    bestAction: { action: best, snips: evaluateOffPolicy(fixed, { random }).snips },
    against: {
      random: compareOffPolicy(mine.decisions, uniform, { estimator: 'snips' }),
      bestAction: compareOffPolicy(mine.decisions, fixed, { estimator: 'snips' }),
    },
  };
}

function learnFrom(
  rows: readonly LogRow[],
  {
    kind,
    vectors,
    exploration,
  }: { readonly kind: Policy; readonly vectors: Vectors; readonly exploration: number },
): BanditState {
  const start = createBandit({ policy: kind, features: vectors, exploration, ...scaleOf(rows, kind) });
  const outcomes = rows.flatMap(({ context, actions, chosen, reward }) => {
    const action = actions.find(({ id }) => id === chosen);
    return action ? [{ ...vectors.encode(context, action), reward }] : [];
  });
  return updateBandit(start, outcomes);
}

/** What a model should expect before the first row, on the rewards' own scale. */
function scaleOf(
  rows: readonly LogRow[],
  kind: Policy,
): Pick<BanditOptions, 'expected' | 'spread' | 'noise'> {
  const mean = rows.reduce((sum, { reward }) => sum + reward, 0) / rows.length;
  const noise = rows.reduce((sum, { reward }) => sum + (reward - mean) ** 2, 0) / rows.length;
  const isRate = rows.every(({ reward }) => reward >= 0 && reward <= 1);
  if (kind === 'logistic') {
    if (!isRate) throw new Error('A logistic policy needs rewards between 0 and 1.');
    return { expected: Math.min(Math.max(mean, 0.001), 0.999) };
  }
  // An effect on a rate is about as large as the rate; one on an amount smaller than the amount's own spread.
  const spread = isRate ? mean : Math.sqrt(noise) / 2;
  return { expected: mean, spread: Math.max(spread, 0.001), noise: Math.max(noise, 1e-6) };
}

/** The action with the highest self-normalized value in the log. */
function bestActionOf(rows: readonly LogRow[]): string {
  const totals = new Map<string, { weight: number; reward: number }>();
  for (const { chosen, propensity, reward } of rows) {
    const total = totals.get(chosen) ?? { weight: 0, reward: 0 };
    totals.set(chosen, { weight: total.weight + 1 / propensity, reward: total.reward + reward / propensity });
  }
  const [best] = [...totals].sort(([, a], [, b]) => b.reward / b.weight - a.reward / a.weight);
  return best?.[0] ?? '';
}

function playing(
  policy: PolicyName,
  { state, best, random }: { readonly state: BanditState; readonly best: string; readonly random: Random },
): JudgedPolicy {
  switch (policy) {
    case 'random':
      return uniformPolicy;
    case 'best-action':
      return fixedPolicy(best);
    case 'linucb':
    case 'lints':
    case 'logistic':
      return banditPolicy(state, { random, draws });
    default:
      return policy satisfies never;
  }
}
