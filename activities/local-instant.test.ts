import fc from 'fast-check';
import type { LocalTime } from '../domain/local-moment';
import { localInstant, nextLocalTime } from './local-instant';

const hour = 3_600_000;
const day = 24 * hour;
const fallback = 'America/Sao_Paulo';
const zones = Intl.supportedValuesOf('timeZone');

const formats = new Map<string, Intl.DateTimeFormat>();
/** Wall clock as `YYYY-MM-DD HH:MM`, by the runtime alone. */
function wall(instant: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('sv-SE', { timeZone, dateStyle: 'short', timeStyle: 'short' });
    formats.set(timeZone, format);
  }
  return format.format(instant);
}

const zone = fc.constantFrom(...zones);
const date = fc
  .integer({ min: Date.UTC(2013, 0, 1) / day, max: Date.UTC(2037, 11, 30) / day })
  .map((days) => new Date(days * day).toISOString().slice(0, 10));
const time = fc
  .record({ hours: fc.integer({ min: 0, max: 23 }), minutes: fc.integer({ min: 0, max: 59 }) })
  .map(
    ({ hours, minutes }) =>
      [hours, minutes].map((part) => String(part).padStart(2, '0')).join(':') as LocalTime,
  );

/** Whether the clocks of a zone show a minute at any instant within a day of a given one. */
function isEverShown(shown: string, around: number, timeZone: string): boolean {
  for (let instant = around - day; instant <= around + day; instant += 60_000) {
    if (wall(instant, timeZone) === shown) return true;
  }
  return false;
}

/** The Sundays of a leap year, on which most clocks are set, and its leap day. */
const datesOf2028 = Array.from({ length: 366 }, (_, n) => Date.UTC(2028, 0, 1 + n)).filter((midnight) => {
  const date = new Date(midnight);
  return date.getUTCDay() === 0 || date.toISOString().startsWith('2028-02-29');
});

describe('localInstant', () => {
  it('is when the clocks of the zone first show that date and time', () => {
    fc.assert(
      fc.property(zone, date, time, (timeZone, onDate, atTime) => {
        const instant = localInstant({ date: onDate, time: atTime }, timeZone, fallback) ?? NaN;
        const shown = `${onDate} ${atTime}`;
        if (wall(instant, timeZone) === shown) {
          for (const earlier of [30 * 60_000, hour])
            expect(wall(instant - earlier, timeZone)).not.toBe(shown);
        } else {
          // The clocks went forward over it: never shown, and taken later by as much as they went.
          expect(isEverShown(shown, instant, timeZone)).toBe(false);
          expect(wall(instant, timeZone) > shown).toBe(true);
        }
      }),
      { numRuns: 1_000 },
    );
  });

  it('falls on each date once and in order, in every zone, over both changes of clocks and a leap day', () => {
    for (const timeZone of zones) {
      let before = -Infinity;
      for (const midnight of datesOf2028) {
        const onDate = new Date(midnight).toISOString().slice(0, 10);
        const instant = localInstant({ date: onDate, time: '02:30' }, timeZone, fallback) ?? NaN;
        expect(instant).toBeGreaterThan(before);
        if (wall(instant, timeZone).slice(0, 10) !== onDate)
          throw new Error(`${onDate} fails in ${timeZone}`);
        before = instant;
      }
    }
  });

  it.each([
    ['a leap day', '2028-02-29', '2028-02-29T12:00:00.000Z'],
    ['a day that its year does not have', '2027-02-29', undefined],
    ['what is no date', 'soon', undefined],
    ['no date', undefined, undefined],
  ])('of %s', (_, onDate, expected) => {
    const instant = localInstant({ date: onDate, time: '09:00' }, 'America/Sao_Paulo', 'UTC');
    expect(instant === undefined ? undefined : new Date(instant).toISOString()).toBe(expected);
  });

  it('reads a zone that nobody knows as the business’s', () => {
    const moment = { date: '2026-12-24', time: '09:00' } as const;
    expect(localInstant(moment, 'Mars/Olympus_Mons', fallback)).toBe(Date.parse('2026-12-24T12:00:00Z'));
  });
});

describe('nextLocalTime', () => {
  it('comes within a day and the change of clocks, in every zone', () => {
    const from = fc.integer({ min: Date.UTC(2013, 0, 1), max: Date.UTC(2037, 11, 30) });
    fc.assert(
      fc.property(zone, from, time, (timeZone, instant, atTime) => {
        const next = nextLocalTime(instant, atTime, timeZone);
        expect(next).toBeGreaterThanOrEqual(instant);
        expect(next - instant).toBeLessThanOrEqual(2 * day + hour);
        const shown = wall(next, timeZone);
        if (!shown.endsWith(` ${atTime}`)) {
          expect(isEverShown(`${shown.slice(0, 10)} ${atTime}`, next, timeZone)).toBe(false);
        }
      }),
      { numRuns: 500 },
    );
  });
});
