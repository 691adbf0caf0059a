import fc from 'fast-check';
import { areaUnderCurve, rankingMetrics } from './ranking-metrics';

describe('ranking metrics', () => {
  it('are what the formulas say', () => {
    const { ndcg, precision, recall, map } = rankingMetrics(
      ['a', 'x', 'b', 'y'],
      new Set(['a', 'b', 'c']),
      4,
    );
    expect(ndcg).toBeCloseTo((1 + 1 / 2) / (1 + 1 / Math.log2(3) + 1 / 2), 12);
    expect(precision).toBe(0.5);
    expect(recall).toBeCloseTo(2 / 3, 12);
    expect(map).toBeCloseTo((1 + 2 / 3) / 3, 12);
  });

  it('are all 1 for a perfect list and all 0 for a list without a hit', () => {
    const relevant = new Set(['a', 'b']);
    expect(rankingMetrics(['b', 'a'], relevant, 2)).toEqual({ ndcg: 1, precision: 1, recall: 1, map: 1 });
    expect(rankingMetrics(['x', 'y'], relevant, 2)).toEqual({ ndcg: 0, precision: 0, recall: 0, map: 0 });
    expect(() => rankingMetrics(['x'], new Set(), 2)).toThrow('relevant');
  });

  it('counts pairs in the right order as the area under the curve', () => {
    expect(areaUnderCurve([1, 2, 2, 3], [false, false, true, true])).toBe((2 * 2 - 0.5) / 4);
    expect(areaUnderCurve([1, 2], [true, true])).toBeNaN();
    const rows = fc.array(fc.tuple(fc.integer({ min: 0, max: 4 }), fc.boolean()), { minLength: 1 });
    fc.assert(
      fc.property(rows, (pairs) => {
        let wins = 0;
        let all = 0;
        for (const [mine, positive] of pairs) {
          for (const [theirs, other] of pairs) {
            if (!positive || other) continue;
            all++;
            wins += mine > theirs ? 1 : mine === theirs ? 0.5 : 0;
          }
        }
        const area = areaUnderCurve(
          pairs.map(([score]) => score),
          pairs.map(([, positive]) => positive),
        );
        if (all === 0) expect(area).toBeNaN();
        else expect(area).toBeCloseTo(wins / all, 10);
      }),
      { seed: 10 },
    );
  });
});
