import { seededRandom } from './random';
import {
  ratioAlarm,
  ratioEvidence,
  sequentialDifference,
  sequentialShare,
  thompsonProbabilities,
} from './experiment';

/** One experiment, looked at every day: whether a difference was ever seen, and whether the ratio ever alarmed. */
function peeked(
  random: ReturnType<typeof seededRandom>,
  {
    shares,
    days,
    perDay,
    treated,
  }: { shares: readonly [number, number]; days: number; perDay: number; treated: number },
): { seen: boolean; alarmed: boolean } {
  const group = () => ({ customers: 0, converted: 0 });
  const groups: readonly [ReturnType<typeof group>, ReturnType<typeof group>] = [group(), group()];
  let seen = false;
  let alarmed = false;
  for (let day = 0; day < days; day++) {
    for (let n = 0; n < perDay; n++) {
      const i = random.uniform() < treated ? 0 : 1;
      groups[i].customers++;
      if (random.uniform() < shares[i]) groups[i].converted++;
    }
    const result = sequentialDifference(...groups);
    if (result && (result.low > 0 || result.high < 0)) seen = true;
    if (ratioEvidence([groups[0].customers, groups[1].customers], [treated, 1 - treated]) > ratioAlarm) {
      alarmed = true;
    }
  }
  return { seen, alarmed };
}

describe('a comparison that is looked at daily', () => {
  it.each([
    { shares: [0.1, 0.1], treated: 0.5 },
    { shares: [0.02, 0.02], treated: 0.5 },
    { shares: [0.05, 0.05], treated: 0.9 },
    { shares: [0.3, 0.3], treated: 0.95 },
  ] as const)(
    'sees what is not there in at most 5 % of experiments: $shares, $treated',
    ({ shares, treated }) => {
      const random = seededRandom(`a/a ${shares[0]} ${treated}`);
      const results = Array.from({ length: 600 }, () =>
        peeked(random, { shares, treated, days: 40, perDay: 50 }),
      );
      expect(results.filter(({ seen }) => seen).length / results.length).toBeLessThanOrEqual(0.05);
      expect(results.filter(({ alarmed }) => alarmed).length).toBeLessThanOrEqual(2);
    },
  );

  it('sees what is there, and then does not hold it for chance', () => {
    const random = seededRandom('a/b');
    const options = { shares: [0.2, 0.1], treated: 0.5, days: 40, perDay: 50 } as const;
    const results = Array.from({ length: 100 }, () => peeked(random, options));
    expect(results.filter(({ seen }) => seen).length).toBeGreaterThan(90);
    const result = sequentialDifference(
      { customers: 2_000, converted: 400 },
      { customers: 2_000, converted: 200 },
    );
    expect(result?.difference).toBeCloseTo(0.1);
    expect(result?.low).toBeGreaterThan(0.05);
    expect(result?.p).toBeLessThan(0.001);
  });

  it('has its p below 0.05 exactly where the interval excludes 0', () => {
    const random = seededRandom('duality');
    for (let i = 0; i < 500; i++) {
      const group = () => {
        const customers = 10 + random.integer(3_000);
        return { customers, converted: random.integer(Math.ceil(customers / 4)) };
      };
      const result = sequentialDifference(group(), group());
      if (result) expect(result.p < 0.05).toBe(result.low > 0 || result.high < 0);
    }
  });

  it('says nothing of an empty group', () => {
    expect(sequentialDifference({ customers: 0, converted: 0 }, { customers: 5, converted: 1 })).toBeNull();
  });
});

describe('the division of customers', () => {
  it('alarms where a tenth of one arm is lost, and not before it can be known', () => {
    expect(ratioEvidence([5_000, 4_500], [1, 1])).toBeGreaterThan(ratioAlarm);
    expect(ratioEvidence([500, 450], [1, 1])).toBeLessThan(ratioAlarm);
    expect(ratioEvidence([9_500, 500], [95, 5])).toBeLessThan(ratioAlarm);
    expect(ratioEvidence([0, 0], [1, 1])).toBeCloseTo(0);
  });
});

describe('an adaptive split', () => {
  it('gives the better arm more and more, and no arm nothing', () => {
    const random = seededRandom('thompson');
    const shares = [0.1, 0.3];
    const arms = shares.map(() => ({ customers: 0, converted: 0 }));
    const taken: number[] = [];
    for (let n = 0; n < 600; n++) {
      const [first = 0] = thompsonProbabilities(arms, random, { draws: 100 });
      const i = random.uniform() < first ? 0 : 1;
      taken.push(i);
      const arm = arms[i];
      if (!arm) continue;
      arm.customers++;
      if (random.uniform() < (shares[i] ?? 0)) arm.converted++;
    }
    const better = (from: number) => taken.slice(from, from + 200).filter((i) => i === 1).length;
    expect(better(400)).toBeGreaterThan(better(0));
    expect(better(400)).toBeGreaterThan(170);
    const last = thompsonProbabilities(arms, random);
    expect(Math.min(...last)).toBeGreaterThanOrEqual(0.05);
    expect(last.reduce((sum, each) => sum + each, 0)).toBeCloseTo(1);
  });
});

describe('a share', () => {
  it('has bounds that hold the truth at every look, in 95 % of experiments', () => {
    const random = seededRandom('share');
    let missed = 0;
    for (let i = 0; i < 300; i++) {
      const group = { customers: 0, converted: 0 };
      let outside = false;
      for (let n = 1; n <= 1_000; n++) {
        group.customers++;
        if (random.uniform() < 0.1) group.converted++;
        if (n % 25 > 0) continue;
        const { low, high } = sequentialShare(group);
        outside ||= low > 0.1 || high < 0.1;
      }
      if (outside) missed++;
    }
    expect(missed / 300).toBeLessThanOrEqual(0.05);
  });
});
