import type { Collection, Db } from 'mongodb';
import { createBatcher } from './batcher';
import { duplicates } from './duplicates';

/** Where the tracked links of one message lead. */
export interface LinksDocument {
  /** The code in the links: a MAC of the message's id, so that nobody can guess one. */
  readonly _id: string;
  readonly messageId: string;
  /** By the digit that follows the code. */
  readonly urls: readonly string[];
  readonly expireAt: Date;
}

/** The tracked links of messages. They hold no personal data: the message says whose it is. */
export function linkCollection(db: Db) {
  const collection: Collection<LinksDocument> = db.collection('links');
  /** Messages that go at once share a write; one that is there already stays as it is. */
  const insertions = createBatcher(async (documents: LinksDocument[]) => {
    try {
      await collection.insertMany(documents, { ordered: false });
    } catch (error) {
      duplicates(error);
    }
    return documents;
  }, 100);
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { expireAt: 1 }, expireAfterSeconds: 0 }]);
    },
    find: (code: string) => collection.findOne({ _id: code }),
    /** Stores a message's links before it is sent. */
    async put(links: LinksDocument): Promise<void> {
      await insertions.add([links]);
    },
  };
}
