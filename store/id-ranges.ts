import type { Db } from 'mongodb';
import type { IdRange } from '../domain/broadcast';

/** Where reading in the order of customers' ids may stop and go on, so that no query finds more than some thousand. */
export interface IdRanges {
  /**
   * The id at which a range ends that begins behind another: about a thousand customers further on, or as many thousand as
   * are asked for; null where it goes on to the end of all. Whatever it answers, reading from end to end misses nobody.
   */
  endBehind(after: string | null, thousands?: number): Promise<string | null>;
}

interface Known {
  readonly until: string | null;
  readonly countedAt: number;
}

/**
 * @param size ids in a range, about
 * @param staleness for how long a range is taken to hold what it held, milliseconds
 */
const defaults = { size: 1_000, staleness: 5 * 60_000, now: Date.now };

/**
 * Cuts ids into ranges of about the same size, and a range anew before it is used when it was counted long ago. Only the
 * first count looks at all of them. The embedded server reads everything that fits a filter before it looks at its limit,
 * so that whoever gives no end reads to the end of all.
 *
 * @param idsIn the ids within a range, in the order of their bytes
 */
export function createIdRanges(
  idsIn: (range: IdRange) => AsyncIterable<string>,
  { size, staleness, now } = defaults,
): IdRanges {
  let ranges: readonly Known[] = [{ until: null, countedAt: -Infinity }];
  const counts = new Map<Known, Promise<void>>();

  /** The place of the range that goes on behind an id. */
  const placeOf = (after: string | null): number => {
    let [low, high] = [0, ranges.length - 1];
    while (low < high) {
      const middle = (low + high) >> 1;
      const until = ranges[middle]?.until ?? null;
      if (until === null || after === null || byBytes(until, after) > 0) high = middle;
      else low = middle + 1;
    }
    return low;
  };

  const count = async (range: Known, place: number): Promise<void> => {
    const ends: string[] = [];
    let [held, last] = [0, ''];
    for await (const id of idsIn({ after: ranges[place - 1]?.until ?? null, until: range.until })) {
      if (held === size) {
        ends.push(last);
        held = 0;
      }
      held += 1;
      last = id;
    }
    // Few that are left over go to those before them.
    if (held < size / 2) ends.pop();
    const countedAt = now();
    const cut = [...ends, range.until].map((until): Known => ({ until, countedAt }));
    ranges = ranges.flatMap((each) => (each === range ? cut : [each]));
  };

  return {
    async endBehind(after, thousands = 1) {
      for (;;) {
        const place = placeOf(after);
        const range = ranges[place];
        if (!range) return null;
        if (range.countedAt + staleness > now()) {
          return ranges[Math.min(place + thousands, ranges.length) - 1]?.until ?? null;
        }
        const counting = counts.get(range) ?? count(range, place).finally(() => counts.delete(range));
        counts.set(range, counting);
        await counting;
      }
    },
  };
}

/** The ranges of customers' ids. */
export function customerRanges(db: Db): IdRanges {
  const customers = db.collection<{ readonly _id: string }>('customers');
  return createIdRanges(({ after, until }) => {
    const _id = { ...(after !== null && { $gt: after }), ...(until !== null && { $lte: until }) };
    // Of all, by a condition for which the embedded server uses no index: it lets nobody else read while it walks along one.
    return customers
      .find({ _id: Object.keys(_id).length > 0 ? _id : { $exists: true } })
      .project<{ _id: string }>({ _id: 1 })
      .sort({ _id: 1 })
      .map(({ _id: id }) => id);
  });
}

/** The order of ids in the database, which is not that of JavaScript where a character takes two units. */
export const byBytes = (one: string, other: string): number =>
  Buffer.compare(Buffer.from(one), Buffer.from(other));

/**
 * Reads on through a range of customers in their order until so many are found, or all has been looked through.
 *
 * @param read what of a part is wanted, in order, and no more than a number
 */
export async function readOn<Found>(
  ranges: IdRanges,
  { after, until }: IdRange,
  limit: number,
  read: (part: IdRange, limit: number) => Promise<readonly Found[]>,
): Promise<Found[]> {
  const found: Found[] = [];
  for (let from = after; ;) {
    const end = await ranges.endBehind(from);
    const isLast = end === null || (until !== null && byBytes(end, until) >= 0);
    const part = { after: from, until: isLast ? until : end };
    found.push(...(await read(part, limit - found.length)));
    if (isLast || found.length >= limit) return found;
    from = end;
  }
}
