import fc from 'fast-check';
import type { DailyWindow, LocalTime } from '../domain/local-moment';
import { daysAfter, firstAllowed, localDate, zoneOf } from './calendar';

const minute = 60_000;
const at = (iso: string) => Date.parse(iso);
const zones = Intl.supportedValuesOf('timeZone');

const formats = new Map<string, Intl.DateTimeFormat>();
/** Local time of day as `HH:MM:SS`, by the runtime alone. */
function localTime(instant: number, timeZone: string): string {
  let format = formats.get(timeZone);
  if (!format) {
    format = new Intl.DateTimeFormat('en-GB', { timeZone, timeStyle: 'medium' });
    formats.set(timeZone, format);
  }
  return format.format(instant);
}

function isInside(instant: number, timeZone: string, { opens, closes }: DailyWindow): boolean {
  const time = localTime(instant, timeZone);
  const afterOpening = time >= `${opens}:00`;
  const beforeClosing = time < `${closes}:00`;
  return opens < closes ? afterOpening && beforeClosing : afterOpening || beforeClosing;
}

const zone = fc.constantFrom(...zones);
const instant = fc
  .integer({ min: at('2005-01-01T00:00:00Z') / minute, max: at('2037-12-31T00:00:00Z') / minute })
  .map((minutes) => minutes * minute);
const timeOfDay = fc.integer({ min: 0, max: 95 }).map((quarters): LocalTime => {
  const hours = String(Math.floor(quarters / 4)).padStart(2, '0');
  return `${hours}:${String((quarters % 4) * 15).padStart(2, '0')}` as LocalTime;
});
const window = fc.record({ opens: timeOfDay, closes: timeOfDay });

/** Days of a year on which a zone's clocks are set, as instants at the beginning of the day in UTC. */
function changes(timeZone: string, year: number): number[] {
  const days = Array.from({ length: 366 }, (_, day) => Date.UTC(year, 0, 1 + day));
  return days.filter((day) => localTime(day, timeZone) !== localTime(day + 86_400_000, timeZone));
}

function expectFirst(
  first: number | null,
  from: number,
  { timeZone, hours }: { timeZone: string; hours: DailyWindow },
): void {
  if (first === null) throw new Error('One window always opens.');
  expect(first).toBeGreaterThanOrEqual(from);
  expect(isInside(first, timeZone, hours)).toBe(true);
  for (let earlier = from; earlier < first; earlier += 5 * minute) {
    if (isInside(earlier, timeZone, hours)) throw new Error(`${new Date(earlier).toISOString()} was inside.`);
  }
  if (first > from) expect(isInside(first - 1, timeZone, hours)).toBe(false);
}

describe('firstAllowed', () => {
  it('is inside the hours, in every zone, and nothing before it was', () => {
    fc.assert(
      fc.property(zone, instant, window, (timeZone, from, hours) => {
        expectFirst(firstAllowed(from, timeZone, [hours]), from, { timeZone, hours });
      }),
      { numRuns: 2_000 },
    );
  });

  it('is so too on the days around a change of clocks, when hours are missing or come twice', () => {
    let seen = 0;
    const year = fc.integer({ min: 2005, max: 2037 });
    const small = timeOfDay.filter((time) => time < '05:00');
    fc.assert(
      fc.property(zone, year, fc.record({ opens: small, closes: timeOfDay }), (timeZone, inYear, hours) => {
        for (const day of changes(timeZone, inYear)) {
          for (let from = day - 86_400_000; from < day + 2 * 86_400_000; from += 95 * minute) {
            seen++;
            expectFirst(firstAllowed(from, timeZone, [hours]), from, { timeZone, hours });
          }
        }
      }),
      { numRuns: 100 },
    );
    expect(seen).toBeGreaterThan(1_000);
  });

  it('opens at eight in each zone of the world, on every day of a year', () => {
    const hours: DailyWindow = { opens: '08:00', closes: '21:00' };
    for (const timeZone of zones) {
      for (
        let night = at('2026-01-01T00:00:00Z');
        night < at('2027-01-01T00:00:00Z');
        night += 17 * 86_400_000
      ) {
        const first = firstAllowed(night, timeZone, [hours]) ?? 0;
        if (first > night) expect(localTime(first, timeZone)).toBe('08:00:00');
      }
    }
  });

  it('is null only where the windows have no hour in common', () => {
    fc.assert(
      fc.property(zone, instant, fc.tuple(window, window), (timeZone, from, windows) => {
        const common = Array.from(
          { length: 96 },
          (_, quarter) => at('2026-01-01T00:00:00Z') + quarter * 15 * minute,
        ).some((time) => windows.every((hours) => isInside(time, 'UTC', hours)));
        const first = firstAllowed(from, timeZone, windows);
        if (first !== null) expect(windows.every((hours) => isInside(first, timeZone, hours))).toBe(true);
        // A day on which the clocks jump over the only common hour is rare, and the next has it again.
        expect(first !== null).toBe(common);
      }),
      { numRuns: 2_000 },
    );
  });

  it.each<[string, string, string, LocalTime, string]>([
    [
      'the jump, where clocks go forward over the opening',
      'Europe/Lisbon',
      '2026-03-29T00:10:00Z',
      '01:30',
      '2026-03-29T01:00:00Z',
    ],
    [
      'the first of two openings, where clocks go back',
      'Europe/Lisbon',
      '2026-10-24T23:10:00Z',
      '01:30',
      '2026-10-25T00:30:00Z',
    ],
    ['the second, between the two', 'Europe/Lisbon', '2026-10-25T01:10:00Z', '01:30', '2026-10-25T01:30:00Z'],
    [
      'half an hour off the hour in Adelaide',
      'Australia/Adelaide',
      '2026-07-01T15:00:00Z',
      '08:00',
      '2026-07-01T22:30:00Z',
    ],
    [
      'after the day that Samoa left out',
      'Pacific/Apia',
      '2011-12-30T09:59:00Z',
      '08:00',
      '2011-12-30T18:00:00Z',
    ],
    [
      'in Brazil, which keeps no summer time',
      'America/Sao_Paulo',
      '2026-12-24T02:00:00Z',
      '08:00',
      '2026-12-24T11:00:00Z',
    ],
  ])('is %s', (_, timeZone, from, opens, expected) => {
    const first = firstAllowed(at(from), timeZone, [{ opens, closes: '21:00' }]);
    expect(new Date(first ?? 0)).toEqual(new Date(expected));
  });
});

describe('localDate', () => {
  it('is the date on the customer’s own wall', () => {
    expect(localDate(at('2027-01-01T02:00:00Z'), 'America/Sao_Paulo')).toBe('2026-12-31');
    expect(localDate(at('2027-01-01T02:00:00Z'), 'Asia/Tokyo')).toBe('2027-01-01');
    expect(localDate(at('2028-02-29T12:00:00Z'), 'Asia/Tokyo')).toBe('2028-02-29');
  });
});

describe('daysAfter', () => {
  it('counts dates over the ends of months and years, and leap days', () => {
    expect(daysAfter('2026-12-31', 1)).toBe('2027-01-01');
    expect(daysAfter('2028-03-06', -6)).toBe('2028-02-29');
    expect(daysAfter('2027-03-06', -6)).toBe('2027-02-28');
  });
});

describe('zoneOf', () => {
  it('falls back on the business’s zone', () => {
    expect(zoneOf('Asia/Tokyo', 'America/Sao_Paulo')).toBe('Asia/Tokyo');
    expect(zoneOf('Mars/Olympus_Mons', 'America/Sao_Paulo')).toBe('America/Sao_Paulo');
    expect(zoneOf(undefined, 'America/Sao_Paulo')).toBe('America/Sao_Paulo');
  });
});
