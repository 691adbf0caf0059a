import fc from 'fast-check';
import { customerTime, realTime } from './clock';

const clocks = fc.record({
  origin: fc.integer({ min: Date.UTC(2024, 0, 1), max: Date.UTC(2030, 0, 1) }),
  scale: fc.double({ min: 1, max: 100_000, noNaN: true }),
  after: fc.option(fc.integer({ min: 0, max: 600_000 }), { nil: undefined }),
});
const clockOf = ({ origin, scale, after }: { origin: number; scale: number; after: number | undefined }) => ({
  origin,
  scale,
  ...(after !== undefined && { until: origin + after }),
});
const later = fc.integer({ min: 0, max: 30 * 86_400_000 });

describe('a customer’s clock', () => {
  it('is ours where somebody has none', () => {
    expect([customerTime(undefined, 7), realTime(undefined, 7)]).toEqual([7, 7]);
  });

  it('shows a time first at the real instant that is given for it', () => {
    fc.assert(
      fc.property(clocks, later, (given, ahead) => {
        const clock = clockOf(given);
        const time = given.origin + ahead;
        const real = realTime(clock, time);
        expect(customerTime(clock, real)).toBeGreaterThanOrEqual(time - 1);
        expect(customerTime(clock, real - 1)).toBeLessThanOrEqual(time);
      }),
      // Two of the clock's milliseconds are less than two neighbouring numbers of this size differ by.
      { examples: [[{ origin: 1_704_067_200_000, scale: 16_384, after: undefined }, 2]] },
    );
  });

  it('goes as fast as ours from its end on, without a jump', () => {
    const [origin, until] = [Date.UTC(2026, 2, 2), Date.UTC(2026, 2, 2, 0, 1)];
    const clock = { origin, scale: 1_440, until };
    const day = 86_400_000;
    expect(customerTime(clock, until - 1)).toBe(origin + day - 1_440);
    expect(customerTime(clock, until)).toBe(origin + day);
    expect(customerTime(clock, until + 5_000)).toBe(origin + day + 5_000);
    expect(realTime(clock, origin + day + 5_000)).toBe(until + 5_000);
    expect(customerTime({ origin, scale: 1_440 }, until + 5_000)).toBe(origin + day + 5_000 * 1_440);
  });
});
