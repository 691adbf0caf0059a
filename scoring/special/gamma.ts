const lanczos = [
  0.99999999999980993, 676.5203681218851, -1259.1392167224028, 771.32342877765313, -176.61502916214059,
  12.507343278686905, -0.13857109526572012, 9.9843695780195716e-6, 1.5056327351493116e-7,
] as const;

// Bound once: a look-up of the global Math for each number is slow inside a vm context, where Jest runs.
const { log } = Math;
const halfLogTwoPi = 0.5 * log(2 * Math.PI);

/** ln of the gamma function for x > 0: Lanczos (1964) with Godfrey's nine coefficients, good to about 1 part in 10^14. */
export function lnGamma(x: number): number {
  if (!(x > 0)) return Number.NaN;
  if (x < 0.5) return log(Math.PI / Math.sin(Math.PI * x)) - lnGamma(1 - x);
  const shifted = x - 1;
  let series: number = lanczos[0];
  for (let i = 1; i < lanczos.length; i++) series += (lanczos[i] ?? 0) / (shifted + i);
  const base = shifted + 7.5;
  return halfLogTwoPi + (shifted + 0.5) * log(base) - base + log(series);
}

/** ln of the beta function for positive arguments. */
export function lnBeta(a: number, b: number): number {
  return lnGamma(a) + lnGamma(b) - lnGamma(a + b);
}
