import { customerTime, type CustomerClock } from '../../domain/clock';

const day = 86_400_000;

/** What the clocks of customers show at each whole second of real time, if a day lasts a second: 13:05 in UTC. */
const timeOfWholeSeconds = 13 * 3_600_000 + 5 * 60_000;

/**
 * The clock of a demonstration's customers.
 *
 * Messages that wait for their hour are paced by whole seconds of real time, which are long on a fast clock. The clock is
 * set so that a whole second comes soon after the hour at which marketing may begin: 10:05 in São Paulo, 9:05 in Manaus.
 *
 * @param now real epoch milliseconds; the clock's origin is at most one of its days before
 * @param dayLength how long a day of the customers lasts, real milliseconds; below a day
 */
export function demoClock(now: number, dayLength: number): CustomerClock {
  const scale = day / dayLength;
  const wholeSecond = Math.floor(now / 1_000) * 1_000;
  const ahead = (((timeOfWholeSeconds - wholeSecond) % day) + day) % day;
  return { origin: Math.round(wholeSecond - ahead / (scale - 1)), scale };
}

/** Where the play stands in the customers' time. */
export interface Calendar {
  /** What customers' clocks show now, epoch milliseconds. */
  now(): number;
  /** Days of theirs since the play began. */
  elapsedDays(): number;
  readonly begin: number;
  readonly end: number;
}

/** A play of some days that begins now. */
export function calendarOf(clock: CustomerClock, days: number, realNow: () => number = Date.now): Calendar {
  const now = () => customerTime(clock, realNow());
  const begin = now();
  return { now, begin, end: begin + days * day, elapsedDays: () => (now() - begin) / day };
}
