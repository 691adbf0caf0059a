import fc from 'fast-check';
import { DateTime } from 'luxon';
import { contactPolicy } from '../../domain/contact-policy';
import { daily, type DailyWindow } from '../../domain/local-moment';
import { firstAllowed } from '../calendar';
import { hoursAhead, instantIn } from './hours';

const at = (text: string, zone: string) => DateTime.fromISO(text, { zone }).toMillis();
const hoursOf = (instant: number, zone: string, ...windows: DailyWindow[]) =>
  hoursAhead(instant, zone, windows).map(({ hour }) => hour);

const zones = [
  'America/Sao_Paulo',
  'America/New_York',
  'Europe/Lisbon',
  'Australia/Lord_Howe',
  'Asia/Kathmandu',
  'Pacific/Chatham',
  'Africa/Casablanca',
  'Pacific/Apia',
];

describe('the hours of the day ahead', () => {
  it('are those in which every window is open, from now on', () => {
    const now = at('2026-03-03T18:20', 'America/Sao_Paulo');
    expect(hoursOf(now, 'America/Sao_Paulo', daily('09:00', '20:00'), daily('16:00', '23:00'))).toEqual([
      18, 19, 16, 17,
    ]);
  });

  it('leave out the one that clocks skip', () => {
    const night = [daily('00:00', '05:00')] as const;
    expect(hoursOf(at('2026-03-07T23:00', 'America/New_York'), 'America/New_York', ...night)).toEqual([
      0, 1, 3, 4,
    ]);
    expect(hoursOf(at('2026-03-08T23:00', 'America/New_York'), 'America/New_York', ...night)).toEqual([
      0, 1, 2, 3, 4,
    ]);
  });

  it('have the one that comes twice once, where it comes first', () => {
    const [hour] = hoursAhead(at('2026-11-01T00:59', 'America/New_York'), 'America/New_York', [
      daily('01:00', '02:00'),
    ]);
    expect(hour?.quarters.map((instant) => new Date(instant).toISOString())).toEqual([
      '2026-11-01T05:00:00.000Z',
      '2026-11-01T05:15:00.000Z',
      '2026-11-01T05:30:00.000Z',
      '2026-11-01T05:45:00.000Z',
    ]);
  });

  it('never lead outside the windows or a day ahead, in any zone, on any day, at any chance', () => {
    // Around the days on which clocks are set somewhere, and on any other.
    const changes = ['2026-03-08', '2026-03-29', '2026-04-05', '2026-10-04', '2026-10-25', '2026-11-01'].map(
      (date) => Date.parse(`${date}T00:00:00Z`),
    );
    const day = fc.oneof(
      fc.constantFrom(...changes),
      fc.integer({ min: Date.parse('2024-01-01'), max: Date.parse('2030-01-01') }),
    );
    const clock = fc
      .tuple(fc.integer({ min: 0, max: 23 }), fc.integer({ min: 0, max: 59 }))
      .map(([h, m]) => `${String(h).padStart(2, '0')}:${String(m).padStart(2, '0')}` as const);
    const opening = fc.tuple(clock, clock).map(([opens, closes]) => daily(opens as '9:0', closes as '9:0'));
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        day,
        fc.integer({ min: -43_200_000, max: 43_200_000 }),
        fc.option(opening),
        fc.double({ min: 0, max: 1, maxExcluded: true, noNaN: true }),
        (zone, base, shift, window, chance) => {
          const now = base + shift;
          const windows = window ? [contactPolicy.hours, window] : [contactPolicy.hours];
          for (const ahead of hoursAhead(now, zone, windows)) {
            const instant = instantIn(ahead, now, chance);
            expect(instant).toBeGreaterThanOrEqual(now);
            expect(instant).toBeLessThan(now + 86_400_000);
            expect(firstAllowed(instant, zone, windows)).toBe(instant);
            expect(DateTime.fromMillis(instant, { zone }).hour).toBe(ahead.hour);
          }
        },
      ),
      { numRuns: 300, seed: 4 },
    );
  });
});
