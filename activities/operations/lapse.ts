import { randomUUID } from 'node:crypto';
import { chanceOf } from '../../domain/chance';
import { customerTime } from '../../domain/clock';
import { driftOf, fitBgNbd, summarise, type BgNbd, type Fit } from '../../scoring';
import type { CustomerDocument } from '../../store/customers';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { measure, type Buyer, type DriftRule } from './measures';

/** What the lapse workflow calls. */
export interface LapseActivities {
  /**
   * Learns from a sample of customers how often people buy and how they leave. Too few returning customers teach
   * nothing: then what was learned before stands, or weak assumptions do. Records how these customers are doing.
   */
  readonly learnRhythm: () => Promise<{ readonly customers: number; readonly version: number | null }>;
  /**
   * Looks at the next customers by id and emits `customer.lapsed` for each whose expected purchases have fallen below
   * half of what they were when the customer last bought. A lapse is told once: buying again ends it.
   *
   * @param page.after id of the last customer looked at; null at the beginning
   */
  readonly findLapsed: (page: { readonly after: string | null }) => Promise<LapsePage>;
}

/** What one call of {@link LapseActivities.findLapsed} did; counts only. */
export interface LapsePage {
  readonly customers: number;
  /** Lapses that had not been told before. */
  readonly lapsed: number;
  /** Where to go on; null when all customers have been looked at. */
  readonly after: string | null;
}

/** Name under which the rhythm of purchases is stored. */
const rhythmModel = 'rhythm';

/**
 * What is assumed until there are enough customers to learn from: one purchase in half a year, and one customer in five
 * leaves after each. Weak enough for a customer's own few purchases to outweigh it. Time in weeks.
 */
const assumed: BgNbd = { r: 0.5, alpha: 13, a: 1, b: 4 };

/** The coming period for which purchases are expected, in weeks, and the share of the usual below which one lapses. */
const rule: DriftRule = { horizon: 26, ratio: 0.5 };

/** Customers whose events are read together. */
const together = 500;

interface Sizes {
  /** Customers that are read at once. */
  readonly page: number;
  /** Customers from whom the rhythm is learned, about. */
  readonly sample: number;
  /** Returning customers without whom nothing is learned. */
  readonly returning: number;
}

/**
 * Finds customers who drift away, by the BG/NBD model of `scoring`: measured against their own past, so that no number of
 * quiet days is the same for all. Time is each customer's own.
 */
export function createLapse({
  store,
  now = Date.now,
  sizes = { page: 5_000, sample: 10_000, returning: 30 },
}: {
  readonly store: Store;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly sizes?: Sizes;
}): LapseActivities {
  const { customers, events, outbox } = store;
  const rhythms = store.models.of<Fit<keyof BgNbd>>(rhythmModel);

  async function historiesOf(people: readonly Person[]): Promise<Purchases[]> {
    const byCustomer = new Map(people.map(({ _id }): [string, Told[]] => [_id, []]));
    const ids = [...byCustomer.keys()];
    for (let looked = 0; looked < ids.length; looked += together) {
      const some = ids.slice(looked, looked + together);
      const told = await events.ofCustomers(some, ['order.completed', 'customer.churned']);
      for (const event of told) if (event.customerId !== null) byCustomer.get(event.customerId)?.push(event);
    }
    return people.flatMap(({ _id, clock }) => {
      const here = customerTime(clock, now());
      return purchasesOf(_id, byCustomer.get(_id) ?? [], here);
    });
  }

  /** Which version the rhythm of some customers became; null where they teach nothing. */
  async function learn(sample: readonly Purchases[]): Promise<number | null> {
    const returning = sample.filter(({ history }) => history.frequency > 0).length;
    if (returning < sizes.returning) return null;
    const fitted = fitBgNbd(sample.map(({ history }) => history));
    if (!fitted.converged) return null;
    const version = await store.transaction(async (session) => {
      const before = (await rhythms.latest(session))?.version ?? 0;
      return rhythms.add(before, fitted, { at: new Date(now()), session });
    });
    await rhythms.settle(version);
    return version;
  }

  async function* pages(): AsyncGenerator<readonly Person[]> {
    for (let after: string | null = null; ;) {
      const page: readonly Person[] = await customers.page(after, sizes.page);
      yield page;
      after = page.at(-1)?._id ?? null;
      if (page.length < sizes.page) return;
    }
  }

  return {
    async learnRhythm() {
      const share = sizes.sample / Math.max(await customers.collection.estimatedDocumentCount(), 1);
      const sample: Purchases[] = [];
      let looked = 0;
      for await (const page of pages()) {
        const chosen = page.filter(({ _id }) => chanceOf(_id) < share);
        looked += chosen.length;
        sample.push(...(await historiesOf(chosen)));
      }
      const version = await learn(sample);
      const learned = await rhythms.current();
      const at = new Date(now());
      await store.measures.save({
        ...{ _id: at.toISOString().slice(0, 10), at, customers: looked },
        ...measure(sample, {
          rhythm: learned?.state.parameters ?? assumed,
          isLearned: learned !== null,
          rule,
        }),
      });
      return { customers: sample.length, version };
    },

    async findLapsed({ after }) {
      const people = await customers.page(after, sizes.page);
      const model = (await rhythms.current())?.state.parameters ?? assumed;
      const at = new Date(now());
      const lapses = (await historiesOf(people)).flatMap((purchases) => lapseOf(model, purchases, at));
      const note = `lapses:${randomUUID()}`;
      if (lapses.length > 0) {
        await outbox.put({ _id: note, eventIds: lapses.map(({ _id }) => _id), dueAt: at });
      }
      const told = await events.insert(lapses);
      if (told.size === 0) await outbox.remove([note]);
      return {
        customers: people.length,
        lapsed: told.size,
        after: people.length < sizes.page ? null : (people.at(-1)?._id ?? null),
      };
    },
  };
}

type Person = Pick<CustomerDocument, '_id' | 'clock'>;
type Told = Pick<EventDocument, 'name' | 'occurredAt'> & {
  readonly properties?: { readonly amount?: unknown };
};

interface Purchases extends Buyer {
  readonly customerId: string;
  /** Epoch milliseconds of the customer's clock. */
  readonly lastAt: number;
  readonly now: number;
}

/** None for somebody who has bought nothing. What lies in the future of the customer's clock has not happened. */
function purchasesOf(customerId: string, events: readonly Told[], now: number): Purchases[] {
  const named = (name: string) =>
    events
      .filter((event) => event.name === name && event.occurredAt.getTime() <= now)
      .map(({ occurredAt, properties }) => ({ at: occurredAt.getTime(), amount: properties?.amount }));
  const orders = named('order.completed').map(({ at, amount }) => ({
    ...{ customer: customerId, at },
    amount: typeof amount === 'number' ? amount : 0,
  }));
  const [history] = summarise(orders, { end: now });
  if (!history) return [];
  const lastAt = Math.max(...orders.map(({ at }) => at));
  const churned = named('customer.churned').some(({ at }) => at >= lastAt);
  return [{ customerId, history, lastAt, now, churned }];
}

function lapseOf(
  model: BgNbd,
  { customerId, history, lastAt, now, churned }: Purchases,
  at: Date,
): EventDocument[] {
  const { expected, before, ratio } = driftOf(model, history, rule.horizon);
  if (churned || ratio >= rule.ratio) return [];
  return [
    {
      _id: `lapsed:${customerId}:${new Date(lastAt).toISOString().slice(0, 10)}`,
      name: 'customer.lapsed',
      customerId,
      properties: { expectedOrders: expected, usualOrders: before },
      occurredAt: new Date(now),
      receivedAt: at,
    },
  ];
}
