const { abs, log } = Math;

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
  for (let k = 0; k < 100_000; k++) {
    term *= (((a + k) * (b + k)) / ((c + k) * (k + 1))) * z;
    sum += term;
    if (sum > 1e200) {
      sum *= 1e-200;
      term *= 1e-200;
      lnScale += 200 * Math.LN10;
    }
    // From here on terms only shrink once k is past the parameters, by a factor that tends to z.
    if (abs(term) <= 1e-16 * abs(sum) * (1 - z) && k > abs(a) && k > abs(b)) return log(sum) + lnScale;
  }
  throw new RangeError(`2F1(${a}, ${b}; ${c}; ${z}) does not converge.`);
}
