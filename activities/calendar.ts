import { DateTime, IANAZone } from 'luxon';
import type { DailyWindow, LocalTime } from '../domain/local-moment';

const day = 86_400_000;
const minute = 60_000;
/** A local date can be missing whole: Samoa had no 30 December 2011. */
const daysAhead = 3;

/** The zone to compute a customer's local time in: their own, or `fallback` where it is missing or unknown. */
export const zoneOf = (timeZone: string | undefined, fallback: string): string =>
  timeZone !== undefined && IANAZone.isValidZone(timeZone) ? timeZone : fallback;

/** The local date on which an instant falls, `YYYY-MM-DD`, and its ISO week (Monday first), `YYYY-Www`. */
export function localDates(instant: number, zone: string): { readonly day: string; readonly week: string } {
  const local = DateTime.fromMillis(instant, { zone });
  return { day: local.toFormat('yyyy-MM-dd'), week: local.toFormat("kkkk-'W'WW") };
}

/**
 * The first instant, not before a given one, at which the local time of day is inside every window. The local time of
 * day alone decides, so where clocks go forward over the time a window opens it opens with the jump, and an hour that
 * comes twice is treated alike both times.
 *
 * @param instant epoch milliseconds
 * @param zone a valid IANA zone
 * @returns epoch milliseconds, `instant` itself where it is inside; null where the windows have no hour in common
 */
export function firstAllowed(instant: number, zone: string, windows: readonly DailyWindow[]): number | null {
  const offsets = IANAZone.create(zone);
  const wallClock = (at: number) => at + offsets.offset(at) * minute;
  const allowed = (at: number) => windows.every((window) => contains(window, modulo(wallClock(at), day)));
  if (allowed(instant)) return instant;

  const midnight = Math.floor(wallClock(instant) / day) * day;
  const openings = windows.flatMap(({ opens }) =>
    Array.from({ length: daysAhead + 1 }, (_, ahead) =>
      reachings(midnight + ahead * day + timeOfDay(opens), offsets),
    ).flat(),
  );
  const candidates = openings.filter((at) => at > instant && allowed(at));
  return candidates.length === 0 ? null : Math.min(...candidates);
}

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

/**
 * The instants at which the wall clock comes to show `wall` (milliseconds as if in UTC): one as a rule, two where an
 * hour comes twice, and where the clocks jump over it the instant of the jump.
 */
function reachings(wall: number, zone: IANAZone): number[] {
  const before = zone.offset(wall - day) * minute;
  const after = zone.offset(wall + day) * minute;
  const instants = [...new Set([wall - before, wall - after])];
  const shown = instants.filter((at) => at + zone.offset(at) * minute === wall);
  return shown.length > 0 ? shown : [jumpBetween(wall - day, wall + day, zone)];
}

/** The first instant in (from, to] with the offset that `to` has; the offset changes once in between. */
function jumpBetween(from: number, to: number, zone: IANAZone): number {
  const target = zone.offset(to);
  let [low, high] = [from, to];
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (zone.offset(middle) === target) high = middle;
    else low = middle;
  }
  return high;
}

const modulo = (value: number, by: number): number => ((value % by) + by) % by;
