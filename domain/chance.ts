/**
 * A number in [0, 1) that depends on nothing but the text: the same for ever, on every machine. FNV-1a (Fowler, Noll,
 * Vo) over UTF-16 code units, then the 32-bit finalizer of MurmurHash3 (Appleby), which spreads texts that differ in
 * their last character only.
 */
export function chanceOf(text: string): number {
  let hash = 0x811c9dc5;
  for (let i = 0; i < text.length; i++) {
    hash ^= text.charCodeAt(i);
    hash = Math.imul(hash, 0x01000193);
  }
  hash ^= hash >>> 16;
  hash = Math.imul(hash, 0x85ebca6b);
  hash ^= hash >>> 13;
  hash = Math.imul(hash, 0xc2b2ae35);
  hash ^= hash >>> 16;
  return (hash >>> 0) / 2 ** 32;
}

/** Picks an arm in proportion to its weight; `chance` is in [0, 1). Throws where no weight is above 0. */
export function pickByWeight<Arm extends string>(
  weights: Readonly<Record<Arm, number>>,
  chance: number,
): Arm {
  const arms = (Object.entries(weights) as [Arm, number][]).filter(([, weight]) => weight > 0);
  const total = arms.reduce((sum, [, weight]) => sum + weight, 0);
  let left = chance * total;
  for (const [arm, weight] of arms) {
    left -= weight;
    if (left < 0) return arm;
  }
  const last = arms.at(-1);
  if (!last) throw new RangeError('A split needs at least one arm with a weight above 0.');
  return last[0];
}
