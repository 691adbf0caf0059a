import { shareInterval, type Interval } from './interval';

/** A measure in hundredths (-100 to 100, or 0 to 100), with its 95 % interval. */
export interface SurveyMeasure extends Interval {
  readonly value: number;
  /** Answers, or whatever else it is a measure of. */
  readonly n: number;
}

/** How many gave each score. */
export type ScoreCounts = ReadonlyMap<number, number>;

const z = 1.959964;

/**
 * The Net Promoter Score (Reichheld 2003): the percentage of 9 and 10 minus that of 0 to 6, -100 to 100. The interval is
 * the adjusted Wald one of Rocks (2016), "Interval Estimation for the Net Promoter Score": three answers are added, three
 * quarters of one to promoters and to detractors each; it covers as it should also for few answers, and has a width where
 * all agree.
 *
 * @returns null where nobody answered
 */
export function netPromoterScore(counts: ScoreCounts): SurveyMeasure | null {
  const n = countOf(counts, () => true);
  const promoters = countOf(counts, (score) => score >= 9);
  const detractors = countOf(counts, (score) => score <= 6);
  if (n === 0) return null;
  const adjusted = { n: n + 3, promoters: promoters + 0.75, detractors: detractors + 0.75 };
  const [up, down] = [adjusted.promoters / adjusted.n, adjusted.detractors / adjusted.n];
  const centre = up - down;
  const half = z * Math.sqrt((up + down - centre ** 2) / adjusted.n);
  return {
    value: (100 * (promoters - detractors)) / n,
    low: 100 * Math.max(-1, centre - half),
    high: 100 * Math.min(1, centre + half),
    n,
  };
}

/**
 * Customer satisfaction: the percentage of those who answered 4 or 5 of 5, 0 to 100, with Wilson's interval (1927).
 *
 * @returns null where nobody answered
 */
export const satisfaction = (counts: ScoreCounts): SurveyMeasure | null =>
  percentage(
    countOf(counts, (score) => score >= 4),
    countOf(counts, () => true),
  );

/** What `count` of `n` come to as a percentage, 0 to 100, with Wilson's interval (1927); null where `n` is 0. */
export function percentage(count: number, n: number): SurveyMeasure | null {
  if (n === 0) return null;
  const { low, high } = shareInterval(count, n);
  return { value: (100 * count) / n, low: 100 * low, high: 100 * high, n };
}

function countOf(counts: ScoreCounts, isMeant: (score: number) => boolean): number {
  let sum = 0;
  for (const [score, count] of counts) if (isMeant(score)) sum += count;
  return sum;
}
