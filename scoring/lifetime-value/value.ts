export interface LifetimeValueOptions {
  /** How many periods to look ahead. */
  readonly periods: number;
  /** Length of a period in the unit of time of `expected`. */
  readonly length: number;
  /** Discount rate of one period, for example 0.01. */
  readonly discount: number;
}

/**
 * What a customer is expected to bring: expected purchases of each period times the expected spend, discounted from the
 * period's end (Fader, Hardie and Lee 2005, "RFM and CLV", in discrete periods). In the unit of `spend`.
 *
 * @param expected Purchases expected within a time from now on, as {@link bgNbdExpected} gives them.
 */
export function lifetimeValue(
  expected: (time: number) => number,
  spend: number,
  { periods, length, discount }: LifetimeValueOptions,
): number {
  let value = 0;
  let before = 0;
  for (let period = 1; period <= periods; period++) {
    const until = expected(period * length);
    value += (spend * (until - before)) / (1 + discount) ** period;
    before = until;
  }
  return value;
}
