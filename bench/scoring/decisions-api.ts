import { offerSchema } from '../../domain/offer-schemas';
import type { OfferDocument } from '../../store/offers';
import { days } from '../../domain/duration';
import { chunks } from '../../store/chunks';
import { createDecisions } from '../../activities/decisions/decisions';
import { featureSpace } from '../../activities/decisions/features';
import { offerModels, priorModel } from '../../activities/decisions/model';
import { seededRandom, updateBandit } from '../../scoring';
import { openPlace, type Place } from '../place';
import { quantiles } from '../quantiles';
import { table, type Section } from './table';

const asked = 400;
/** So many that none is shown more in the measurement than a real one would be. */
const customers = Array.from({ length: 100 }, (_, n) => `customer-${n}`);

/** Latency of `POST /v1/decisions` on a system of its own, one request after the other, then eight at a time. */
export async function decisionsApi(report: (line: string) => void): Promise<Section> {
  const place = await openPlace(report);
  try {
    for (const id of customers) {
      await place.http.post('/v1/customers', { id, email: `${id}@customers.example`, locale: 'pt-BR' });
    }
    const rows: string[][] = [];
    let offers = 0;
    let past = 0;
    for (const [catalogue, decided] of [
      [50, 0],
      [1000, 0],
      [1000, 40],
    ] as const) {
      report(`Deciding among ${catalogue} offers, ${decided} decisions later`);
      const added = Array.from({ length: catalogue - offers }, (_, n) => offer(offers + n));
      if (added.length > 0) await place.store.offers.collection.insertMany(added);
      offers = catalogue;
      await live(place, decided - past);
      past = decided;
      const teacher = await teach(place);
      // Time for the API to have read the catalogue and the model, which it does behind the back of decisions.
      await decide(place, 20, 1);
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await decide(place, 20, 1);
      const alone = quantiles((await decide(place, asked, 1)).times);
      const together = await decide(place, asked, 8);
      const crowd = quantiles(together.times);
      await teacher.stop();
      rows.push([
        String(catalogue),
        String(decided),
        alone.p50.toFixed(1),
        alone.p99.toFixed(1),
        crowd.p99.toFixed(1),
        together.perSecond.toFixed(0),
      ]);
    }
    return {
      title:
        'Speed of POST /v1/decisions: the whole system on one machine, embedded database, one API process',
      body: [
        table(
          ['offers', 'earlier decisions', 'p50 ms', 'p99 ms', 'p99 ms, 8 at once', 'decisions/s, 8 at once'],
          rows,
        ),
        'Every offer has a history in the model, of which a new version comes every three seconds with 20 outcomes more. Earlier decisions are ' +
          'those that each customer had from a week before; the measurement itself adds eight for each row.',
      ],
    };
  } finally {
    await place.close();
  }
}

/** Gives each customer some decisions more, made within a day of the week before. */
async function live({ store }: Place, more: number): Promise<void> {
  const made = createDecisions({
    store,
    business: { timeZone: 'America/Sao_Paulo', locale: 'pt-BR', currency: 'BRL' },
    now: () => Date.now() - days(8),
  });
  for (let round = 0; round < more; round++) {
    for (const some of chunks(customers)) {
      await Promise.all(some.map((customerId) => made.decideFor({ customerId, slot: 'upsell', count: 1 })));
    }
  }
}

/** Puts a model in force that has learned of each offer, and every three seconds one that has learned of twenty outcomes more. */
async function teach({ store }: Place): Promise<{ stop(): Promise<void> }> {
  const offers = await store.offers.list();
  const { names, perOffer } = featureSpace(offers);
  const random = seededRandom('teacher');
  const outcomeOf = (id = '') => ({
    id,
    features: names.map((_, column) => (column === 0 ? 1 : random.normal() / 4)),
    reward: random.uniform() < 0.05 ? 1 : 0,
  });
  const first = Array.from({ length: 10 * offers.length }, (_, n) =>
    outcomeOf(offers[n % offers.length]?._id),
  );
  let state = updateBandit(priorModel({ names, perOffer }), first);
  const models = offerModels(store);
  const publish = async (): Promise<void> => {
    const last = (await models.latest())?.version ?? 0;
    const more = Array.from({ length: 20 }, () => outcomeOf(offers[random.integer(offers.length)]?._id));
    state = updateBandit(state, more);
    await store.transaction((session) => models.add(last, state, { at: new Date(), session }));
  };
  await publish();
  let going = true;
  const publishing = (async () => {
    while (going) {
      await new Promise((resolve) => setTimeout(resolve, 3000));
      await publish();
    }
  })();
  return {
    async stop() {
      going = false;
      await publishing;
    },
  };
}

function offer(n: number): OfferDocument {
  const text = { en: `Offer ${n}`, 'pt-BR': `Oferta ${n}` };
  const at = new Date();
  const body = offerSchema.parse({
    name: text,
    description: text,
    slots: ['upsell'],
    price: { amount: 10_000 + 100 * n, currency: 'BRL' },
    value: { amount: 1000 + 37 * (n % 100), currency: 'BRL' },
    url: 'https://example.com/offer',
    group: `group-${n % 20}`,
  });
  return { ...body, _id: `offer-${n}`, active: {}, taken: 0, createdAt: at, updatedAt: at, changedAt: at };
}

async function decide(
  place: Place,
  n: number,
  atOnce: number,
): Promise<{ times: number[]; perSecond: number }> {
  const times: number[] = [];
  let left = n;
  const began = performance.now();
  const ask = async (): Promise<void> => {
    while (left-- > 0) {
      const sent = performance.now();
      const customerId = customers[left % customers.length];
      await place.http.admin('POST', '/v1/decisions', { customerId, slot: 'upsell', count: 1 });
      times.push(performance.now() - sent);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, ask));
  return { times, perSecond: (1000 * n) / (performance.now() - began) };
}
