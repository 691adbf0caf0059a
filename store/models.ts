import { createHash } from 'node:crypto';
import { Binary, type ClientSession, type Collection, type Db, type Filter } from 'mongodb';
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

/**
 * As it is stored; one that has no `parts` has its whole state in `state`. Parts may be those of earlier versions, where
 * the same bytes stood there.
 */
interface StoredModel extends ModelDocument {
  readonly parts?: readonly PartName[];
}

interface PartName {
  readonly id: string;
  /** Of its bytes. */
  readonly digest: string;
}

/** A stretch of a version's bytes. */
interface PartDocument {
  /** `<name>/<version>/<n>`, n from 0, of the version that first had these bytes. */
  readonly _id: string;
  readonly bytes: Binary;
}

/** How many of a model's latest versions are kept. */
const versionsKept = 50;
/** Bytes of one part: those of some forty offers. A version stores the parts in which it differs from the one before. */
const partSize = 64 * 1024;

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

  const readParts = async (
    ids: readonly string[],
    session?: ClientSession,
  ): Promise<Map<string, Uint8Array>> => {
    const read = new Map<string, Uint8Array>();
    for (const some of chunks(ids)) {
      const found = parts.find({ _id: { $in: some } }, session ? { session } : {});
      for (const { _id, bytes } of await found.toArray()) read.set(_id, bytes.value());
    }
    return read;
  };
  /** @param known parts that need not be read */
  const whole = async (
    found: StoredModel | null,
    { session, known = new Map() }: { session?: ClientSession | undefined; known?: Stretches } = {},
  ): Promise<{ model: Model; parts: Stretches }> => {
    if (!found) return { model: null, parts: new Map() };
    const { parts: stored, state, ...rest } = found;
    if (stored === undefined || !packing)
      return { model: { ...rest, state: state as State }, parts: new Map() };
    const ids = stored.map(({ id }) => id);
    const read = await readParts(
      ids.filter((id) => !known.has(id)),
      session,
    );
    const { bytes, stretches } = joined(
      ids.map((id) => {
        const stretch = read.get(id) ?? known.get(id);
        if (!stretch) throw new Error(`The model ${found._id} lacks its part ${id}.`);
        return [id, stretch] as const;
      }),
    );
    return { model: { ...rest, state: packing.unpack(state, bytes) }, parts: stretches };
  };
  const newest = (session?: ClientSession) =>
    models.findOne({ name }, { sort: { version: -1 }, ...(session ? { session } : {}) });
  /** Reads of a version that is not the known one the parts that are not known. */
  const current = hold<{ readonly model: Model; readonly parts: Stretches }>(async (known) => {
    if (known) {
      const last = await models.findOne({ name }, { sort: { version: -1 }, projection: { version: 1 } });
      if (last?.version === known.model?.version) return known;
    }
    return whole(await newest(), known ? { known: known.parts } : {});
  });

  return {
    /** The newest version; null before the first. */
    latest: async (session?: ClientSession): Promise<Model> =>
      (await whole(await newest(session), { session })).model,
    /** One version; null where it is forgotten. */
    async find(version: number, session?: ClientSession): Promise<Model> {
      const found = await models.findOne({ _id: `${name}/${version}` }, session ? { session } : {});
      return (await whole(found, { session })).model;
    },
    /** The newest version, from memory: the very same object as long as there is no newer one ({@link hold}). */
    current: async (): Promise<Model> => (await current.get()).model,
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
      const before = await models.findOne({ _id: `${name}/${after}` }, { session, projection: { parts: 1 } });
      const standing = new Map(before?.parts?.map((part) => [part.digest, part]));
      const fresh: PartDocument[] = [];
      const named = (packed ? stretchesOf(packed.bytes) : []).map((bytes, n): PartName => {
        const digest = createHash('sha256').update(bytes).digest('base64url');
        const known = standing.get(digest);
        if (known) return known;
        fresh.push({ _id: `${_id}/${n}`, bytes: new Binary(bytes) });
        return { id: `${_id}/${n}`, digest };
      });
      await models.insertOne(
        {
          ...{ _id, name, version, ...rest, state: packed ? packed.head : state },
          ...(packed && { parts: named }),
        },
        { session },
      );
      if (fresh.length > 0) await parts.insertMany(fresh, { session });
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
      const naming = (filter: Filter<StoredModel>) =>
        models.find(filter).project<Pick<StoredModel, '_id' | 'parts'>>({ parts: 1 }).toArray();
      const gone = await naming(past);
      if (gone.length === 0) return;
      const ids = new Set(gone.flatMap(({ parts: own = [] }) => own.map(({ id }) => id)));
      const going = new Set(gone.map(({ _id }) => _id));
      // What another adds meanwhile has no parts but its own and those of the newest version.
      for (const { _id, parts: own = [] } of await naming({ name })) {
        if (!going.has(_id)) for (const { id } of own) ids.delete(id);
      }
      // Parts first: what a crash leaves is found again by its model.
      for (const some of chunks([...ids])) await parts.deleteMany({ _id: { $in: some } });
      for (const some of chunks(gone.map(({ _id }) => _id))) await models.deleteMany({ _id: { $in: some } });
    },
  };
}

function stretchesOf(bytes: Uint8Array): Uint8Array[] {
  return Array.from({ length: Math.ceil(bytes.length / partSize) }, (_, n) =>
    bytes.subarray(n * partSize, (n + 1) * partSize),
  );
}

/** Parts' bytes by their ids. */
type Stretches = ReadonlyMap<string, Uint8Array>;

/** One stretch after the other, in memory of its own, and where each stands in it. */
function joined(read: readonly (readonly [id: string, stretch: Uint8Array])[]): {
  bytes: Uint8Array;
  stretches: Stretches;
} {
  const bytes = new Uint8Array(read.reduce((sum, [, { length }]) => sum + length, 0));
  const stretches = new Map<string, Uint8Array>();
  let at = 0;
  for (const [id, stretch] of read) {
    bytes.set(stretch, at);
    stretches.set(id, bytes.subarray(at, (at += stretch.length)));
  }
  return { bytes, stretches };
}
