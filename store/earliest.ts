/** Reads what stands between two instants, both included: the earliest first, and no more than a number. */
type Read<Found> = (from: Date, until: Date, limit: number) => Promise<Found[]>;

/**
 * Makes the reading of a queue that is emptied from its earliest end, some at a time. It asks for a span behind where it
 * stopped, as long as the last ones took, so that in a long queue a call costs what it gives: the embedded server reads all
 * that lies between two instants before it looks at its limit. The first call reads all that is due, and so does one to whom
 * the spans give too little, which finds what has come in behind its back.
 *
 * @param instantOf by what the queue is ordered
 */
export function createEarliest<Found>(instantOf: (found: Found) => Date) {
  let place: { readonly from: number; readonly span: number } | undefined;

  /** @param now nothing later is due */
  return async (now: Date, limit: number, read: Read<Found>): Promise<Found[]> => {
    let found: Found[] = [];
    for (let { from, span } = place ?? { from: Infinity, span: 0 }; from + span < now.getTime(); span *= 2) {
      found = await read(new Date(from), new Date(from + span), limit);
      if (found.length === limit) break;
    }
    if (found.length < limit) found = await read(new Date(0), now, limit);
    const [first, last] = [found[0], found.at(-1)];
    if (first === undefined || last === undefined || found.length < limit) {
      place = undefined;
    } else {
      const from = instantOf(last).getTime();
      place = { from, span: Math.max(1, from - instantOf(first).getTime()) };
    }
    return found;
  };
}
