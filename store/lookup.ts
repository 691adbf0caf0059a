import type { Collection, Filter } from 'mongodb';
import { createBatcher } from './batcher';

/** Most ids of one query: the embedded server's cost of `$in` grows with the square of its values. */
const limit = 100;

/**
 * Makes the finding of a collection's documents by their id. Those that are asked for at once are found in one query,
 * which begins after each of them was asked for: it sees what its caller wrote before.
 */
export function createLookup<Document extends { readonly _id: string }>(
  collection: Collection<Document>,
): (id: string) => Promise<Document | null> {
  const batcher = createBatcher(async (ids: string[]) => {
    const filter = { _id: { $in: [...new Set(ids)] } } as unknown as Filter<Document>;
    const found = await collection.find(filter).toArray();
    const byId = new Map<string, Document>(found.map((document) => [document._id, document as Document]));
    return ids.map((id) => byId.get(id) ?? null);
  }, limit);
  return async (id) => (await batcher.add([id]))[0] ?? null;
}
