/** The embedded server's cost of `$in` grows with the square of its values; in pieces of this size it is linear. */
const size = 25;

/** The values in pieces small enough for a `$in` each. */
export function chunks<Value>(values: readonly Value[]): Value[][] {
  return Array.from({ length: Math.ceil(values.length / size) }, (_, n) =>
    values.slice(n * size, (n + 1) * size),
  );
}
