import { IANAZone } from 'luxon';
import type { DailyWindow, LocalTime } from '../domain/local-moment';

const day = 86_400_000;
const hour = 3_600_000;
/** Clocks of all zones differ by whole quarters. */
const quarter = 900_000;
const minute = 60_000;
/** A local date can be missing whole: Samoa had no 30 December 2011. */
const daysAhead = 3;

/** The zone to compute a customer's local time in: their own, or `fallback` where it is missing or unknown. */
export const zoneOf = (timeZone: string | undefined, fallback: string): string =>
  timeZone !== undefined && IANAZone.create(timeZone).isValid ? timeZone : fallback;

/** The local date on which an instant falls, `YYYY-MM-DD`. */
export const localDate = (instant: number, zone: string): string => dateOf(wallTime(instant, zone));

/** The date a number of days after another, `YYYY-MM-DD`. */
export const daysAfter = (date: string, days: number): string => dateOf(Date.parse(date) + days * day);

/** The local hour at an instant, 0 to 23. */
export const localHour = (instant: number, zone: string): number =>
  Math.floor(modulo(wallTime(instant, zone), day) / hour);

/** What the clocks of a zone show at an instant, as milliseconds in UTC. */
const wallTime = (instant: number, zone: string): number =>
  instant + IANAZone.create(zone).offset(instant) * minute;

/** The date of an instant in UTC, `YYYY-MM-DD`. */
const dateOf = (instant: number): string => new Date(instant).toISOString().slice(0, 10);

/**
 * The first instant, not before a given one, at which the local time of day is inside every window. The local time of
 * day alone decides: where clocks go forward over the time at which a window opens, it opens with the jump, and an hour
 * that comes twice is treated alike both times.
 *
 * @param instant epoch milliseconds
 * @param zone a valid IANA zone
 * @returns epoch milliseconds, `instant` itself where it is inside; null where the windows have no hour in common
 */
export function firstAllowed(instant: number, zone: string, windows: readonly DailyWindow[]): number | null {
  const offsets = IANAZone.create(zone);
  const wallClock = (at: number) => at + offsets.offset(at) * minute;
  const allowed = (at: number) => isInside(windows, wallClock(at));
  if (allowed(instant)) return instant;

  const days = Array.from({ length: daysAhead + 1 }, (_, ahead) => ahead * day);
  const midnight = Math.floor(wallClock(instant) / day) * day;
  const openings = windows.flatMap(({ opens }) =>
    days.flatMap((ahead) => instantsOf(midnight + ahead + timeOfDay(opens), offsets)),
  );
  const jumps = days.map((ahead) => jumpBetween(instant + ahead, instant + ahead + day, offsets));
  const candidates = [...openings, ...jumps].filter((at) => at > instant && allowed(at));
  return candidates.length === 0 ? null : Math.min(...candidates);
}

/** A quarter of an hour in which messages may go, all of it. */
export interface Quarter {
  /** When it begins, epoch milliseconds. */
  readonly at: number;
  /** The local hour, 0 to 23. */
  readonly hour: number;
}

/**
 * The quarters of an hour of the day that begins with an instant, in order, that lie inside every window as clocks show
 * it: where clocks go forward, an hour is missing, and where they go back, one comes twice. The first quarter is what is
 * left of the present one, and it counts if the instant itself is inside.
 *
 * @param instant epoch milliseconds
 * @param zone a valid IANA zone
 */
export function quartersAhead(instant: number, zone: string, windows: readonly DailyWindow[]): Quarter[] {
  const offsets = IANAZone.create(zone);
  const end = instant + day;
  // Clocks are set at most once a day: as a rule one look serves for all quarters.
  const [now, later] = [offsets.offset(instant), offsets.offset(end)];
  const wallClock = (at: number) => at + (now === later ? now : offsets.offset(at)) * minute;
  const next = (Math.floor(instant / quarter) + 1) * quarter;
  const begins = Array.from({ length: Math.floor((end - next) / quarter) }, (_, n) => next + n * quarter);
  const whole = begins.filter(
    (at) => isInside(windows, wallClock(at)) && isInside(windows, wallClock(at + quarter - 1)),
  );
  return [...(isInside(windows, wallClock(instant)) ? [instant] : []), ...whole].map((at) => ({
    at,
    hour: Math.floor(modulo(wallClock(at), day) / hour),
  }));
}

/** Whether what a wall clock shows (milliseconds as if in UTC) is inside every window. */
const isInside = (windows: readonly DailyWindow[], wall: number): boolean =>
  windows.every((window) => contains(window, modulo(wall, day)));

/** Milliseconds after midnight. */
function timeOfDay(time: LocalTime): number {
  const [hours, minutes] = time.split(':').map(Number);
  return ((hours ?? 0) * 60 + (minutes ?? 0)) * minute;
}

/** Whether a time of day is in the window, which may span midnight; one that closes as it opens is the whole day. */
function contains(window: DailyWindow, time: number): boolean {
  const opens = timeOfDay(window.opens);
  const closes = timeOfDay(window.closes);
  return opens < closes ? time >= opens && time < closes : time >= opens || time < closes;
}

/** The instants at which the wall clock shows `wall` (milliseconds as if in UTC): one as a rule, two or none by a jump. */
function instantsOf(wall: number, zone: IANAZone): number[] {
  const offsets = new Set([zone.offset(wall - day), zone.offset(wall + day)]);
  return [...offsets]
    .map((offset) => wall - offset * minute)
    .filter((at) => at + zone.offset(at) * minute === wall);
}

/** The first instant in (from, to] with the offset that `to` has; the clocks are set once in between, or `to` it is. */
function jumpBetween(from: number, to: number, zone: IANAZone): number {
  const target = zone.offset(to);
  if (zone.offset(from) === target) return to;
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === target) high = middle;
    else low = middle;
  }
  return high;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
