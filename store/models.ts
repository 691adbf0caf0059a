import type { ClientSession, Collection, Db } from 'mongodb';

/** One version of a model. Versions are only ever added. */
export interface ModelDocument<State = unknown> {
  /** `<name>/<version>`: unique, so of two writers of one version only one succeeds. */
  readonly _id: string;
  readonly name: string;
  /** From 1, without gaps. */
  readonly version: number;
  readonly at: Date;
  readonly state: State;
  /** The instant up to which what it has learned was discounted. */
  readonly faded?: Date;
  /** The retraining that it came from, where it did not grow out of the version before it. */
  readonly origin?: string;
  /** It is not forgotten with its time: it may be needed to go back to, or to compare with. */
  readonly kept?: true;
}

/** How long, in milliseconds, a process may go on with a version that another process has replaced since. */
const staleness = 2_000;

/** How many of a model's latest versions are kept. */
const versionsKept = 50;

/** What was learned: models by name, each with its versions. */
export function modelCollection(db: Db) {
  const collection: Collection<ModelDocument> = db.collection('models');
  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { name: 1, version: -1 }, unique: true }]);
    },
    /** The model of a name, whose state is a plain document of one shape. */
    of: <State>(name: string) => modelOf<State>(collection, name),
  };
}

export type ModelStore<State> = ReturnType<typeof modelOf<State>>;

function modelOf<State>(collection: Collection<ModelDocument>, name: string) {
  type Model = ModelDocument<State> | null;
  let held: { readonly model: Promise<Model>; readonly until: number } | undefined;

  const latest = async (session?: ClientSession): Promise<Model> => {
    const found = await collection.findOne(
      { name },
      { sort: { version: -1 }, ...(session ? { session } : {}) },
    );
    return found as Model;
  };
  /** Reads the state only where its version is not the known one. */
  const refreshed = async (known: Model): Promise<Model> => {
    if (!known) return latest();
    const newest = await collection.findOne({ name }, { sort: { version: -1 }, projection: { version: 1 } });
    return newest?.version === known.version ? known : latest();
  };

  return {
    /** The newest version; null before the first. */
    latest,
    /** One version; null where it is forgotten. */
    async find(version: number, session?: ClientSession): Promise<Model> {
      const found = await collection.findOne({ _id: `${name}/${version}` }, session ? { session } : {});
      return found as Model;
    },
    /** The newest version, at most two seconds old: the very same object as long as there is no newer one. */
    async current(): Promise<Model> {
      const now = Date.now();
      if (!held || held.until <= now) {
        const known = held ? held.model.catch(() => null) : Promise.resolve(null);
        held = { model: known.then(refreshed), until: now + staleness };
      }
      const mine = held;
      try {
        return await mine.model;
      } catch (error) {
        if (held === mine) held = undefined;
        throw error;
      }
    },
    /**
     * Adds the version that follows `after` (0 where there is none). Fails where somebody else has added it, so the
     * transaction that read `after` must then begin again.
     */
    async add(
      after: number,
      state: State,
      {
        session,
        ...rest
      }: Pick<ModelDocument, 'at' | 'faded' | 'origin' | 'kept'> & { readonly session: ClientSession },
    ): Promise<number> {
      const version = after + 1;
      await collection.insertOne({ _id: `${name}/${version}`, name, version, ...rest, state }, { session });
      return version;
    },
    /** Keeps some versions for as long as nobody keeps others. */
    async keepOnly(versions: readonly number[], session: ClientSession): Promise<void> {
      await collection.updateMany(
        { name, version: { $gte: 0 }, kept: true },
        { $unset: { kept: 1 } },
        { session },
      );
      const ids = versions.map((version) => `${name}/${version}`);
      await collection.updateMany({ _id: { $in: ids } }, { $set: { kept: true } }, { session });
    },
    /** Lets the next reader see a version that was just added, and forgets those long past. */
    async settle(newest: number, latest = versionsKept): Promise<void> {
      held = held && { ...held, until: 0 };
      await collection.deleteMany({
        name,
        version: { $lte: newest - latest },
        kept: { $exists: false },
      });
    },
  };
}
