import type { Db, MongoClient } from 'mongodb';
import { customerCollection } from './customers';
import { enrolmentCollection } from './enrolments';
import { eventCollection } from './events';
import { journeyCollection } from './journeys';

/** Everything Perene remembers: a group of queries for each collection. */
export interface Store {
  readonly customers: ReturnType<typeof customerCollection>;
  readonly events: ReturnType<typeof eventCollection>;
  readonly enrolments: ReturnType<typeof enrolmentCollection>;
  readonly journeys: ReturnType<typeof journeyCollection>;
}

/**
 * Opens the collections of a database and makes their indexes where they are missing.
 *
 * @param client the connection to which `db` belongs; transactions are started on it
 */
export async function openStore(db: Db, _client: MongoClient): Promise<Store> {
  const store: Store = {
    customers: customerCollection(db),
    events: eventCollection(db),
    enrolments: enrolmentCollection(db),
    journeys: journeyCollection(db),
  };
  await Promise.all(
    Object.values(store).map((group: { ensureIndexes(): Promise<void> }) => group.ensureIndexes()),
  );
  return store;
}
