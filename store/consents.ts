import type { ClientSession, Collection, Db } from 'mongodb';
import { chunks } from './chunks';
import type { ConsentEntry } from './consent-chain';
import { durable } from './durable';

/** The ledger of consent: for each customer a chain of what they said, which only grows. */
export function consentCollection(db: Db) {
  const collection: Collection<ConsentEntry> = db.collection('consents', durable);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([
        { key: { customerId: 1, seq: 1 }, unique: true },
        { key: { erasedAt: 1 }, sparse: true },
      ]);
    },
    /** A customer's entries, in their order. */
    ofCustomer: (customerId: string): Promise<ConsentEntry[]> =>
      collection.find({ customerId }).sort({ seq: 1 }).toArray(),
    /** The same of several customers. */
    async ofCustomers(ids: readonly string[], session: ClientSession): Promise<ConsentEntry[]> {
      const found: ConsentEntry[] = [];
      for (const some of chunks(ids)) {
        const cursor = collection.find({ customerId: { $in: some } }, { session });
        found.push(...(await cursor.sort({ customerId: 1, seq: 1 }).toArray()));
      }
      return found;
    },
    async append(entries: readonly ConsentEntry[], session: ClientSession): Promise<void> {
      if (entries.length > 0) await collection.insertMany([...entries], { session });
    },
    /** Erases what could tell more of the person than that the entry is theirs; the chain still holds. */
    async eraseProofs(customerId: string, at: Date): Promise<void> {
      await collection.updateMany(
        { customerId, erasedAt: { $exists: false } },
        { $set: { erasedAt: at }, $unset: { proof: 1, salt: 1 } },
      );
    },
  };
}
