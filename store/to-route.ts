import { randomUUID } from 'node:crypto';
import type { EventDocument } from './events';
import type { Store } from './store';

/**
 * Stores events that are to be routed, their note in the outbox first, so that a crash in between loses none.
 *
 * @param dueAt when the sweeper of any process may take them
 * @returns how many of them were new
 */
export async function storeToRoute(
  { events, outbox }: Pick<Store, 'events' | 'outbox'>,
  arrived: readonly EventDocument[],
  dueAt: Date,
): Promise<number> {
  if (arrived.length === 0) return 0;
  const note = `batch:${randomUUID()}`;
  await outbox.put({ _id: note, eventIds: arrived.map(({ _id }) => _id), dueAt });
  const stored = await events.insert(arrived);
  if (stored.size === 0) await outbox.remove([note]);
  return stored.size;
}
