import { termsOf, type JudgedDecision } from './decision';
import { errorOf, influences, normalQuantile, ratio } from '../interval';
import { supportOf, type SupportGap, type SupportRules } from './support';

/** `undecided`: the interval allows both, or the decisions do not bear a conclusion. */
export type Verdict = 'better' | 'no worse' | 'worse' | 'undecided';

export interface Comparison {
  /** Value of the candidate less value of the incumbent. */
  readonly difference: number;
  readonly low: number;
  readonly high: number;
  readonly standardError: number;
  readonly n: number;
  readonly verdict: Verdict;
  /** Of both policies; empty where the decisions bear a conclusion. */
  readonly gaps: readonly SupportGap[];
}

export interface CompareOptions {
  readonly estimator: 'ips' | 'snips' | 'dr';
  /** How much less reward per decision still counts as no worse. Default 0. */
  readonly margin?: number;
  /** Default 0.95. */
  readonly level?: number;
  readonly support?: SupportRules;
}

/**
 * Compares two policies on the same logged decisions, in the same order. The error is that of the difference, decision
 * by decision (delta method), which is far below the two single errors where the policies mostly agree.
 *
 * @throws RangeError where the lists differ in length or are empty, or `dr` is asked of decisions without a model.
 */
export function compareOffPolicy(
  candidate: readonly JudgedDecision[],
  incumbent: readonly JudgedDecision[],
  options: CompareOptions,
): Comparison {
  const n = candidate.length;
  if (n === 0 || n !== incumbent.length)
    throw new RangeError('Both policies must be judged by the same decisions.');
  const { estimator, margin = 0, level = 0.95, support } = options;
  const [mine, theirs] = [candidate, incumbent].map((decisions) => {
    const terms = termsOf(decisions)[estimator];
    if (!terms) throw new RangeError('The decisions carry no model.');
    const value = ratio(terms);
    return { value, moved: influences(terms, value) };
  });
  if (!mine || !theirs) throw new RangeError('There is nothing to compare.');
  const difference = mine.value - theirs.value;
  const standardError = errorOf(mine.moved.map((moved, i) => moved - (theirs.moved[i] ?? 0)));
  const width = normalQuantile((1 + level) / 2) * standardError;
  const gaps = [
    ...new Set([candidate, incumbent].flatMap((decisions) => supportOf(decisions, support).gaps)),
  ];
  const [low, high] = [difference - width, difference + width];
  const verdict = gaps.length > 0 || Number.isNaN(difference) ? 'undecided' : verdictOf(low, high, margin);
  return { difference, low, high, standardError, n, verdict, gaps };
}

function verdictOf(low: number, high: number, margin: number): Verdict {
  if (low > 0) return 'better';
  if (low >= -margin) return 'no worse';
  return high < 0 ? 'worse' : 'undecided';
}
