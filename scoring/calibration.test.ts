import { calibrationOf, stabilityIndex } from './calibration';
import { seededRandom } from './random';

describe('calibration', () => {
  const random = seededRandom('calibration');
  const honest = Array.from({ length: 20_000 }, () => {
    const predicted = random.uniform() ** 2;
    return { predicted, happened: random.uniform() < predicted };
  });

  it('finds honest probabilities honest', () => {
    const { n, bins, error, ratio } = calibrationOf(honest);
    expect(n).toBe(20_000);
    expect(bins.map((bin) => bin.n)).toEqual(new Array(10).fill(2000));
    expect(error).toBeLessThan(0.01);
    expect(ratio).toBeGreaterThan(0.97);
    expect(ratio).toBeLessThan(1.03);
    const covered = bins.filter(({ predicted, low, high }) => low <= predicted && predicted <= high);
    expect(covered.length).toBeGreaterThanOrEqual(8);
  });

  it('shows a model that promises twice what happens', () => {
    const { error, ratio, brier } = calibrationOf(
      honest.map((one) => ({ ...one, predicted: Math.min(2 * one.predicted, 1) })),
    );
    expect(ratio).toBeLessThan(0.7);
    expect(error).toBeGreaterThan(0.1);
    expect(brier).toBeGreaterThan(calibrationOf(honest).brier);
  });

  it('is exact on a small table', () => {
    const { brier, logLoss, bins } = calibrationOf([
      { predicted: 0.8, happened: true },
      { predicted: 0.4, happened: false },
    ]);
    expect(brier).toBeCloseTo((0.04 + 0.16) / 2, 12);
    expect(logLoss).toBeCloseTo(-(Math.log(0.8) + Math.log(0.6)) / 2, 12);
    expect(bins).toHaveLength(2);
    expect(() => calibrationOf([])).toThrow('no prediction');
  });
});

describe('drift of a distribution', () => {
  const random = seededRandom('drift');
  const normal = (shift: number) => Array.from({ length: 4000 }, () => random.normal() + shift);

  it('is nearly nothing between two draws of one distribution, and much after a shift', () => {
    expect(stabilityIndex(normal(0), normal(0))).toBeLessThan(0.02);
    expect(stabilityIndex(normal(0), normal(1))).toBeGreaterThan(0.5);
  });

  it('copes with values that are all alike', () => {
    expect(stabilityIndex([1, 1, 1], [1, 1, 1])).toBeCloseTo(0, 12);
    expect(stabilityIndex([1, 1, 1], [0, 0, 0])).toBeGreaterThan(0.25);
    expect(() => stabilityIndex([], [1])).toThrow('nothing');
  });
});
