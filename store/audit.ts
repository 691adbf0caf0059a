import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';

/** Something that somebody did with an admin key, or in the console. */
export interface AuditDocument {
  readonly _id: string;
  readonly at: Date;
  /** Which key it was done with, by its name, or `console` and the key that logged in. */
  readonly actor: string;
  /** Method and route, e.g. `DELETE /v1/customers/:id`. */
  readonly act: string;
  /** Ids that the address names: of a customer, a journey, an offer, a key. */
  readonly subject: Readonly<Record<string, string>>;
  /** HTTP status of the answer. */
  readonly status: number;
}

/** Who did what as an administrator. Nothing here is ever changed; it is only deleted by age. */
export function auditCollection(db: Db) {
  const collection: Collection<AuditDocument> = db.collection('audit');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { at: -1 } }]);
    },
    async record(entry: Omit<AuditDocument, '_id'>): Promise<void> {
      await collection.insertOne({ _id: randomUUID(), ...entry });
    },
    /** The latest entries before an instant. */
    page: (before: Date | undefined, limit: number) =>
      collection
        .find(before ? { at: { $lt: before } } : {})
        .sort({ at: -1 })
        .limit(limit)
        .toArray(),
  };
}
