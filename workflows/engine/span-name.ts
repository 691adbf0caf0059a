const units = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['m', 60_000],
  ['s', 1_000],
] as const;

/** A duration in milliseconds as people write it: `2d`, `1d12h`, `250ms`. */
export function spanName(milliseconds: number): string {
  let left = milliseconds;
  let name = '';
  for (const [unit, size] of units) {
    const n = Math.floor(left / size);
    if (n > 0) name += `${n}${unit}`;
    left -= n * size;
  }
  return name === '' ? `${left}ms` : name;
}
