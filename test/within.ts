/** Most of some instants that fall into any stretch of time of a length, milliseconds. */
export function mostWithin(instants: readonly number[], span: number): number {
  const ordered = [...instants].sort((a, b) => a - b);
  let first = 0;
  let most = 0;
  ordered.forEach((at, n) => {
    while ((ordered[first] ?? at) <= at - span) first += 1;
    most = Math.max(most, n - first + 1);
  });
  return most;
}
