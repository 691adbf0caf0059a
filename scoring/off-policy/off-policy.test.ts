import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';
import { seededRandom, type Random } from '../random';
import { compareOffPolicy } from './compare';
import type { JudgedDecision } from './decision';
import { evaluateOffPolicy } from './evaluate';
import { normalQuantile } from '../interval';
import { supportOf } from './support';

const data = join(__dirname, '..', '..', '..', 'shared', 'data');
const haveData = existsSync(join(data, 'obd-all-random.csv.gz'));

/** Decisions of a skewed logging policy over three offers, judged for a policy that prefers the last one. */
function simulate(n: number, random: Random): JudgedDecision[] {
  const logging = [0.6, 0.3, 0.1];
  const target = [0.1, 0.3, 0.6];
  const chances = [0.1, 0.2, 0.3];
  return Array.from({ length: n }, () => {
    const taste = 0.2 * random.uniform();
    const draw = random.uniform();
    const chosen = draw < 0.6 ? 0 : draw < 0.9 ? 1 : 2;
    const chance = (chances[chosen] ?? 0) + taste;
    // A model that is wrong: it does not know the taste, and thinks too well of everything.
    const model = chances.map((value) => 0.8 * value + 0.3);
    return {
      reward: random.uniform() < chance ? 1 : 0,
      propensity: logging[chosen] ?? 0,
      target: target[chosen] ?? 0,
      model: {
        chosen: model[chosen] ?? 0,
        target: model.reduce((sum, value, offer) => sum + value * (target[offer] ?? 0), 0),
      },
    };
  });
}
const truth = 0.1 * 0.1 + 0.3 * 0.2 + 0.6 * 0.3 + 0.1;

function openBandit(): { rows: JudgedDecision[]; clickRate: number; uniform: JudgedDecision[] } {
  const table: { p: number[][] } = JSON.parse(
    readFileSync(join(data, 'obd-all-bts-action-dist.json'), 'utf8'),
  ) as {
    p: number[][];
  };
  const lines = gunzipSync(readFileSync(join(data, 'obd-all-random.csv.gz')))
    .toString('utf8')
    .trim()
    .split('\n');
  const rows = lines.slice(1).map((line) => {
    const [, action, position, click, propensity] = line.split(',').map(Number);
    const target = table.p[action ?? -1]?.[position ?? -1] ?? Number.NaN;
    return { reward: click ?? Number.NaN, propensity: propensity ?? Number.NaN, target };
  });
  const clickRate = rows.reduce((sum, { reward }) => sum + reward, 0) / rows.length;
  return { rows, clickRate, uniform: rows.map((row) => ({ ...row, target: row.propensity })) };
}

describe('off-policy evaluation', () => {
  const random = () => seededRandom('off-policy');

  (haveData ? it : it.skip)(
    'gives the Open Bandit values of the reference library (skipped without ../shared/data)',
    () => {
      const { rows, clickRate, uniform } = openBandit();
      const { ips, snips, support, n } = evaluateOffPolicy(rows, { random: random(), resamples: 300 });
      expect(n).toBe(10_000);
      expect(clickRate).toBeCloseTo(0.0038, 12);
      expect(Math.abs(ips.value / clickRate - 1.1981263)).toBeLessThan(1e-6);
      expect(Math.abs(snips.value / clickRate - 1.2567982)).toBeLessThan(1e-6);
      expect(
        evaluateOffPolicy(uniform, { random: random(), resamples: 1 }).snips.value / clickRate,
      ).toBeCloseTo(1, 12);
      expect(ips.low / clickRate).toBeLessThan(0.5);
      expect(ips.high / clickRate).toBeGreaterThan(1.9);
      expect(support.conclusive).toBe(false);
      expect(support.gaps).toContain('few-effective-rewards');
      expect(compareOffPolicy(rows, uniform, { estimator: 'snips' }).verdict).toBe('undecided');
    },
  );

  it('covers the truth in 93 to 97 of 100 intervals', () => {
    const chance = seededRandom('coverage');
    const runs = 2000;
    const covered = { ips: 0, snips: 0, dr: 0 };
    for (let run = 0; run < runs; run++) {
      const result = evaluateOffPolicy(simulate(400, chance), { random: chance, resamples: 1 });
      for (const name of ['ips', 'snips', 'dr'] as const) {
        const { low, high } = result[name] ?? { low: 1, high: 0 };
        if (low <= truth && truth <= high) covered[name]++;
      }
    }
    for (const count of Object.values(covered)) {
      expect(count / runs).toBeGreaterThanOrEqual(0.93);
      expect(count / runs).toBeLessThanOrEqual(0.97);
    }
  });

  it.each([[undefined], [39]])('covers the truth as often by a bootstrap of %p resamples', (resamples) => {
    const chance = seededRandom('bootstrap');
    const options = { random: chance, ...(resamples !== undefined && { resamples }) };
    const runs = 500;
    let covered = 0;
    for (let run = 0; run < runs; run++) {
      const { snips } = evaluateOffPolicy(simulate(300, chance), options);
      if (snips.bootstrap.low <= truth && truth <= snips.bootstrap.high) covered++;
    }
    expect(covered / runs).toBeGreaterThanOrEqual(0.93);
    expect(covered / runs).toBeLessThanOrEqual(0.97);
  });

  it('is nearer the truth by doubly robust than by a wrong model or by IPS alone', () => {
    const chance = seededRandom('robust');
    const errors = { ips: 0, dm: 0, dr: 0 };
    for (let run = 0; run < 200; run++) {
      const result = evaluateOffPolicy(simulate(500, chance), { random: chance, resamples: 1 });
      for (const name of ['ips', 'dm', 'dr'] as const)
        errors[name] += ((result[name]?.value ?? 0) - truth) ** 2;
    }
    expect(errors.dr).toBeLessThan(errors.ips);
    expect(errors.dr).toBeLessThan(errors.dm);
  });

  it('gives the logged mean when a policy is judged by its own decisions', () => {
    const row = fc.record({
      reward: fc.double({ min: -5, max: 5, noNaN: true }),
      propensity: fc.double({ min: 0.01, max: 1, noNaN: true }),
    });
    fc.assert(
      fc.property(fc.array(row, { minLength: 2, maxLength: 30 }), (rows) => {
        const own = rows.map((one) => ({ ...one, target: one.propensity }));
        const { logged, ips, snips } = evaluateOffPolicy(own, { random: random(), resamples: 5 });
        expect(ips).toEqual(logged);
        expect(snips.value).toBeCloseTo(logged.value, 10);
        expect(snips.standardError).toBeCloseTo(logged.standardError, 10);
      }),
      { seed: 5 },
    );
  });

  it('names what the decisions lack', () => {
    const even = Array.from({ length: 1000 }, (_, i) => ({
      reward: i % 10 === 0 ? 1 : 0,
      propensity: 0.5,
      target: 0.5,
    }));
    expect(supportOf(even)).toMatchObject({
      conclusive: true,
      gaps: [],
      effectiveDecisions: 1000,
      effectiveRewards: 100,
    });
    expect(supportOf(even.slice(0, 50)).gaps).toEqual(['few-effective-decisions', 'few-effective-rewards']);
    expect(supportOf(even.map((one, i) => ({ ...one, target: i === 0 ? 1 : 0.01 }))).gaps).toContain(
      'one-decision-dominates',
    );
    expect(supportOf(even.map((one) => ({ ...one, target: 0.25 }))).gaps).toEqual(['weights-off-balance']);
    expect(supportOf(even.map((one) => ({ ...one, target: 0 }))).effectiveDecisions).toBe(0);
  });

  it('tells a better policy from a worse and from one that cannot be told', () => {
    const rows = simulate(4000, seededRandom('compare'));
    const logging = rows.map((row) => ({ ...row, target: row.propensity }));
    const better = compareOffPolicy(rows, logging, { estimator: 'snips' });
    expect(better.verdict).toBe('better');
    expect(better.difference).toBeGreaterThan(0.05);
    expect(compareOffPolicy(logging, rows, { estimator: 'snips' }).verdict).toBe('worse');
    expect(compareOffPolicy(rows, rows, { estimator: 'snips' }).verdict).toBe('no worse');
    const nearly = logging.map((row) => ({ ...row, target: row.target * 0.99 + 0.01 / 3 }));
    expect(compareOffPolicy(nearly, logging, { estimator: 'snips', margin: 0.01 }).verdict).toMatch(
      /no worse|better/,
    );
    expect(compareOffPolicy(rows.slice(0, 40), logging.slice(0, 40), { estimator: 'snips' }).verdict).toBe(
      'undecided',
    );
  });

  it('refuses decisions that cannot be', () => {
    const judge = (one: JudgedDecision) => () => evaluateOffPolicy([one], { random: random() });
    expect(() => evaluateOffPolicy([], { random: random() })).toThrow('no decision');
    expect(judge({ reward: 1, propensity: 0, target: 1 })).toThrow('Decision 1: the propensity');
    expect(judge({ reward: Number.NaN, propensity: 1, target: 1 })).toThrow('reward');
    expect(judge({ reward: 1, propensity: 1, target: 2 })).toThrow('target');
  });

  it('knows the quantiles of a standard normal', () => {
    expect(normalQuantile(0.975)).toBeCloseTo(1.959964, 6);
    expect(normalQuantile(0.5)).toBe(0);
    expect(normalQuantile(0.001)).toBeCloseTo(-3.0902323, 6);
  });
});
