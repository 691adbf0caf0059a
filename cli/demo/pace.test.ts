import fc from 'fast-check';
import { customerTime } from '../../domain/clock';
import { calendarOf, demoClock } from './pace';

const day = 86_400_000;
const now = fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2040, 0, 1) });

describe('the clock of a demonstration', () => {
  it('shows about five past one in UTC at a whole second, and shows real time a day of its own ago at most', () => {
    fc.assert(
      fc.property(now, fc.integer({ min: 100, max: 3_600_000 }), (at, dayLength) => {
        const clock = demoClock(at, dayLength);
        const wholeSecond = Math.floor(at / 1_000) * 1_000;
        const timeOfDay = customerTime(clock, wholeSecond) % day;
        // Origins are whole milliseconds, each of which is this long for a customer.
        expect(Math.abs(timeOfDay - Date.UTC(1970, 0, 1, 13, 5))).toBeLessThanOrEqual(day / dayLength + 1);
        expect(clock.origin).toBeLessThanOrEqual(at);
        expect(clock.origin).toBeGreaterThanOrEqual(at - 1_000 - dayLength * 1.1);
      }),
    );
  });

  it('lets days pass in the time that is asked for', () => {
    let real = Date.UTC(2026, 2, 2);
    const calendar = calendarOf(demoClock(real, 3_000), 30, () => real);
    expect(calendar.elapsedDays()).toBe(0);
    real += 45_000;
    expect(calendar.elapsedDays()).toBeCloseTo(15, 9);
    expect(calendar.now()).toBeLessThan(calendar.end);
    real += 45_000;
    expect(calendar.now()).toBe(calendar.end);
  });
});
