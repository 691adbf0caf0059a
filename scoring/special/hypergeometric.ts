const { abs, log, max, min } = Math;

/**
 * ln of Gauss's hypergeometric function 2F1(a, b; c; z) where its value is positive, for c > 0 and 0 <= z < 1: the
 * series (Abramowitz and Stegun 15.1.1), after Euler's transformation (15.3.3) where that makes it converge faster.
 *
 * @throws RangeError where z is not in [0, 1) or the series does not converge.
 */
export function lnHypergeometric(a: number, b: number, c: number, z: number): number {
  if (!(z >= 0 && z < 1)) throw new RangeError('The argument of 2F1 must be in [0, 1).');
  const excess = c - a - b;
  if (excess < 0) return excess * log(1 - z) + lnSeries(c - a, c - b, c, z);
  return lnSeries(a, b, c, z);
}

function lnSeries(a: number, b: number, c: number, z: number): number {
  let term = 1;
  let sum = 1;
  let lnScale = 0;
  /**
   * Bounds what is left after the k-th term, as a multiple of it, by a geometric series. Each quotient below goes to 1
   * from one side, so that none of the ratios of terms to come is above `ratio`.
   */
  const restOver = (k: number): number => {
    const one = max(1, (a + k) / (k + 1)) * max(1, (b + k) / (c + k));
    const other = max(1, (b + k) / (k + 1)) * max(1, (a + k) / (c + k));
    const ratio = z * min(one, other);
    return ratio < 1 ? ratio / (1 - ratio) : Infinity;
  };
  for (let k = 0; k < 10_000_000; k++) {
    term *= (((a + k) * (b + k)) / ((c + k) * (k + 1))) * z;
    sum += term;
    if (sum > 1e200) {
      sum *= 1e-200;
      term *= 1e-200;
      lnScale += 200 * Math.LN10;
    }
    if (k > -a && k > -b && abs(term) * restOver(k) <= 1e-16 * abs(sum)) return log(sum) + lnScale;
  }
  throw new RangeError(`2F1(${a}, ${b}; ${c}; ${z}) does not converge.`);
}
