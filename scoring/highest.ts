/**
 * The `count` first of 0 to `length` - 1 in the order that `before` gives, without sorting the rest.
 *
 * @param before True where the first index comes before the second; a strict total order.
 */
export function highest(length: number, count: number, before: (a: number, b: number) => boolean): number[] {
  const best: number[] = [];
  if (count < 1) return best;
  for (let k = 0; k < length; k++) {
    const last = best[count - 1];
    if (last !== undefined && !before(k, last)) continue;
    let place = best.length;
    while (place > 0 && before(k, best[place - 1] ?? k)) place--;
    best.splice(place, 0, k);
    if (best.length > count) best.pop();
  }
  return best;
}
