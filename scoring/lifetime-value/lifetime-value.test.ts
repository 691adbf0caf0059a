import fc from 'fast-check';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { areaUnderCurve } from '../ranking-metrics';
import { bgNbdAlive, bgNbdExpected, bgNbdExpectedNew, bgNbdLogLikelihood, fitBgNbd } from './bg-nbd';
import { driftOf, driftsAfter } from './drift';
import { fitGammaGamma, gammaGammaSpend } from './gamma-gamma';
import { day, summarise, week, type Transaction } from './history';
import { fitParetoNbd, paretoNbdAlive, paretoNbdExpected, paretoNbdLogLikelihood } from './pareto-nbd';
import { rfm } from './rfm';
import { lifetimeValue } from './value';

const file = join(__dirname, '..', '..', '..', 'shared', 'data', 'cdnow-transactions.csv');
const published = existsSync(file) ? describe : describe.skip;

// The parameters that Fader, Hardie and Lee (2005) publish for CDNOW, time in weeks.
const bgNbd = { r: 0.242593, alpha: 4.413532, a: 0.792886, b: 2.425753 };
const paretoNbd = { r: 0.55328, alpha: 10.5776, s: 0.60621, beta: 11.6679 };

const timing = fc
  .tuple(
    fc.integer({ min: 0, max: 40 }),
    fc.double({ min: 0, max: 1, noNaN: true }),
    fc.integer({ min: 1, max: 200 }),
  )
  .map(([frequency, share, age]) => ({ frequency, age, recency: frequency === 0 ? 0 : share * age }));

published('lifetime value of CDNOW (skipped without ../shared/data)', () => {
  const transactions: Transaction[] = existsSync(file)
    ? readFileSync(file, 'utf8')
        .trim()
        .split('\n')
        .slice(1)
        .map((line) => {
          const [customer = '', date = '', amount] = line.split(',');
          return { customer, at: Date.parse(`${date}T00:00:00Z`), amount: Number(amount) };
        })
    : [];
  const histories = summarise(transactions, { end: Date.parse('1997-09-30T00:00:00Z') });

  it('sums transactions up as the published tables do', () => {
    expect(histories).toHaveLength(2357);
    expect(histories.filter(({ frequency }) => frequency > 0)).toHaveLength(946);
    const first = histories.find(({ customer }) => customer === '0001');
    expect(first).toMatchObject({ frequency: 2 });
    expect(first?.recency).toBeCloseTo(30.43, 2);
    expect(first?.age).toBeCloseTo(38.86, 2);
    expect(histories.reduce((sum, { later }) => sum + later, 0)).toBe(1882);
  });

  it('finds the published BG/NBD parameters and what follows from them', () => {
    const { parameters, logLikelihood, n, intervals, converged } = fitBgNbd(histories);
    expect(converged).toBe(true);
    expect(n).toBe(2357);
    expect(parameters.r).toBeCloseTo(0.2426, 4);
    expect(parameters.alpha).toBeCloseTo(4.4136, 3);
    expect(parameters.a).toBeCloseTo(0.7929, 3);
    expect(parameters.b).toBeCloseTo(2.4259, 3);
    expect(Math.abs(logLikelihood + 9582.43)).toBeLessThan(0.02);
    expect(intervals?.r.low).toBeGreaterThan(0.2);
    expect(intervals?.r.high).toBeLessThan(0.28);
    const expected = histories.map((history) => bgNbdExpected(parameters, history, 39));
    expect(Math.abs(expected.reduce((sum, value) => sum + value, 0) - 1653.4)).toBeLessThan(0.1);
    const errors = histories.map(({ later }, i) => Math.abs((expected[i] ?? 0) - later));
    expect(errors.reduce((sum, value) => sum + value, 0) / 2357).toBeCloseTo(0.785, 3);
  });

  it('finds the published Pareto/NBD parameters', () => {
    const { parameters, logLikelihood } = fitParetoNbd(histories);
    expect(parameters.r).toBeCloseTo(0.553, 2);
    expect(Math.abs(parameters.alpha - 10.578)).toBeLessThan(0.02);
    expect(parameters.s).toBeCloseTo(0.606, 2);
    expect(Math.abs(parameters.beta - 11.668)).toBeLessThan(0.05);
    expect(Math.abs(logLikelihood + 9594.98)).toBeLessThan(0.02);
  });

  it('finds the published Gamma-Gamma parameters on the 946 returning customers', () => {
    const { parameters, logLikelihood, n } = fitGammaGamma(histories);
    expect(Math.abs(parameters.p - 6.2488)).toBeLessThan(0.01);
    expect(Math.abs(parameters.q - 3.7446)).toBeLessThan(0.005);
    expect(Math.abs(parameters.v - 15.4477)).toBeLessThan(0.05);
    expect(Math.abs(logLikelihood + 4055.92)).toBeLessThan(0.05);
    expect(n).toBe(946);
  });

  it('ranks who stays away by expected purchases, and worse than chance by the chance to be alive', () => {
    const { parameters } = fitBgNbd(histories);
    const active = histories.map(({ later }) => later > 0);
    const auc = (score: (history: (typeof histories)[number]) => number): number =>
      areaUnderCurve(histories.map(score), active);
    expect(auc((history) => bgNbdExpected(parameters, history, 39))).toBeCloseTo(0.773, 2);
    expect(auc((history) => bgNbdAlive(parameters, history))).toBeCloseTo(0.316, 2);
  });
});

describe('BG/NBD', () => {
  it('gives the published figures of customer 1', () => {
    const one = { frequency: 2, recency: 30.43, age: 38.86 };
    expect(bgNbdExpected(bgNbd, one, 39)).toBeCloseTo(1.2259, 3);
    expect(bgNbdAlive(bgNbd, one)).toBeCloseTo(0.7266, 4);
  });

  it('expects of a new customer what is published', () => {
    const published = { 1: 0.053185, 26: 0.901323, 39: 1.195016, 52: 1.444021, 78: 1.857972 };
    for (const [time, value] of Object.entries(published)) {
      expect(Math.abs(bgNbdExpectedNew(bgNbd, Number(time)) - value)).toBeLessThan(2e-5);
    }
  });

  it('expects more in a longer time, less after a longer silence, and never less than nothing', () => {
    fc.assert(
      fc.property(timing, fc.integer({ min: 1, max: 100 }), (history, time) => {
        const expected = bgNbdExpected(bgNbd, history, time);
        expect(expected).toBeGreaterThanOrEqual(0);
        expect(bgNbdExpected(bgNbd, history, time + 5)).toBeGreaterThan(expected);
        expect(bgNbdExpected(bgNbd, { ...history, age: history.age + 5 }, time)).toBeLessThan(expected);
        expect(bgNbdLogLikelihood(bgNbd, history)).toBeLessThan(10 * (history.frequency + 1));
      }),
      { seed: 6 },
    );
  });

  it('is continuous where a is 1', () => {
    const history = { frequency: 3, recency: 20, age: 30 };
    const near = (a: number) => bgNbdExpected({ ...bgNbd, a }, history, 20);
    expect(near(1)).toBeCloseTo((near(0.999) + near(1.001)) / 2, 4);
  });

  it('refuses to learn from nobody', () => {
    expect(() => fitBgNbd([])).toThrow('no customer');
  });
});

describe('Pareto/NBD', () => {
  it('agrees with itself where alpha and beta change places', () => {
    const history = { frequency: 4, recency: 22, age: 31 };
    const swapped = (gap: number) =>
      paretoNbdLogLikelihood({ r: 0.5, alpha: 10 + gap, s: 0.5, beta: 10 }, history);
    expect(swapped(1e-7)).toBeCloseTo(swapped(-1e-7), 6);
    expect(swapped(1e-7)).toBeCloseTo(swapped(0), 6);
  });

  it('has likelihoods of all purchase counts that sum to 1 (a numeric integral)', () => {
    // P(no purchase in T): leave at time u with density s b^s / (b + u)^(s + 1), or stay, and buy nothing until then.
    const { r, alpha, s, beta } = paretoNbd;
    const age = 20;
    let none = (alpha / (alpha + age)) ** r * (beta / (beta + age)) ** s;
    const steps = 20_000;
    for (let i = 0; i < steps; i++) {
      const u = ((i + 0.5) * age) / steps;
      none += ((alpha / (alpha + u)) ** r * ((s * beta ** s) / (beta + u) ** (s + 1)) * age) / steps;
    }
    const likelihood = Math.exp(paretoNbdLogLikelihood(paretoNbd, { frequency: 0, recency: 0, age }));
    expect(likelihood).toBeCloseTo(none, 6);
  });

  it('gives a chance to be alive that falls with silence, and sensible expectations', () => {
    fc.assert(
      fc.property(timing, (history) => {
        const alive = paretoNbdAlive(paretoNbd, history);
        expect(alive).toBeGreaterThanOrEqual(0);
        expect(alive).toBeLessThanOrEqual(1);
        expect(paretoNbdAlive(paretoNbd, { ...history, age: history.age + 10 })).toBeLessThanOrEqual(alive);
        expect(paretoNbdExpected(paretoNbd, history, 20)).toBeGreaterThanOrEqual(0);
      }),
      { seed: 7 },
    );
  });
});

describe('spend and value', () => {
  it('gives the published spend and yearly value of customers', () => {
    const gammaGamma = { p: 6.248802, q: 3.744588, v: 15.447748 };
    const spend = gammaGammaSpend(gammaGamma, { frequency: 2, spend: 22.35 });
    expect(spend).toBeCloseTo(24.6586, 3);
    expect(gammaGammaSpend(gammaGamma, { frequency: 0, spend: 0 })).toBeCloseTo(35.171, 2);
    const history = { frequency: 2, recency: 30.43, age: 38.86 };
    const value = lifetimeValue((time) => bgNbdExpected(bgNbd, history, time), spend, {
      periods: 12,
      length: 4.345,
      discount: 0.01,
    });
    expect(value).toBeCloseTo(36.278, 2);
  });

  it('is spend times purchases where money is not discounted', () => {
    const value = lifetimeValue((time) => time / 10, 50, { periods: 5, length: 2, discount: 0 });
    expect(value).toBeCloseTo(50, 12);
  });
});

describe('drift', () => {
  const regular = { frequency: 20, recency: 40, age: 40 };
  const rare = { frequency: 1, recency: 20, age: 20 };

  it('falls with every quiet week, from 1 on the day of a purchase', () => {
    const ratios = [0, 2, 4, 8, 16].map((quiet) => driftOf(bgNbd, { ...regular, age: 40 + quiet }, 26).ratio);
    expect(ratios[0]).toBe(1);
    expect(ratios.toSorted((a, b) => b - a)).toEqual(ratios);
  });

  it('notices the silence of a frequent buyer long before that of a rare one', () => {
    const rules = { horizon: 26, ratio: 0.5 };
    expect(driftsAfter(bgNbd, regular, rules)).toBeLessThan(driftsAfter(bgNbd, rare, rules) / 2);
  });

  it('sees those who bought once drift, who are all alive by BG/NBD', () => {
    const once = { frequency: 0, recency: 0, age: 30 };
    expect(bgNbdAlive(bgNbd, once)).toBe(1);
    expect(driftOf(bgNbd, once, 26).ratio).toBeLessThan(0.5);
  });

  it('names the day the ratio is crossed', () => {
    fc.assert(
      fc.property(timing, fc.double({ min: 0.2, max: 0.9, noNaN: true }), (history, ratio) => {
        const after = driftsAfter(bgNbd, history, { horizon: 26, ratio });
        const at = (quiet: number) => driftOf(bgNbd, { ...history, age: history.recency + quiet }, 26).ratio;
        expect(at(after * 0.999)).toBeGreaterThanOrEqual(ratio - 1e-6);
        expect(at(after * 1.001)).toBeLessThanOrEqual(ratio + 1e-6);
      }),
      { numRuns: 50, seed: 8 },
    );
  });
});

describe('purchase histories', () => {
  it('counts the purchases of one day as one, and those after the end apart', () => {
    const at = (days: number, amount: number): Transaction => ({
      customer: 'a',
      at: days * day + 3600_000,
      amount,
    });
    const transactions = [
      at(14, 30),
      at(0, 10),
      at(14, 5),
      at(7, 15),
      at(30, 99),
      { customer: 'b', at: 40 * day, amount: 1 },
    ];
    expect(summarise(transactions, { end: 28 * day, unit: week })).toEqual([
      { customer: 'a', frequency: 2, recency: 2, age: 4, spend: 25, total: 60, later: 1 },
    ]);
  });
});

describe('RFM', () => {
  it('scores quintiles and names segments', () => {
    const customers = Array.from({ length: 10 }, (_, i) => ({
      customer: `${i}`,
      sinceLast: 10 - i,
      purchases: i,
      total: 100 * i,
    }));
    const scored = rfm(customers);
    expect(scored.map(({ recency }) => recency)).toEqual([1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
    expect(scored[9]).toMatchObject({ frequency: 5, monetary: 5, segment: 'champions' });
    expect(scored[0]?.segment).toBe('lost');
    expect(rfm(customers.map((one) => ({ ...one, sinceLast: 10 - one.sinceLast })))[9]?.segment).toBe(
      'cannot-lose',
    );
  });

  it('gives equal customers equal scores', () => {
    const same = Array.from({ length: 7 }, (_, i) => ({
      customer: `${i}`,
      sinceLast: 1,
      purchases: 1,
      total: 1,
    }));
    expect(
      new Set(rfm(same).map(({ recency, frequency, monetary }) => `${recency}${frequency}${monetary}`)).size,
    ).toBe(1);
  });
});
