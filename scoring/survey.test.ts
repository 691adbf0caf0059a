import fc from 'fast-check';
import { netPromoterScore, satisfaction } from './survey';

describe('the Net Promoter Score', () => {
  it('is promoters minus detractors, with the interval of Rocks', () => {
    // 60 promoters, 30 passives, 10 detractors: p = 60.75/103, q = 10.75/103, worked by hand.
    const measure = netPromoterScore(
      new Map([
        [10, 35],
        [9, 25],
        [8, 20],
        [7, 10],
        [6, 4],
        [0, 6],
      ]),
    );
    expect(measure).toMatchObject({ value: 50, n: 100 });
    expect(measure?.low).toBeCloseTo(35.467, 2);
    expect(measure?.high).toBeCloseTo(61.621, 2);
  });

  it('says nothing where nobody answered, and does not trust one answer', () => {
    expect(netPromoterScore(new Map())).toBeNull();
    const one = netPromoterScore(new Map([[10, 1]]));
    expect(one?.value).toBe(100);
    expect(one?.low).toBeLessThan(0);
  });

  it('stays within its bounds, and is mirrored when promoters and detractors change places', () => {
    const count = fc.integer({ min: 0, max: 500 });
    fc.assert(
      fc.property(count, count, count, (up, between, down) => {
        const measure = netPromoterScore(
          new Map([
            [9, up],
            [7, between],
            [3, down],
          ]),
        );
        const mirrored = netPromoterScore(
          new Map([
            [9, down],
            [7, between],
            [3, up],
          ]),
        );
        if (!measure || !mirrored) return up + between + down === 0;
        expect(measure.low).toBeGreaterThanOrEqual(-100);
        expect(measure.high).toBeLessThanOrEqual(100);
        expect(measure.low).toBeCloseTo(-mirrored.high, 9);
        return measure.low < measure.high;
      }),
    );
  });
});

describe('customer satisfaction', () => {
  it('is the share of 4 and 5, with the interval of Wilson', () => {
    const measure = satisfaction(
      new Map([
        [5, 50],
        [4, 31],
        [3, 100],
        [1, 82],
      ]),
    );
    // Newcombe (1998), Statistics in Medicine 17, table I: 81 of 263 has 0.2553 to 0.3662.
    expect(measure).toMatchObject({ n: 263 });
    expect(measure?.value).toBeCloseTo(30.8, 1);
    expect(measure?.low).toBeCloseTo(25.53, 2);
    expect(measure?.high).toBeCloseTo(36.62, 2);
    expect(satisfaction(new Map())).toBeNull();
  });
});
