/** Runs of one group, and how many of them reached the goal. */
export interface Group {
  readonly runs: number;
  readonly converted: number;
}

/** A difference between two shares, and the bounds between which it lies with 95 % confidence. */
export interface Lift {
  readonly difference: number;
  readonly low: number;
  readonly high: number;
}

/** Two-sided 95 % quantile of the standard normal distribution. */
const z = 1.959963984540054;

/**
 * How much more often the treated convert than the control group: difference of shares, with Newcombe's hybrid score
 * interval (Newcombe 1998, Statistics in Medicine 17:873-890, method 10). Null where a group is empty.
 */
export function liftOf(treated: Group, control: Group): Lift | null {
  if (treated.runs === 0 || control.runs === 0) return null;
  const [a, b] = [wilson(treated), wilson(control)];
  const difference = a.share - b.share;
  return {
    difference,
    low: difference - Math.hypot(a.share - a.low, b.high - b.share),
    high: difference + Math.hypot(a.high - a.share, b.share - b.low),
  };
}

/** Wilson's score interval of a share. */
function wilson({ runs: n, converted }: Group): { share: number; low: number; high: number } {
  const share = converted / n;
  const centre = share + z ** 2 / (2 * n);
  const spread = z * Math.sqrt((share * (1 - share)) / n + z ** 2 / (4 * n ** 2));
  const scale = 1 + z ** 2 / n;
  return { share, low: (centre - spread) / scale, high: (centre + spread) / scale };
}
