import { chanceOf } from '../domain/chance';

// Bound once: a look-up of the global Math for each number is slow inside a vm context, where Jest runs.
const { floor, imul, log, sqrt } = Math;

/** A source of chance that gives the same numbers for the same seed, on every machine. */
export interface Random {
  /** In [0, 1), with 53 random bits. */
  uniform(): number;
  /** Standard normal. */
  normal(): number;
  /** An integer in [0, `below`). */
  integer(below: number): number;
  /** Gamma with scale 1; `shape` above 0. */
  gamma(shape: number): number;
  /** Beta; both parameters above 0. */
  beta(a: number, b: number): number;
}

/**
 * Makes a generator from a seed (a text or a 32-bit integer): xoshiro128** 1.1 (Blackman and Vigna, 2018), its four
 * words filled by SplitMix32 from the seed. Normals by the polar method (Marsaglia and Bray, 1964), gammas by
 * Marsaglia and Tsang (2000), betas as a ratio of gammas. Not for secrets.
 *
 * @example seededRandom('decision 42').uniform()
 */
export function seededRandom(seed: string | number): Random {
  const next = xoshiro128(wordsOf(typeof seed === 'string' ? chanceOf(seed) * 2 ** 32 : seed));
  const uniform = (): number => ((next() >>> 5) * 2 ** 26 + (next() >>> 6)) / 2 ** 53;
  // In an array, as the generator's words: a number that a closure changes is a new object at each change.
  const spare = Float64Array.of(Number.NaN);

  const normal = (): number => {
    const kept = spare[0] ?? Number.NaN;
    if (!Number.isNaN(kept)) {
      spare[0] = Number.NaN;
      return kept;
    }
    for (;;) {
      const x = 2 * uniform() - 1;
      const y = 2 * uniform() - 1;
      const square = x * x + y * y;
      if (square >= 1 || square === 0) continue;
      const stretch = sqrt((-2 * log(square)) / square);
      spare[0] = y * stretch;
      return x * stretch;
    }
  };

  const gamma = (shape: number): number => {
    if (shape < 1) return gamma(shape + 1) * (1 - uniform()) ** (1 / shape);
    const d = shape - 1 / 3;
    const c = 1 / sqrt(9 * d);
    for (;;) {
      const x = normal();
      const v = (1 + c * x) ** 3;
      if (v <= 0) continue;
      if (log(1 - uniform()) < 0.5 * x * x + d - d * v + d * log(v)) return d * v;
    }
  };

  return {
    uniform,
    normal,
    integer: (below) => floor(uniform() * below),
    gamma,
    beta: (a, b) => {
      const x = gamma(a);
      const y = gamma(b);
      return x + y === 0 ? (uniform() < a / (a + b) ? 1 : 0) : x / (x + y);
    },
  };
}

/** The bare generator of 32-bit words; `words` must not all be 0. */
export function xoshiro128(words: readonly [number, number, number, number]): () => number {
  const held = Int32Array.from(words);
  const rotate = (x: number, by: number): number => (x << by) | (x >>> (32 - by));
  return () => {
    const a = held[0] ?? 0;
    const b = held[1] ?? 0;
    const mixed = (held[2] ?? 0) ^ a;
    const last = (held[3] ?? 0) ^ b;
    held[0] = a ^ last;
    held[1] = b ^ mixed;
    held[2] = mixed ^ (b << 9);
    held[3] = rotate(last, 11);
    return imul(rotate(imul(b, 5), 7), 9) >>> 0;
  };
}

/** SplitMix32 (Steele, Lea and Flood 2014, with a 32-bit mixer), to spread one word over four. */
function wordsOf(seed: number): [number, number, number, number] {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x9e3779b9) | 0;
    let z = state ^ (state >>> 16);
    z = imul(z, 0x21f0aaad);
    z = imul(z ^ (z >>> 15), 0x735a2d97);
    return z ^ (z >>> 15);
  };
  return [next(), next(), next(), next()];
}
