import { createHash, randomBytes, randomUUID } from 'node:crypto';
import type { Collection, Db } from 'mongodb';
import type { KeyScope } from '../domain/keys';

/** A key to the API: its digest, not the key. */
export interface ApiKeyDocument {
  readonly _id: string;
  /** What it is for, as whoever made it says. */
  readonly name: string;
  readonly scope: KeyScope;
  /** SHA-256; a key has 192 random bits, so that nobody finds it from there. */
  readonly digest: string;
  /** The first characters of the key, to tell keys apart. */
  readonly hint: string;
  readonly createdAt: Date;
  readonly expiresAt?: Date;
  revokedAt?: Date;
}

/** The digest under which a key is known. */
export const keyDigest = (key: string): string => createHash('sha256').update(key).digest('base64url');

/** Keys that were made while the system runs, besides those of the environment. */
export function apiKeyCollection(db: Db) {
  const collection: Collection<ApiKeyDocument> = db.collection('api_keys');
  /** Makes a key. Only now is it known: the database keeps its digest. */
  async function create(
    about: Pick<ApiKeyDocument, 'name' | 'scope' | 'createdAt' | 'expiresAt'>,
  ): Promise<{ readonly key: string; readonly document: ApiKeyDocument }> {
    const key = `${about.scope}_${randomBytes(24).toString('base64url')}`;
    const hint = key.slice(0, about.scope.length + 5);
    const document = { _id: randomUUID(), ...about, digest: keyDigest(key), hint };
    await collection.insertOne(document);
    return { key, document };
  }

  return {
    collection,
    create,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { digest: 1 }, unique: true }]);
    },
    list: () => collection.find().sort({ createdAt: -1 }).toArray(),
    /** Every key that opens anything at an instant. */
    async valid(at: Date): Promise<ApiKeyDocument[]> {
      const all = await collection.find({ revokedAt: { $exists: false } }).toArray();
      return all.filter(({ expiresAt }) => expiresAt === undefined || expiresAt > at);
    },
    /**
     * Makes a key that takes the place of another: same name and scope, and as long a life. The old one opens until an
     * instant, so that it can be exchanged wherever it is used.
     *
     * @returns null where there is no such key, or it opens nothing any more
     */
    async rotate(
      id: string,
      { at, until }: { readonly at: Date; readonly until: Date },
    ): Promise<{ readonly key: string; readonly document: ApiKeyDocument } | null> {
      const old = await collection.findOne({ _id: id, revokedAt: { $exists: false } });
      if (!old || (old.expiresAt && old.expiresAt <= at)) return null;
      const { name, scope, createdAt, expiresAt } = old;
      const life = expiresAt && new Date(at.getTime() + expiresAt.getTime() - createdAt.getTime());
      const made = await create({ name, scope, createdAt: at, ...(life && { expiresAt: life }) });
      if (!expiresAt || until < expiresAt) {
        await collection.updateOne({ _id: id }, { $set: { expiresAt: until } });
      }
      return made;
    },
    /** Lets a key open nothing any more. Null where there is none; revoked again, it stays as it was. */
    async revoke(id: string, at: Date): Promise<ApiKeyDocument | null> {
      await collection.updateOne({ _id: id, revokedAt: { $exists: false } }, { $set: { revokedAt: at } });
      return collection.findOne({ _id: id });
    },
  };
}
