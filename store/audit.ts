import { randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';

/** Something that somebody did with an admin key, or in the console. */
export interface AuditDocument {
  /** `<at> <by chance>`, with the instant as `Date.toISOString` writes it: ids are in the order of time. */
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

const instantLength = new Date(0).toISOString().length;

/** How far back a page is looked for at first, and what longer after each look; then in all there is, milliseconds. */
const [firstSpan, longer, longest] = [3_600_000, 4, 10 * 365 * 86_400_000];

/** Who did what as an administrator. Nothing here is ever changed; it is only deleted by age. */
export function auditCollection(db: Db) {
  const collection: Collection<AuditDocument> = db.collection('audit');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { at: -1 } }]);
    },
    async record(entry: Omit<AuditDocument, '_id'>): Promise<void> {
      await collection.insertOne({ _id: `${entry.at.toISOString()} ${randomUUID()}`, ...entry });
    },
    /**
     * The latest entries, or the latest before one that is named by its id or before an instant, written as ids begin.
     * Looks no farther back than it must: sorting a long log takes the embedded database a second.
     */
    async page(before: string | undefined, limit: number): Promise<AuditDocument[]> {
      const until = before === undefined ? undefined : new Date(before.slice(0, instantLength));
      for (let span = firstSpan; ; span *= longer) {
        const from = new Date((until?.getTime() ?? Date.now()) - span);
        const at = { ...(until && { $lte: until }), ...(span < longest && { $gte: from }) };
        const found = await collection
          .find({
            ...(Object.keys(at).length > 0 && { at }),
            ...(before !== undefined && { _id: { $lt: before } }),
          })
          .sort({ _id: -1 })
          .limit(limit)
          .toArray();
        if (found.length === limit || span >= longest) return found;
      }
    },
  };
}
