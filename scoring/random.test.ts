import fc from 'fast-check';
import { seededRandom, xoshiro128 } from './random';

function moments(draw: () => number, n = 40_000): { mean: number; variance: number } {
  const values = Array.from({ length: n }, draw);
  const mean = values.reduce((sum, value) => sum + value, 0) / n;
  return { mean, variance: values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / n };
}

describe('random', () => {
  it('gives the published words of xoshiro128** for the state 1, 2, 3, 4', () => {
    const next = xoshiro128([1, 2, 3, 4]);
    expect(Array.from({ length: 7 }, next)).toEqual([
      11520, 0, 5927040, 70819200, 2031721883, 1637235492, 1287239034,
    ]);
  });

  it('repeats itself for an equal seed and differs for another', () => {
    fc.assert(
      fc.property(fc.string(), fc.string(), (one, other) => {
        const draw = (seed: string): number => seededRandom(seed).uniform();
        expect(draw(one)).toBe(draw(one));
        if (one !== other) expect(draw(one)).not.toBe(draw(other));
      }),
      { seed: 1 },
    );
  });

  it('draws uniforms and integers inside their range, evenly', () => {
    const random = seededRandom('uniform');
    const { mean, variance } = moments(() => random.uniform());
    expect(mean).toBeCloseTo(1 / 2, 2);
    expect(variance).toBeCloseTo(1 / 12, 2);
    const counts = [0, 0, 0, 0, 0];
    for (let i = 0; i < 10_000; i++) {
      const drawn = random.integer(5);
      counts[drawn] = (counts[drawn] ?? 0) + 1;
    }
    expect(counts).toHaveLength(5);
    for (const count of counts) expect(Math.abs(count - 2000)).toBeLessThan(200);
  });

  it.each([0.3, 1, 7.5])('draws gammas of shape %p with that mean and variance', (shape) => {
    const random = seededRandom('gamma');
    const { mean, variance } = moments(() => random.gamma(shape));
    expect(Math.abs(mean / shape - 1)).toBeLessThan(0.04);
    expect(Math.abs(variance / shape - 1)).toBeLessThan(0.1);
  });

  it('draws betas and normals with their mean and variance', () => {
    const random = seededRandom('beta');
    const beta = moments(() => random.beta(2, 5));
    expect(beta.mean).toBeCloseTo(2 / 7, 2);
    expect(beta.variance).toBeCloseTo(10 / (49 * 8), 2);
    const normal = moments(() => random.normal());
    expect(Math.abs(normal.mean)).toBeLessThan(0.02);
    expect(Math.abs(normal.variance - 1)).toBeLessThan(0.03);
  });
});
