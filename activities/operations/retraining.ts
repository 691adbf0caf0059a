import type { ClientSession } from 'mongodb';
import { chanceOf } from '../../domain/chance';
import { customerTime } from '../../domain/clock';
import { retireOffers, unlearnBandit, updateBandit, type BanditState, type Outcome } from '../../scoring';
import type { ModelDocument } from '../../store/models';
import type { HeldOutcome } from '../../store/outcomes';
import { outcomeId } from '../../store/outcomes';
import type { PolicyEvaluation, RetrainingDocument } from '../../store/retrainings';
import type { Store } from '../../store/store';
import { offerModels, vectorOf, widened } from '../decisions/model';
import { reordered } from '../decisions/reordered';
import { isSeen, readReach } from '../decisions/reach';
import { fadedTo, halfLife, learn, weightAt } from './lessons';
import { valueOnDecisions, type KnownDecision } from './judging';
import { learnAnew } from './recipe';
import { calibrationReport, driftOf, type DecidedLesson } from './reports';

/** What the retraining workflow calls. Each may be called again with the same input and then acts only once. */
export interface RetrainingActivities {
  /**
   * Learns anew from all that the model holds, values the result on decisions that neither it nor the model in force has
   * learned from, and stores it as a candidate with what it was found to be.
   *
   * @returns whether the candidate may be put in force
   */
  readonly retrain: (night: string) => Promise<{ readonly promising: boolean; readonly reason: string }>;
  /** Puts a candidate in force, with the outcomes folded in since it learned. */
  readonly promote: (night: string) => Promise<{ readonly version: number | null }>;
  /** Goes back to what the model in force has replaced, where it has done worse on the decisions since. */
  readonly watch: () => Promise<{ readonly rolledBackTo: number | null }>;
}

const day = 86_400_000;

/** How far back is learned from: what is older weighs less than a sixteenth. */
const lookBack = 4 * halfLife;

/** How long after a decision, on the customer's clock, an acceptance counts for the watch: long enough for most. */
const watchWindow = 3 * day;

interface Sizes {
  /** The most outcomes that are learned from. */
  readonly outcomes: number;
  /** Share of the decisions that a candidate is judged by before it learns from them. */
  readonly heldOut: number;
  /** The most decisions that a version in force is watched by. */
  readonly watched: number;
  /** Milliseconds for which a promoted version is watched before another may take its place. */
  readonly probation: number;
}

/** Retrains the model of acceptance, and guards what is in force. */
export function createRetraining({
  store,
  now = Date.now,
  sizes = { outcomes: 20_000, heldOut: 0.25, watched: 4_000, probation: 7 * day },
}: {
  readonly store: Store;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly sizes?: Sizes;
}): RetrainingActivities {
  const { decisions, outcomes, offers, messages, retrainings, catalogues, transaction } = store;
  const models = offerModels(store);
  const candidates = offerModels(store, 'offers.candidates');

  async function readLessons(held: readonly HeldOutcome[]): Promise<DecidedLesson[]> {
    const ids = [...new Set(held.map(({ decisionId }) => decisionId))];
    const found = new Map((await decisions.findMany(ids)).map((decision) => [decision._id, decision]));
    return held.flatMap((outcome) => {
      const decision = found.get(outcome.decisionId);
      const shown = decision?.shown.find(({ offerId }) => offerId === outcome.offerId);
      return decision && shown ? [{ outcome, decision, shown }] : [];
    });
  }

  /** Folds into a model what other versions have learned since one. */
  async function caughtUp(
    state: BanditState,
    { after, faded, to }: { after: number; faded: Date; to: Date },
    session: ClientSession,
  ): Promise<BanditState> {
    const later = await outcomes.heldAfter(after, new Date(now() - lookBack), session);
    const shown = await decisions.shownBy([...new Set(later.map(({ decisionId }) => decisionId))], session);
    const lessons = later.flatMap((outcome) => {
      const offer = shown.get(outcome.decisionId)?.find(({ offerId }) => offerId === outcome.offerId);
      return offer ? [{ outcome, features: offer.features }] : [];
    });
    const wide = widened(
      fadedTo(state, faded, to),
      lessons.flatMap(({ features }) => features.map(([name]) => name)),
    );
    return lessons.reduce((known, { outcome, features }) => {
      const { folded, offerId, reward } = outcome;
      // Only an acceptance corrects, and only silence or a refusal is corrected.
      if (folded.since <= after) {
        const before = { reward: 0 as const, version: after, since: folded.since, at: folded.at };
        return learn(known, { outcome: { offerId, reward, folded: before }, features }, to);
      }
      const vector = vectorOf(known.features, features);
      return updateBandit(known, [
        { id: offerId, features: vector, reward: folded.reward, weight: weightAt(folded.at, to) },
      ]);
    }, wide);
  }

  /** What is known of the decisions made since an instant, as soon as it can be known of all alike. */
  async function knownSince(instant: Date): Promise<KnownDecision[]> {
    const made = (await decisions.since(instant, sizes.watched)).filter(({ at, clock, shown }) => {
      const age = customerTime(clock, now()) - customerTime(clock, at.getTime());
      return shown.length > 0 && age >= watchWindow;
    });
    const [reachOf, found] = await Promise.all([
      readReach(messages, [...new Set(made.map(({ customerId }) => customerId))]),
      outcomes.findMany(made.map(({ _id, shown }) => outcomeId(_id, shown[0]?.offerId ?? ''))),
    ]);
    const byId = new Map(found.map((outcome) => [outcome._id, outcome]));
    return made.flatMap((decision) => {
      const { _id, clock, at, shown } = decision;
      const offerId = shown[0]?.offerId ?? '';
      if (!isSeen(reachOf(decision, offerId))) return [];
      const outcome = byId.get(outcomeId(_id, offerId));
      const took =
        outcome?.kind === 'accepted' &&
        customerTime(clock, outcome.at.getTime()) - customerTime(clock, at.getTime()) <= watchWindow;
      return [{ decision, reward: took ? (1 as const) : (0 as const) }];
    });
  }

  async function candidateOf(base: ModelDocument<BanditState>, lessons: readonly DecidedLesson[]) {
    const faded = fadedAt(base);
    const incumbent = widened(
      base.state,
      lessons.flatMap(({ shown }) => shown.features.map(([name]) => name)),
    );
    const asOutcome = ({ outcome, shown }: DecidedLesson): Outcome => ({
      id: outcome.offerId,
      features: vectorOf(incumbent.features, shown.features),
      reward: outcome.folded.reward,
      weight: weightAt(outcome.folded.at, faded),
    });
    const isHeldOut = ({ decision: { _id } }: DecidedLesson) => chanceOf(`held-out/${_id}`) < sizes.heldOut;
    const kept = lessons.filter((lesson) => !isHeldOut(lesson)).map(asOutcome);
    const apart = lessons.filter(isHeldOut);
    const { state, recipe } = learnAnew(incumbent, kept);
    const current = new Set((await offers.list()).map(({ _id }) => _id));
    const gone = new Set(incumbent.offers.map(({ id }) => id).filter((id) => !current.has(id)));
    return {
      recipe,
      learned: state,
      whole: retireOffers(updateBandit(state, apart.map(asOutcome)), gone),
      incumbentWithout: unlearnBandit(incumbent, apart.map(asOutcome)),
      apart,
      kept: kept.length,
    };
  }

  return {
    async retrain(night) {
      const done = await retrainings.find(night);
      if (done) return { promising: done.status === 'candidate', reason: done.reason };
      const base = await models.latest();
      if (!base) return { promising: false, reason: 'nothing-learned' };
      const held = await outcomes.held(new Date(now() - lookBack), sizes.outcomes);
      const lessons = await readLessons(held.filter(({ folded }) => folded.version <= base.version));
      const made = await candidateOf(base, lessons);
      const judgeable = made.apart
        .filter(({ decision, shown }) => decision.settlesAt === undefined && decision.shown[0] === shown)
        .map(({ decision, outcome }): KnownDecision => ({ decision, reward: outcome.folded.reward }));
      const { evaluation, skipped } = await valueOnDecisions(store, judgeable, {
        candidate: made.learned,
        incumbent: made.incumbentWithout,
        seed: night,
      });
      const inForce = await retrainings.inForce();
      const onProbation =
        inForce?.promoted !== undefined && now() - inForce.promoted.at.getTime() < sizes.probation;
      const reason = reasonOf(evaluation, onProbation);
      const promising = reason === 'no-worse';
      const report: RetrainingDocument = {
        _id: night,
        at: new Date(now()),
        status: promising ? 'candidate' : 'rejected',
        reason,
        base: base.version,
        lessons: { learned: made.kept, heldOut: judgeable.length, skipped },
        recipe: made.recipe,
        evaluation,
        drift: driftOf(lessons),
        calibration: calibrationReport(lessons),
      };
      const candidate = await transaction(async (session) => {
        const last = (await candidates.latest(session))?.version ?? 0;
        const version = await candidates.add(last, made.whole, {
          at: report.at,
          faded: fadedAt(base),
          origin: night,
          session,
        });
        await retrainings.add({ ...report, candidate: version }, session);
        return version;
      });
      await candidates.settle(candidate, 2);
      await catalogues.forgetBefore(new Date(now() - lookBack));
      return { promising, reason };
    },

    async promote(night) {
      const version = await transaction(async (session) => {
        const retraining = await retrainings.find(night, session);
        if (retraining?.status !== 'candidate') return retraining?.promoted?.version ?? null;
        const [latest, candidate] = [
          await models.latest(session),
          await candidates.find(retraining.candidate ?? 0, session),
        ];
        if (!latest || !candidate) return null;
        const at = new Date(now());
        const faded = fadedAt(latest);
        const state = await caughtUp(
          candidate.state,
          { after: retraining.base, faded: fadedAt(candidate), to: faded },
          session,
        );
        const before = await retrainings.inForce(session);
        if (before) {
          await retrainings.change(before._id, { status: 'superseded', reason: 'replaced' }, session);
        }
        const added = await models.add(latest.version, state, { at, faded, origin: night, session });
        await models.keepOnly([latest.version, added], session);
        const promoted = { version: added, replaced: latest.version, at };
        await retrainings.change(night, { status: 'in-force', promoted }, session);
        return added;
      });
      if (version !== null) await models.settle(version);
      return { version };
    },

    async watch() {
      const retraining = await retrainings.inForce();
      if (!retraining?.promoted) return { rolledBackTo: null };
      const { promoted } = retraining;
      const [mine, replaced] = [await models.find(promoted.version), await models.find(promoted.replaced)];
      if (!mine || !replaced) return { rolledBackTo: null };
      const columns = [...mine.state.features, ...replaced.state.features];
      const candidate = widened(mine.state, columns);
      const incumbent = reordered(widened(replaced.state, columns), candidate.features);
      const { evaluation } = await valueOnDecisions(store, await knownSince(promoted.at), {
        candidate,
        incumbent,
        seed: retraining._id,
      });
      if (!evaluation) return { rolledBackTo: null };
      await retrainings.change(retraining._id, { watched: { at: new Date(now()), evaluation } });
      if (evaluation.verdict !== 'worse') return { rolledBackTo: null };
      const version = await transaction(async (session) => {
        const standing = await retrainings.inForce(session);
        const latest = await models.latest(session);
        if (standing?._id !== retraining._id || !latest) return null;
        const faded = fadedAt(latest);
        const state = await caughtUp(
          replaced.state,
          { after: replaced.version, faded: fadedAt(replaced), to: faded },
          session,
        );
        const added = await models.add(latest.version, state, {
          at: new Date(now()),
          faded,
          ...(replaced.origin !== undefined && { origin: replaced.origin }),
          session,
        });
        await models.keepOnly([], session);
        await retrainings.change(retraining._id, { status: 'rolled-back', reason: 'regressed' }, session);
        return added;
      });
      if (version !== null) await models.settle(version);
      return { rolledBackTo: version === null ? null : replaced.version };
    },
  };
}

const fadedAt = ({ faded, at }: Pick<ModelDocument, 'faded' | 'at'>): Date => faded ?? at;

/** The rule: a candidate is put in force only where the evaluation says that it is better or no worse. */
function reasonOf(evaluation: PolicyEvaluation | null, onProbation: boolean): string {
  if (!evaluation) return 'nothing-to-judge-by';
  if (onProbation) return 'probation';
  switch (evaluation.verdict) {
    case 'better':
    case 'no worse':
      return 'no-worse';
    case 'worse':
      return 'worse';
    case 'undecided':
      return evaluation.gaps[0] ?? 'undecided';
    default:
      return evaluation.verdict satisfies never;
  }
}
