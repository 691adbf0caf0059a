import { setImmediate } from 'node:timers/promises';
import { chanceOf } from '../../domain/chance';
import type { EventName } from '../../domain/events';
import {
  percentileRanks,
  seededRandom,
  tabulate,
  trainingRounds,
  type Estimate,
  type Interaction,
} from '../../scoring';
import type { FactorsReport, Valued } from '../../store/retrainings';
import type { Store } from '../../store/store';
import { factorsModel, interactionWeights, type FactorsState } from '../decisions/affinity';
import { halfLife } from './lessons';

/** What the retraining workflow calls. */
export interface FactorizingActivities {
  /**
   * Learns which customers take which offers, from all they did with offers, and stores the offers' factors as a new version
   * if they rank what was kept apart better than chance; else the version before stays. Once a night, however often it
   * is called.
   */
  readonly factorizeOffers: (night: string) => Promise<{ readonly version: number | null }>;
}

const eventWeights = {
  'offer.viewed': interactionWeights.viewed,
  'offer.accepted': interactionWeights.accepted,
  'order.completed': interactionWeights.accepted,
} as const satisfies Partial<Record<EventName, number>>;

/** How far back is learned from. */
const lookBack = 4 * halfLife;
/** The most pairs of a customer and an offer that are learned from. */
const mostPairs = 500_000;
/** Fewest offers, and pairs beyond each customer's first: only a second offer tells who resembles whom. */
const fewest = { offers: 3, further: 30 } as const;
/** Share of the pairs that is kept apart to judge by. */
const apart = 0.2;
/** Versions that are kept: decisions hold what they were told of affinities, so old ones are not needed again. */
const versionsKept = 7;

/** Factorizes customers and offers. */
export function createFactorizing({
  store,
  now = Date.now,
}: {
  readonly store: Pick<Store, 'events' | 'outcomes' | 'models' | 'retrainings' | 'transaction'>;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
}): FactorizingActivities {
  const models = store.models.of<FactorsState>(factorsModel);

  async function readInteractions(): Promise<Interaction[]> {
    const since = new Date(now() - lookBack);
    const weights = new Map<string, Map<string, number>>();
    let pairs = 0;
    const add = (customer: string | null, item: unknown, weight: number): void => {
      if (customer === null || typeof item !== 'string') return;
      const mine = weights.get(customer) ?? new Map<string, number>();
      const known = mine.get(item);
      if (known === undefined && ++pairs > mostPairs) return;
      mine.set(item, Math.max(known ?? 0, weight));
      weights.set(customer, mine);
    };
    const names = Object.keys(eventWeights) as (keyof typeof eventWeights)[];
    for await (const { customerId, name, properties } of store.events.aboutOffers(names, since)) {
      add(customerId, properties.offerId, eventWeights[name as keyof typeof eventWeights]);
    }
    for await (const { customerId, offerId } of store.outcomes.acceptedSince(since)) {
      add(customerId, offerId, interactionWeights.accepted);
    }
    return [...weights].flatMap(([customer, mine]) =>
      [...mine].map(([item, weight]) => ({ customer, item, weight })),
    );
  }

  async function learnFrom(interactions: readonly Interaction[], seed: string) {
    const table = tabulate(interactions);
    const report = {
      customers: table.customers.length,
      offers: table.items.length,
      interactions: interactions.length,
    };
    const further = interactions.length - table.customers.length;
    if (table.items.length < fewest.offers || further < fewest.further) {
      return { report: { ...report, outcome: 'few-interactions' } satisfies FactorsReport };
    }
    const options = { factors: Math.min(16, table.items.length - 1), random: seededRandom(seed) };
    const ranks = await unhurried(
      percentileRanks(interactions, {
        ...options,
        isApart: ({ customer, item }) => chanceOf(`${seed}/${customer}/${item}`) < apart,
      }),
    );
    const known = ranks && {
      n: ranks.n,
      affinity: valued(ranks.affinity),
      leaning: valued(ranks.leaning),
      popularity: valued(ranks.popularity),
    };
    if (!known || !(known.leaning.high < 0.5)) {
      const outcome = 'no-better-than-chance' as const;
      return { report: { ...report, outcome, ...(known && { ranks: known }) } satisfies FactorsReport };
    }
    const recommender = await unhurried(trainingRounds(table, options));
    return { recommender, report: { ...report, outcome: 'in-force' as const, ranks: known } };
  }

  return {
    async factorizeOffers(night) {
      const latest = await models.latest();
      if (latest?.origin === night) return { version: latest.version };
      const { recommender, report } = await learnFrom(await readInteractions(), night);
      const version = await store.transaction(async (session) => {
        await store.retrainings.change(night, { factors: report }, session);
        if (!recommender) return null;
        const last = await models.latest(session);
        if (last?.origin === night) return last.version;
        const state = { recommender, report };
        return models.add(last?.version ?? 0, state, { at: new Date(now()), origin: night, session });
      });
      if (version !== null) await models.settle(version, versionsKept);
      return { version };
    },
  };
}

/** Goes through rounds of work and lets others go on in between. */
async function unhurried<Result>(rounds: Generator<number, Result>): Promise<Result> {
  for (;;) {
    const { done, value } = rounds.next();
    if (done === true) return value;
    await setImmediate();
  }
}

const valued = ({ value, low, high }: Estimate): Valued => ({ value, low, high });
