import type { Collection, Db } from 'mongodb';
import { createBatcher } from './batcher';
import { chunks } from './chunks';
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

/** The tracked links of messages. The message says whose they are, and its id may hold the key of a run. */
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
      await collection.createIndexes([
        { key: { expireAt: 1 }, expireAfterSeconds: 0 },
        { key: { messageId: 1 } },
      ]);
    },
    /** The links of some messages. */
    async ofMessages(messageIds: readonly string[]): Promise<LinksDocument[]> {
      const found = chunks(messageIds).map((some) => collection.find({ messageId: { $in: some } }).toArray());
      return (await Promise.all(found)).flat();
    },
    /** Takes the links of some messages away; they lead nowhere then. */
    async remove(messageIds: readonly string[]): Promise<void> {
      for (const some of chunks(messageIds)) await collection.deleteMany({ messageId: { $in: some } });
    },
    find: (code: string) => collection.findOne({ _id: code }),
    /** Stores a message's links before it is sent. */
    async put(links: LinksDocument): Promise<void> {
      await insertions.add([links]);
    },
  };
}
