import { liftOf } from './lift';

describe('liftOf', () => {
  it('gives the interval of the published example (Newcombe 1998, table II, 56/70 against 48/80)', () => {
    const lift = liftOf({ runs: 70, converted: 56 }, { runs: 80, converted: 48 });
    expect(lift?.difference).toBeCloseTo(0.2, 10);
    expect(lift?.low).toBeCloseTo(0.0524, 4);
    expect(lift?.high).toBeCloseTo(0.3339, 4);
  });

  it('stays within possible differences where nobody or everybody converts', () => {
    const lift = liftOf({ runs: 10, converted: 10 }, { runs: 20, converted: 0 });
    expect(lift?.difference).toBe(1);
    expect(lift?.high).toBeLessThanOrEqual(1);
    expect(lift?.low).toBeGreaterThan(0.6);
  });

  it('knows nothing without a control group', () => {
    expect(liftOf({ runs: 10, converted: 3 }, { runs: 0, converted: 0 })).toBeNull();
  });
});
