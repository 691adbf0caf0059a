import { shareInterval } from './interval';

/** One prediction and what happened. */
export interface Prediction {
  /** Predicted probability, in [0, 1]. */
  readonly predicted: number;
  readonly happened: boolean;
}

export interface CalibrationBin {
  readonly n: number;
  /** Mean prediction. */
  readonly predicted: number;
  /** Share that happened, with its 95% interval (Wilson 1927). */
  readonly observed: number;
  readonly low: number;
  readonly high: number;
}

export interface Calibration {
  readonly n: number;
  /** From the lowest predictions to the highest, about equally many in each. */
  readonly bins: readonly CalibrationBin[];
  /** Mean distance of predicted and observed over the bins, weighted by their size (expected calibration error). */
  readonly error: number;
  /** Mean squared error of the predictions (Brier 1950). */
  readonly brier: number;
  /** Mean of -ln of the probability that was given to what happened. */
  readonly logLoss: number;
  /** Sum of what happened over the sum of predictions: above 1, the model is too pessimistic. */
  readonly ratio: number;
}

/**
 * How well probabilities are met by what happened.
 *
 * @param bins How many groups of equal size. Default 10, fewer where there are few predictions.
 * @throws RangeError where there is no prediction.
 */
export function calibrationOf(predictions: readonly Prediction[], bins = 10): Calibration {
  const n = predictions.length;
  if (n === 0) throw new RangeError('There is no prediction to judge.');
  const sorted = predictions.toSorted((a, b) => a.predicted - b.predicted);
  const count = Math.min(bins, n);
  const made = Array.from({ length: count }, (_, bin) =>
    binOf(sorted.slice(Math.floor((bin * n) / count), Math.floor(((bin + 1) * n) / count))),
  );
  const mean = (of: (prediction: Prediction) => number): number =>
    predictions.reduce((sum, prediction) => sum + of(prediction), 0) / n;
  return {
    n,
    bins: made,
    error: made.reduce((sum, bin) => sum + (bin.n / n) * Math.abs(bin.predicted - bin.observed), 0),
    brier: mean(({ predicted, happened }) => (predicted - (happened ? 1 : 0)) ** 2),
    logLoss: mean(
      ({ predicted, happened }) => -Math.log(Math.max(happened ? predicted : 1 - predicted, 1e-15)),
    ),
    ratio: mean(({ happened }) => (happened ? 1 : 0)) / mean(({ predicted }) => predicted),
  };
}

function binOf(members: readonly Prediction[]): CalibrationBin {
  const n = members.length;
  const happened = members.filter((member) => member.happened).length;
  const predicted = members.reduce((sum, one) => sum + one.predicted, 0) / n;
  return { n, predicted, observed: happened / n, ...shareInterval(happened, n) };
}

/**
 * How far a value's distribution has moved: the population stability index over tenths of the reference, the sum of
 * (share now - share then) ln(share now / share then) (Siddiqi 2006). Below 0.1 nothing to speak of, above 0.25 much.
 *
 * @throws RangeError where one of the two is empty.
 */
export function stabilityIndex(reference: readonly number[], current: readonly number[]): number {
  if (reference.length === 0 || current.length === 0) throw new RangeError('There is nothing to compare.');
  const sorted = reference.toSorted((a, b) => a - b);
  const edges = [
    ...new Set(Array.from({ length: 9 }, (_, i) => sorted[Math.floor(((i + 1) * sorted.length) / 10)] ?? 0)),
  ];
  const shares = (values: readonly number[]): number[] => {
    const counts = new Array<number>(edges.length + 1).fill(0);
    for (const value of values) {
      const found = edges.findIndex((edge) => value < edge);
      const bin = found === -1 ? edges.length : found;
      counts[bin] = (counts[bin] ?? 0) + 1;
    }
    // Half a value in each bin keeps an empty one from being infinitely surprising.
    return counts.map((count) => (count + 0.5) / (values.length + counts.length / 2));
  };
  const then = shares(reference);
  const now = shares(current);
  return now.reduce((sum, share, bin) => {
    const before = then[bin] ?? share;
    return sum + (share - before) * Math.log(share / before);
  }, 0);
}
