import { seededRandom, type Random } from '../random';
import { bgNbdAlive, bgNbdExpected, fitBgNbd } from './bg-nbd';
import { fitGammaGamma, gammaGammaSpend } from './gamma-gamma';
import { fitParetoNbd, paretoNbdAlive, paretoNbdExpected } from './pareto-nbd';

const age = 39;
const horizon = 26;

interface Simulated {
  readonly frequency: number;
  readonly recency: number;
  readonly age: number;
  /** What happened after the history. */
  readonly later: number;
  readonly alive: boolean;
}

/** Plays one customer who buys at a rate and leaves at `leaves`, or after a purchase with a chance. */
function play(random: Random, rate: number, { leaves = Infinity, chance = 0 }): Simulated {
  let frequency = 0;
  let recency = 0;
  let later = 0;
  let left = leaves;
  for (let at = 0; ;) {
    at += -Math.log(1 - random.uniform()) / rate;
    if (at > Math.min(left, age + horizon)) break;
    if (at <= age) {
      frequency++;
      recency = at;
    } else later++;
    if (random.uniform() < chance) left = at;
  }
  return { frequency, recency, age, later, alive: left > age };
}

const mean = (values: readonly number[]): number =>
  values.reduce((sum, value) => sum + value, 0) / values.length;

/** How far a sum of expectations is from what happened, in standard errors. */
function surprise(expected: readonly number[], happened: readonly number[]): number {
  const differences = happened.map((value, i) => value - (expected[i] ?? 0));
  const centre = mean(differences);
  const error = Math.sqrt(mean(differences.map((value) => (value - centre) ** 2)) / differences.length);
  return Math.abs(centre) / error;
}

it('few customers of whom all leave with one chance teach finite parameters', () => {
  for (const seed of ['a', 'b', 'c', 'd', 'e']) {
    const random = seededRandom(`few/${seed}`);
    const few = Array.from({ length: 80 }, () =>
      play(random, 0.02 + 0.1 * random.uniform(), { chance: 0.2 }),
    );
    const { converged, parameters } = fitBgNbd(few);
    expect([seed, converged]).toEqual([seed, true]);
    expect(parameters.a).toBeLessThan(10_000);
    expect(parameters.a / (parameters.a + parameters.b)).toBeGreaterThan(0.02);
    expect(parameters.a / (parameters.a + parameters.b)).toBeLessThan(0.5);
  }
});

describe('on customers made by the model itself', () => {
  it('BG/NBD expects what then happens, and finds the parameters again', () => {
    const model = { r: 0.8, alpha: 6, a: 1.2, b: 3 };
    const random = seededRandom('bg');
    const customers = Array.from({ length: 6000 }, () =>
      play(random, random.gamma(model.r) / model.alpha, { chance: random.beta(model.a, model.b) }),
    );
    for (const some of [customers, customers.filter(({ frequency }) => frequency >= 3)]) {
      const expected = some.map((history) => bgNbdExpected(model, history, horizon));
      expect(
        surprise(
          expected,
          some.map(({ later }) => later),
        ),
      ).toBeLessThan(3);
      const alive = some.map((history) => bgNbdAlive(model, history));
      expect(
        surprise(
          alive,
          some.map((one) => (one.alive ? 1 : 0)),
        ),
      ).toBeLessThan(3);
    }
    const { parameters, intervals } = fitBgNbd(customers.slice(0, 2000));
    for (const name of ['r', 'alpha', 'a', 'b'] as const) {
      const { low = NaN, high = NaN } = intervals?.[name] ?? {};
      expect(Math.abs(Math.log(parameters[name] / model[name]))).toBeLessThan(Math.log(high / low));
    }
  });

  it('Pareto/NBD expects what then happens, and finds the parameters again', () => {
    const model = { r: 0.8, alpha: 6, s: 0.7, beta: 12 };
    const random = seededRandom('pareto');
    const customers = Array.from({ length: 6000 }, () => {
      const leaving = random.gamma(model.s) / model.beta;
      const leaves = -Math.log(1 - random.uniform()) / leaving;
      return play(random, random.gamma(model.r) / model.alpha, { leaves });
    });
    for (const some of [customers, customers.filter(({ frequency }) => frequency >= 3)]) {
      const expected = some.map((history) => paretoNbdExpected(model, history, horizon));
      expect(
        surprise(
          expected,
          some.map(({ later }) => later),
        ),
      ).toBeLessThan(3);
      const alive = some.map((history) => paretoNbdAlive(model, history));
      expect(
        surprise(
          alive,
          some.map((one) => (one.alive ? 1 : 0)),
        ),
      ).toBeLessThan(3);
    }
    const { parameters } = fitParetoNbd(customers.slice(0, 1000));
    expect(Math.abs(parameters.r - model.r)).toBeLessThan(0.2);
    expect(Math.abs(parameters.alpha - model.alpha)).toBeLessThan(2);
  });

  it('Gamma-Gamma expects what the next purchase brings', () => {
    const model = { p: 4, q: 3, v: 40 };
    const random = seededRandom('spend');
    const customers = Array.from({ length: 4000 }, () => {
      const scale = random.gamma(model.q) / model.v;
      const purchase = (): number => random.gamma(model.p) / scale;
      const frequency = 1 + random.integer(5);
      return { frequency, spend: mean(Array.from({ length: frequency }, purchase)), next: purchase() };
    });
    const expected = customers.map((customer) => gammaGammaSpend(model, customer));
    expect(
      surprise(
        expected,
        customers.map(({ next }) => next),
      ),
    ).toBeLessThan(3);
    const { parameters } = fitGammaGamma(customers);
    expect(Math.abs(parameters.p - model.p)).toBeLessThan(0.8);
    expect(Math.abs(parameters.q - model.q)).toBeLessThan(0.4);
  });

  it('survives customers who teach nothing', () => {
    const once = Array.from({ length: 5 }, () => ({ frequency: 0, recency: 0, age: 20, spend: 0 }));
    const { parameters } = fitBgNbd(once);
    expect(bgNbdExpected(parameters, { frequency: 0, recency: 0, age: 20 }, 10)).toBeLessThan(0.1);
    expect(Number.isFinite(fitParetoNbd(once).logLikelihood)).toBe(true);
    expect(() => fitGammaGamma(once)).toThrow('no customer');
    const today = [{ frequency: 0, recency: 0, age: 0 }];
    expect(Number.isFinite(fitBgNbd(today).logLikelihood)).toBe(true);
  });
});
