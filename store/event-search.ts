import type { Collection } from 'mongodb';
import { groupBy } from '../domain/group-by';
import { createBatcher } from './batcher';
import type { EventDocument } from './events';

/** Which events of one customer are looked for: of some names, received at an instant or later. */
interface Search {
  readonly customerId: string;
  readonly names: readonly string[];
  readonly from: Date;
}

/** Most searches in one query: the embedded server's cost of `$in` grows with the square of its values. */
const limit = 100;
/** Searches share a query where they begin in the same stretch of time, milliseconds: it reads from the earliest on. */
const stretch = 3_600_000;

/** Makes the search for events, oldest first. Those that are alike and at once share a query. */
export function createEventSearch(
  collection: Collection<EventDocument>,
): (search: Search) => Promise<EventDocument[]> {
  const askTogether = async (alike: readonly Search[]): Promise<Map<Search, EventDocument[]>> => {
    const from = Math.min(...alike.map((search) => search.from.getTime()));
    const found = await collection
      .find({
        customerId: { $in: [...new Set(alike.map(({ customerId }) => customerId))] },
        name: { $in: [...(alike[0]?.names ?? [])] },
        receivedAt: { $gte: new Date(from) },
      })
      .sort({ receivedAt: 1 })
      .toArray();
    const ofCustomer = groupBy(found, ({ customerId }) => customerId);
    return new Map(
      alike.map((search) => {
        const events = ofCustomer.get(search.customerId) ?? [];
        return [search, events.filter(({ receivedAt }) => receivedAt >= search.from)];
      }),
    );
  };

  const batcher = createBatcher(async (searches: Search[]) => {
    const kinds = groupBy(searches, ({ names, from }) =>
      [Math.floor(from.getTime() / stretch), ...names].join(),
    );
    const answers = await Promise.all([...kinds.values()].map(askTogether));
    return searches.map((search) => answers.find((answer) => answer.has(search))?.get(search) ?? []);
  }, limit);

  return async (search) => (await batcher.add([search]))[0] ?? [];
}
