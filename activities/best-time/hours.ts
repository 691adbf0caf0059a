import type { DailyWindow } from '../../domain/local-moment';
import { groupBy } from '../../domain/group-by';
import { quartersAhead } from '../calendar';

/** A local hour at which a message may go, within a day. */
export interface HourAhead {
  /** 0 to 23. */
  readonly hour: number;
  /** When the quarters begin at which it may go, epoch milliseconds; at least one. */
  readonly quarters: readonly number[];
}

const [hourLength, quarterLength] = [3_600_000, 900_000];

/**
 * The local hours of the day that begins with an instant at which every window is open, in order; each where it comes
 * first. An hour that clocks skip is not among them.
 *
 * @param instant epoch milliseconds
 * @param zone a valid IANA zone
 */
export function hoursAhead(instant: number, zone: string, windows: readonly DailyWindow[]): HourAhead[] {
  const byHour = groupBy(quartersAhead(instant, zone, windows), ({ hour }) => hour);
  return [...byHour].map(([hour, found]) => {
    const first = found[0]?.at ?? instant;
    return { hour, quarters: found.map(({ at }) => at).filter((at) => at < first + hourLength) };
  });
}

/**
 * An instant of an hour: at once where that hour is now, else at a place in it that chance decides, so that nobody's
 * best hour begins with everybody's messages.
 *
 * @param chance in [0, 1)
 */
export function instantIn({ quarters }: HourAhead, now: number, chance: number): number {
  const [first = now] = quarters;
  if (first <= now) return now;
  const place = chance * quarters.length;
  const quarter = quarters[Math.floor(place)] ?? first;
  return quarter + Math.floor((place % 1) * quarterLength);
}
