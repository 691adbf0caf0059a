import { randomBytes } from 'node:crypto';
import type { Collection, Db } from 'mongodb';

/** That a customer is to be erased, and how far it has come. It stays: nothing is stored about the id again. */
export interface ErasureDocument {
  /** The customer's id. */
  readonly _id: string;
  readonly requestedAt: Date;
  /** When the next pass may begin; gone once nothing is left to erase. */
  readonly dueAt?: Date;
  /** Passes that found everything in reach. */
  readonly passes: number;
  /** Makes keys of runs unreadable the same way in each pass; gone with the last, so that nobody can try values. */
  readonly salt?: string;
  /** Under which ids the addresses, and those before them, are or would be suppressed; no address can be read from them. */
  readonly suppressionIds: readonly string[];
  /** The provider's names of text messages whose words it still has. */
  readonly textIds: readonly string[];
  readonly finishedAt?: Date;
}

/** How old the knowledge of erasures that other processes took may be, milliseconds. */
const staleness = 2_000;
/** By how much clocks of processes may differ, milliseconds. */
const skew = 60_000;

/** Who was erased or is being erased. */
export function erasureCollection(db: Db) {
  const collection: Collection<ErasureDocument> = db.collection('erasures');
  const known = new Set<string>();
  let newest = new Date(0);
  let refreshing: { readonly done: Promise<void>; readonly at: number } | undefined;

  async function readNew(): Promise<void> {
    const since = new Date(newest.getTime() - skew);
    for await (const { _id, requestedAt } of collection.find(
      { requestedAt: { $gte: since } },
      { projection: { requestedAt: 1 } },
    )) {
      known.add(_id);
      if (requestedAt > newest) newest = requestedAt;
    }
  }

  function refresh(): Promise<void> {
    const now = Date.now();
    if (!refreshing || refreshing.at + staleness <= now) {
      const mine = { done: readNew(), at: now };
      refreshing = mine;
      mine.done.catch(() => {
        if (refreshing === mine) refreshing = undefined;
      });
    }
    return refreshing.done;
  }

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { requestedAt: 1 } }, { key: { dueAt: 1 }, sparse: true }]);
    },
    find: (id: string) => collection.findOne({ _id: id }),
    /**
     * Notes that a customer is to be erased, before anything is. Asked for again, all passes are made again.
     *
     * @returns since when the customer counts as erased
     */
    async request(id: string, at: Date): Promise<Date> {
      known.add(id);
      await collection.updateOne(
        { _id: id },
        {
          $setOnInsert: { requestedAt: at, suppressionIds: [], textIds: [] },
          $set: { dueAt: at, passes: 0, salt: randomBytes(16).toString('base64url') },
        },
        { upsert: true },
      );
      return (await collection.findOne({ _id: id }))?.requestedAt ?? at;
    },
    /** Adds what later passes must know and the documents that told it will no longer tell. */
    async remember(
      id: string,
      { suppressionIds = [], textIds = [] }: Partial<Pick<ErasureDocument, 'suppressionIds' | 'textIds'>>,
    ): Promise<void> {
      await collection.updateOne(
        { _id: id },
        {
          $addToSet: { suppressionIds: { $each: [...suppressionIds] }, textIds: { $each: [...textIds] } },
        },
      );
    },
    /** Records a pass, and when the next one is due. */
    async passed(id: string, { complete, dueAt }: { complete: boolean; dueAt: Date }): Promise<void> {
      await collection.updateOne({ _id: id }, { $set: { dueAt }, $inc: { passes: complete ? 1 : 0 } });
    },
    async finish(id: string, at: Date): Promise<void> {
      await collection.updateOne(
        { _id: id },
        { $set: { finishedAt: at, textIds: [] }, $unset: { dueAt: 1, salt: 1 }, $inc: { passes: 1 } },
      );
    },
    /** Takes an erasure whose time has come from the other processes until an instant; null where none has. */
    async take(now: Date, until: Date): Promise<ErasureDocument | null> {
      const due = await collection.findOne({ dueAt: { $lte: now } }, { sort: { dueAt: 1 } });
      if (!due?.dueAt) return null;
      const { matchedCount } = await collection.updateOne(
        { _id: due._id, dueAt: due.dueAt },
        { $set: { dueAt: until } },
      );
      return matchedCount === 1 ? due : null;
    },
    /** Which of some customers are erased or being erased; of other processes' it may learn two seconds late. */
    async among(ids: Iterable<string>): Promise<Set<string>> {
      await refresh();
      const found = new Set<string>();
      for (const id of ids) if (known.has(id)) found.add(id);
      return found;
    },
  };
}
