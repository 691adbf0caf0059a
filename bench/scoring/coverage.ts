import { evaluateOffPolicy, seededRandom, type JudgedDecision, type Random } from '../../scoring';
import { table, type Section } from './table';

const runs = 2_000;
const sizes = [200, 400, 1_000] as const;

/** How the decisions of a simulation come about: three offers, and customers who differ in taste. */
const logging = [0.6, 0.3, 0.1] as const;
const target = [0.1, 0.3, 0.6] as const;
const chances = [0.1, 0.2, 0.3] as const;
const taste = 0.2;
const truth = target.reduce((sum, share, offer) => sum + share * (chances[offer] ?? 0), 0) + taste / 2;

/** What the direct method and doubly robust expect: the very chance, or too much, from one that does not know the taste. */
const models = {
  right: (chance: number, own: number) => chance + own,
  wrong: (chance: number) => 0.8 * chance + 0.3,
};

/** How often the 95% intervals of each estimator cover the truth, in simulation. */
export function coverage(): Section {
  const rows = sizes.flatMap((size) =>
    (['right', 'wrong'] as const).map((model) => [String(size), model, ...covered(size, model)]),
  );
  return {
    title: `Coverage: share of ${runs} simulated logs whose 95% interval covers the truth`,
    body: [
      table(['decisions', 'model', 'IPS', 'SNIPS', 'DM', 'DR', 'bootstrap of SNIPS'], rows),
      'Three offers logged with chances 0.6, 0.3 and 0.1, valued for a policy with 0.1, 0.3 and 0.6: 200 decisions ' +
        'are 51 effective ones, of which no conclusion would be drawn. IPS and SNIPS use no model. ' +
        'DM stands on its model alone, and its interval knows nothing of that model’s error: about the truth with the right ' +
        'one, beside it with one that expects too much. DR needs the model only to be narrower.',
    ],
  };
}

function covered(size: number, model: keyof typeof models): string[] {
  const random = seededRandom(`coverage ${size} ${model}`);
  const hits = { ips: 0, snips: 0, dm: 0, dr: 0, bootstrap: 0 };
  for (let run = 0; run < runs; run++) {
    const result = evaluateOffPolicy(simulated(size, models[model], random), { random });
    for (const name of ['ips', 'snips', 'dm', 'dr'] as const) if (holds(result[name])) hits[name]++;
    if (holds(result.snips.bootstrap)) hits.bootstrap++;
  }
  return Object.values(hits).map((count) => `${((100 * count) / runs).toFixed(1)}%`);
}

const holds = (interval: { readonly low: number; readonly high: number } | undefined | null): boolean =>
  !!interval && interval.low <= truth && truth <= interval.high;

function simulated(
  n: number,
  expect: (chance: number, own: number) => number,
  random: Random,
): JudgedDecision[] {
  return Array.from({ length: n }, () => {
    const own = taste * random.uniform();
    const draw = random.uniform();
    const chosen = draw < logging[0] ? 0 : draw < logging[0] + logging[1] ? 1 : 2;
    return {
      reward: random.uniform() < chances[chosen] + own ? 1 : 0,
      propensity: logging[chosen],
      target: target[chosen],
      model: {
        chosen: expect(chances[chosen], own),
        target: target.reduce((sum, share, offer) => sum + share * expect(chances[offer] ?? 0, own), 0),
      },
    };
  });
}
