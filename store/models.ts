import { Binary, type ClientSession, type Collection, type Db } from 'mongodb';
import { chunks } from './chunks';
import { hold } from './held';

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

/**
 * How a state is stored: a small document, and bytes of any number. The bytes lie in parts of their own, so that a state
 * may outgrow what one document holds (16 MiB).
 */
export interface Packing<State> {
  pack(state: State): { readonly head: unknown; readonly bytes: Uint8Array };
  /** @param bytes begin at a multiple of 8 of their buffer */
  unpack(head: unknown, bytes: Uint8Array): State;
}

/** As it is stored; one that has no `parts` has its whole state in `state`. */
interface StoredModel extends ModelDocument {
  readonly parts?: number;
}

/** A stretch of a version's bytes. */
interface PartDocument {
  /** `<name>/<version>/<n>`, n from 0. */
  readonly _id: string;
  readonly bytes: Binary;
}

/** How many of a model's latest versions are kept. */
const versionsKept = 50;
/** Bytes of one part. */
const partSize = 4 * 1024 * 1024;

interface Collections {
  readonly models: Collection<StoredModel>;
  readonly parts: Collection<PartDocument>;
}

/** What was learned: models by name, each with its versions. */
export function modelCollection(db: Db) {
  const collections: Collections = {
    models: db.collection('models'),
    parts: db.collection('model_parts'),
  };
  return {
    collection: collections.models,
    parts: collections.parts,
    async ensureIndexes() {
      await collections.models.createIndexes([{ key: { name: 1, version: -1 }, unique: true }]);
    },
    /** The model of a name, whose state is a plain document of one shape, or of any size where its packing is given. */
    of: <State>(name: string, packing?: Packing<State>) => modelOf(collections, name, packing),
  };
}

export type ModelStore<State> = ReturnType<typeof modelOf<State>>;

function modelOf<State>({ models, parts }: Collections, name: string, packing?: Packing<State>) {
  type Model = ModelDocument<State> | null;

  const whole = async (found: StoredModel | null, session?: ClientSession): Promise<Model> => {
    if (!found) return null;
    const { parts: count, state, ...rest } = found;
    if (count === undefined || !packing) return { ...rest, state: state as State };
    const ids = Array.from({ length: count }, (_, n) => `${found._id}/${n}`);
    const read: Uint8Array[] = [];
    for (const _id of ids) {
      const part = await parts.findOne({ _id }, session ? { session } : {});
      if (!part) throw new Error(`The model ${found._id} lacks its part ${_id}.`);
      read.push(part.bytes.value());
    }
    return { ...rest, state: packing.unpack(state, joined(read)) };
  };
  const latest = async (session?: ClientSession): Promise<Model> =>
    whole(
      await models.findOne({ name }, { sort: { version: -1 }, ...(session ? { session } : {}) }),
      session,
    );
  /** Reads the state only where its version is not the known one. */
  const current = hold<Model>(async (known) => {
    if (!known) return latest();
    const newest = await models.findOne({ name }, { sort: { version: -1 }, projection: { version: 1 } });
    return newest?.version === known.version ? known : latest();
  });

  return {
    /** The newest version; null before the first. */
    latest,
    /** One version; null where it is forgotten. */
    async find(version: number, session?: ClientSession): Promise<Model> {
      const found = await models.findOne({ _id: `${name}/${version}` }, session ? { session } : {});
      return whole(found, session);
    },
    /** The newest version, from memory: the very same object as long as there is no newer one ({@link hold}). */
    current: () => current.get(),
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
      const _id = `${name}/${version}`;
      const packed = packing?.pack(state);
      const stretches = packed ? stretchesOf(packed.bytes) : [];
      await models.insertOne(
        {
          ...{ _id, name, version, ...rest, state: packed ? packed.head : state },
          ...(packed && { parts: stretches.length }),
        },
        { session },
      );
      for (const [n, bytes] of stretches.entries()) {
        await parts.insertOne({ _id: `${_id}/${n}`, bytes: new Binary(bytes) }, { session });
      }
      return version;
    },
    /** Keeps some versions for as long as nobody keeps others. */
    async keepOnly(versions: readonly number[], session: ClientSession): Promise<void> {
      await models.updateMany(
        { name, version: { $gte: 0 }, kept: true },
        { $unset: { kept: 1 } },
        { session },
      );
      const ids = versions.map((version) => `${name}/${version}`);
      await models.updateMany({ _id: { $in: ids } }, { $set: { kept: true } }, { session });
    },
    /** Lets the next reader see a version that was just added, and forgets those long past. */
    async settle(newest: number, latest = versionsKept): Promise<void> {
      current.expire();
      const past = { name, version: { $lte: newest - latest }, kept: { $exists: false } };
      const gone = await models
        .find(past)
        .project<Pick<StoredModel, '_id' | 'parts'>>({ parts: 1 })
        .toArray();
      const ids = gone.flatMap(({ _id, parts: count = 0 }) =>
        Array.from({ length: count }, (_, n) => `${_id}/${n}`),
      );
      // Parts first: what a crash leaves is found again by its model.
      for (const some of chunks(ids)) await parts.deleteMany({ _id: { $in: some } });
      for (const some of chunks(gone.map(({ _id }) => _id))) await models.deleteMany({ _id: { $in: some } });
    },
  };
}

function stretchesOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / partSize) }, (_, n) =>
    bytes.subarray(n * partSize, (n + 1) * partSize),
  );
}

/** One stretch after the other, in memory of its own. */
function joined(stretches: readonly Uint8Array[]): Uint8Array {
  const bytes = new Uint8Array(stretches.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const stretch of stretches) {
    bytes.set(stretch, at);
    at += stretch.length;
  }
  return bytes;
}
