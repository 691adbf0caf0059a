import { chanceOf } from '../../domain/chance';
import { estimateCandidates, updateBandit, type BanditState } from '../../scoring';
import type { DecisionDocument } from '../../store/decisions';
import type { OutcomeDocument } from '../../store/outcomes';
import { openStore, type Store } from '../../store/store';
import { customer, offer } from '../../test/builders';
import { testDatabase, type TestDatabase } from '../../test/servers';
import { choose } from '../decisions/choose';
import { featureSpace } from '../decisions/features';
import { offerModels, priorModel } from '../decisions/model';
import { makeReady } from '../decisions/ready';
import { createLearning } from './learning';
import { createRetraining } from './retraining';

const now = Date.parse('2026-03-10T15:00:00Z');
const day = 86_400_000;
const business = { timeZone: 'America/Sao_Paulo', locale: 'en', currency: 'BRL' } as const;
/** How likely each offer is taken, whatever a model thinks. All earn the same. */
const truth: Readonly<Record<string, number>> = { oil: 0.8, tyres: 0.4 };

let database: TestDatabase;
let store: Store;
let clock: number;

beforeAll(async () => {
  database = await testDatabase();
});
afterAll(() => database.close());

/** An empty place with the two offers. */
async function fresh(): Promise<void> {
  await database.db.dropDatabase();
  store = await openStore(database.db, database.client);
  clock = now;
  for (const id of Object.keys(truth)) await store.offers.save(id, offer(), new Date(now));
}

const models = () => offerModels(store);
const learning = () => createLearning({ store, now: () => clock });
const sizes = { outcomes: 20_000, heldOut: 0.5, watched: 4_000, probation: 7 * day };
const retraining = (of: Store = store) => createRetraining({ store: of, now: () => clock, sizes });
const reports = () => store.retrainings.collection.find().sort({ at: 1 }).toArray();

/** How many choices are made; later decisions repeat them. */
const variety = 40;

/** Decisions of a model that knows nothing, with what became of them; their windows are over. */
async function history(
  count: number,
  { at = now - 40 * day, settled = true, tag = 'd' } = {},
): Promise<void> {
  const offers = await store.offers.list();
  const ready = makeReady(offers, null);
  await store.catalogues.keep(ready.catalogue, new Date(at));
  const made = new Map<number, ReturnType<typeof choose>['document']>();
  const decisions: DecisionDocument[] = [];
  const outcomes: OutcomeDocument[] = [];
  for (let n = 0; n < count; n++) {
    const _id = `${tag}-${String(n).padStart(4, '0')}`;
    const facts = {
      customer: customer({ _id: `c-${String(n)}`, attributes: { orders: n % 5 } }),
      ...{
        now: at,
        segments: new Set<never>(),
        vehicles: new Map(),
        taken: new Map(),
        showings: [],
        held: new Set<string>(),
      },
    };
    const request = { id: `choice-${String(n % variety)}`, slot: 'upsell', count: 1, business } as const;
    const document = made.get(n % variety) ?? choose(ready, facts, request).document;
    made.set(n % variety, document);
    const offerId = document.shown[0]?.offerId ?? '';
    const taken = (n * 0.618_034) % 1 < (truth[offerId] ?? 0);
    const common = { customerId: `c-${String(n)}`, at: new Date(at + n) };
    decisions.push({
      ...{ ...common, ...document, _id, slot: 'upsell', currency: 'BRL', modelVersion: 0, policy: 'lints' },
      ...(settled ? {} : { settlesAt: new Date(at + 30 * day) }),
    });
    outcomes.push({
      ...{ ...common, _id: `${_id}/${offerId}`, decisionId: _id, offerId, pendingSince: common.at },
      ...(taken ? { kind: 'accepted', reward: 1 } : { kind: 'ignored', reward: 0 }),
    });
  }
  await store.decisions.collection.insertMany(decisions);
  await store.outcomes.collection.insertMany(outcomes);
}

async function foldAll(): Promise<void> {
  while ((await learning().foldOutcomes()).more);
}

/** A model that is sure of the contrary of what is true. */
async function misled(outcomes = 1_000): Promise<BanditState> {
  const state = priorModel(featureSpace(await store.offers.list()));
  return updateBandit(
    state,
    Array.from({ length: outcomes }, (_, n) => {
      const id = n % 2 === 0 ? 'oil' : 'tyres';
      const features = state.features.map((_, column) => (column === 0 ? 1 : 0));
      return { id, features, reward: id === 'oil' ? 0 : 1 };
    }),
  );
}

async function putInForce(state: BanditState): Promise<number> {
  return store.transaction(async (session) => {
    const last = (await models().latest(session))?.version ?? 0;
    return models().add(last, state, { at: new Date(clock), faded: new Date(clock), session });
  });
}

/** Which offer a model expects most of, from a customer of whom nothing is known. */
function favourite(state: BanditState | undefined): string | undefined {
  if (!state) return undefined;
  const features = state.features.map((_, column) => (column === 0 ? 1 : 0));
  const estimates = estimateCandidates(
    state,
    Object.keys(truth).map((id) => ({ id, features })),
  );
  return estimates.toSorted((a, b) => b.mean - a.mean)[0]?.id;
}

describe('a retraining', () => {
  /** So many that half of them bear a conclusion. */
  const told = 480;
  let parts: readonly string[] = [];

  beforeAll(async () => {
    await fresh();
    await putInForce(await misled());
    await history(told);
    await foldAll();
    parts = (await store.models.parts.find().toArray()).map(({ _id }) => _id);
  });
  /** Takes back what a test has added to what all of them begin with. */
  afterEach(async () => {
    clock = now;
    const added = { _id: { $gt: 'later-' } };
    await Promise.all([
      store.retrainings.collection.deleteMany({}),
      store.models.collection.deleteMany({ origin: { $exists: true } }),
      store.models.parts.deleteMany({ _id: { $nin: [...parts] } }),
      store.decisions.collection.deleteMany(added),
      store.outcomes.collection.deleteMany(added),
    ]);
  });

  it('puts in force what is worth more on decisions that neither model has learned from', async () => {
    const before = await models().latest();
    expect(favourite(before?.state)).not.toBe('oil');
    expect(await retraining().retrain('night')).toEqual({ promising: true, reason: 'no-worse' });
    const [candidate] = await reports();
    expect(candidate).toMatchObject({ status: 'candidate', base: before?.version });
    expect(candidate?.evaluation).toMatchObject({ verdict: 'better', gaps: [] });
    expect(candidate?.evaluation?.difference.low).toBeGreaterThan(0);
    expect(candidate?.evaluation?.n).toBe(candidate?.lessons.heldOut);
    expect((candidate?.lessons.learned ?? 0) + (candidate?.lessons.heldOut ?? 0)).toBe(told);
    expect(candidate?.lessons.skipped).toBe(0);
    expect(candidate?.drift?.decisions).toEqual({ before: 360, now: 120 });
    expect(candidate?.calibration?.n).toBe(told);
    expect((await models().latest())?.version).toBe(before?.version);

    const version = (before?.version ?? 0) + 1;
    expect(await retraining().promote('night')).toEqual({ version });
    const after = await models().latest();
    expect(after).toMatchObject({ version, origin: 'night', kept: true });
    expect(favourite(after?.state)).toBe('oil');
    expect(await reports()).toMatchObject([
      { status: 'in-force', promoted: { version, replaced: before?.version } },
    ]);
  });

  it('keeps a version on probation before another takes its place', async () => {
    await retraining().retrain('first');
    await retraining().promote('first');
    clock += 6 * day;
    expect((await retraining().retrain('second')).reason).toBe('probation');
    clock += 2 * day;
    expect(['no-worse', 'undecided']).toContain((await retraining().retrain('third')).reason);
  });

  it('adds one version, with every outcome once, whoever dies or hurries in between', async () => {
    const dying = retraining({
      ...store,
      transaction: (work) =>
        store.transaction(async (session) => {
          await work(session);
          throw new Error('killed');
        }),
    });
    await expect(dying.retrain('night')).rejects.toThrow('killed');
    expect(await reports()).toEqual([]);
    await retraining().retrain('night');
    expect(await retraining().retrain('night')).toEqual({ promising: true, reason: 'no-worse' });
    await history(100, { tag: 'later' });
    await foldAll();
    const before = await models().latest();
    await expect(dying.promote('night')).rejects.toThrow('killed');
    expect(await models().latest()).toEqual(before);

    const stores = await Promise.all([1, 2, 3].map(() => openStore(database.db, database.client)));
    const promoted = await Promise.all(stores.map((each) => retraining(each).promote('night')));
    expect(new Set(promoted.map(({ version }) => version))).toEqual(new Set([(before?.version ?? 0) + 1]));
    const after = await models().latest();
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(after?.state.weight).toBeCloseTo(told + 100, 6);
  });
});

describe('a retraining of which too little is known', () => {
  beforeAll(async () => {
    await fresh();
    await putInForce(await misled(300));
    await history(60);
    await store.decisions.collection.updateMany(
      { _id: /[78]$/ },
      { $set: { 'field.catalogue': 'forgotten' } },
    );
    await foldAll();
  });

  it('leaves what is in force, and says so', async () => {
    const before = await models().latest();
    expect(await retraining().retrain('night')).toEqual({
      promising: false,
      reason: 'few-effective-decisions',
    });
    expect(await retraining().promote('night')).toEqual({ version: null });
    expect(await models().latest()).toEqual(before);
    expect(await reports()).toMatchObject([{ status: 'rejected', drift: null }]);
  });

  it('passes over decisions of which nobody knows any more among which offers they were made, and counts them', async () => {
    await retraining().retrain('other night');
    const { lessons, evaluation } = (await store.retrainings.find('other night')) ?? {};
    const untold = Array.from({ length: 6 }, (_, n) => [`d-00${n}7`, `d-00${n}8`])
      .flat()
      .filter((id) => chanceOf(`held-out/${id}`) < sizes.heldOut);
    expect(untold.length).toBeGreaterThan(0);
    expect(lessons?.skipped).toBe(untold.length);
    expect(evaluation?.n).toBe((lessons?.heldOut ?? 0) - untold.length);
  });
});

describe('the watch over what is in force', () => {
  beforeEach(fresh);

  async function promoted(states: { good: BanditState; bad: BanditState }, count: number): Promise<void> {
    const replaced = await putInForce(states.good);
    const version = await putInForce(states.bad);
    await store.retrainings.collection.insertOne({
      ...{ _id: 'night', at: new Date(clock), status: 'in-force', reason: 'no-worse', base: replaced },
      ...{ lessons: { learned: 0, heldOut: 0 }, evaluation: null, drift: null, calibration: null },
      promoted: { version, replaced, at: new Date(clock - 5 * day) },
    });
    await store.transaction((session) => models().keepOnly([version, replaced], session));
    await history(count, { at: now - 4 * day, settled: false });
    await foldAll();
  }

  it('goes back to what it has replaced where it does worse, with all that was learned since, once', async () => {
    const good = priorModel(featureSpace(await store.offers.list()));
    await promoted({ good, bad: await misled() }, 260);
    const before = await models().latest();
    const done = await Promise.all([retraining().watch(), retraining().watch()]);
    expect(done.filter(({ rolledBackTo }) => rolledBackTo === 1)).toHaveLength(1);
    const after = await models().latest();
    expect(after?.version).toBe((before?.version ?? 0) + 1);
    expect(after?.state.weight).toBeCloseTo(260, 6);
    expect(favourite(after?.state)).toBe('oil');
    expect(await reports()).toMatchObject([
      { status: 'rolled-back', reason: 'regressed', watched: { evaluation: { verdict: 'worse' } } },
    ]);
    expect(await retraining().watch()).toEqual({ rolledBackTo: null });
    expect((await models().latest())?.version).toBe(after?.version);
  });

  it('leaves it where little has happened since', async () => {
    const good = priorModel(featureSpace(await store.offers.list()));
    await promoted({ good, bad: await misled() }, 40);
    expect(await retraining().watch()).toEqual({ rolledBackTo: null });
    expect(await reports()).toMatchObject([
      { status: 'in-force', watched: { evaluation: { verdict: 'undecided' } } },
    ]);
  });
});
