import {
  arbitrate,
  createBandit,
  estimateCandidates,
  plainFeatures,
  seededRandom,
  tabulate,
  trainRecommender,
  updateBandit,
  type BanditState,
  type Policy,
  type Random,
} from '../../scoring';
import { quantiles } from '../quantiles';
import { table, type Section } from './table';

const features = 32;
const perOffer = 8;

/** How fast the scorer decides and learns, alone on one processor, on invented customers and offers. */
export function speed(): Section {
  const random = seededRandom('speed');
  const rows = ([50, 1000] as const).flatMap((offers) =>
    (['linucb', 'lints', 'logistic'] as const).map((policy) => {
      const state = taught(policy, offers, random);
      const decide = quantiles(timed(offers >= 1000 ? 100 : 400, () => decision(state, offers, random)));
      const estimates = quantiles(
        timed(100, () => {
          const candidates = candidatesOf(offers, random);
          return () => estimateCandidates(state, candidates);
        }),
      );
      const perSecond = 1000 / decide.p50;
      return [
        policy,
        String(offers),
        decide.p50.toFixed(2),
        decide.p99.toFixed(2),
        perSecond.toFixed(0),
        estimates.p50.toFixed(2),
      ];
    }),
  );
  return {
    title: `Speed of the scorer: ${features} features, ${perOffer} of them per offer, one thread`,
    body: [
      table(['policy', 'offers', 'decision p50 ms', 'p99 ms', 'decisions/s', 'estimates only, p50 ms'], rows),
      'A decision is the whole of `arbitrate`: rules, draws, the logged probability (up to 500 draws), reasons.',
      table(
        ['learning', 'outcomes/s'],
        (['lints', 'logistic'] as const).map((policy) => [policy, learning(policy, random).toFixed(0)]),
      ),
      `ALS of 20,000 customers, 500 items, 400,000 interactions, 32 factors, 10 rounds: ${factorizing(random).toFixed(2)} s.`,
    ],
  };
}

function vector(random: Random): Float64Array {
  return Float64Array.from({ length: features }, (_, column) => (column === 0 ? 1 : random.normal()));
}

function candidatesOf(offers: number, random: Random) {
  return Array.from({ length: offers }, (_, i) => ({
    id: `offer-${i}`,
    value: 1000 + random.integer(100_000),
    features: vector(random),
  }));
}

function outcomes(offers: number, n: number, random: Random) {
  return Array.from({ length: n }, () => ({
    id: `offer-${random.integer(offers)}`,
    features: vector(random),
    reward: random.uniform() < 0.05 ? 1 : 0,
  }));
}

function empty(policy: Policy): BanditState {
  const { names } = plainFeatures(Array.from({ length: features }, (_, column) => `f${column}`));
  return createBandit({
    policy,
    features: { names, perOffer: Array.from({ length: perOffer }, (_, column) => column) },
  });
}

function taught(policy: Policy, offers: number, random: Random): BanditState {
  return updateBandit(empty(policy), outcomes(offers, 10_000, random));
}

function decision(state: BanditState, offers: number, random: Random): () => unknown {
  const candidates = candidatesOf(offers, random);
  return () => arbitrate(state, candidates, { random, now: 0 });
}

/** Milliseconds of each call; what `prepare` does is not counted, nor are the first calls. */
function timed(calls: number, prepare: () => () => unknown): number[] {
  const times: number[] = [];
  for (let call = -20; call < calls; call++) {
    const work = prepare();
    const began = performance.now();
    work();
    if (call >= 0) times.push(performance.now() - began);
  }
  return times;
}

function learning(policy: Policy, random: Random): number {
  const n = 20_000;
  const batch = outcomes(50, n, random);
  updateBandit(empty(policy), batch.slice(0, 2000));
  const began = performance.now();
  updateBandit(empty(policy), batch);
  return (1000 * n) / (performance.now() - began);
}

function factorizing(random: Random): number {
  const interactions = Array.from({ length: 400_000 }, () => ({
    customer: `c${random.integer(20_000)}`,
    item: `i${Math.floor(500 * random.uniform() ** 2)}`,
    weight: 1 + random.integer(3),
  }));
  const known = tabulate(interactions);
  const began = performance.now();
  trainRecommender(known, { random, iterations: 10 });
  return (performance.now() - began) / 1000;
}
