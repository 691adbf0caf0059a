import type { ClientSession } from 'mongodb';
import type { OutcomeDocument } from '../../store/outcomes';
import type { Store } from '../../store/store';
import { featureSpace } from '../decisions/features';
import { offerModels, widened } from '../decisions/model';
import { isSeen, readReach } from '../decisions/reach';
import { modelFor } from '../decisions/ready';
import { fadedTo, fadingOf, learn, type Lesson } from './lessons';

/** What one call of {@link LearningActivities.foldOutcomes} did. */
export interface FoldReport {
  /** Decisions whose window was over; shown offers of which nothing had been heard count as ignored. */
  readonly settled: number;
  readonly folded: number;
  /** Version of the model that holds the outcomes folded; null where there were none. */
  readonly version: number | null;
  /** Something was left for another call. */
  readonly more: boolean;
}

/** What the learning workflow calls. */
export interface LearningActivities {
  /**
   * Folds a batch of outcomes into the model, in their order, each exactly once: in one transaction they are marked as
   * folded and the version of the model that holds them is added. A crash at any instant does all of it or nothing, and
   * of two workers at once one begins again after the other.
   */
  readonly foldOutcomes: () => Promise<FoldReport>;
}

interface Batch {
  readonly decisions: number;
  readonly outcomes: number;
}

/**
 * @param batch the most that one call settles and folds
 */
export function createLearning({
  store,
  now = Date.now,
  batch = { decisions: 500, outcomes: 500 },
}: {
  readonly store: Store;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly batch?: Batch;
}): LearningActivities {
  const { decisions, outcomes, offers, holds, messages, transaction } = store;
  const models = offerModels(store);

  /** Settling twice is settling once: an outcome that is there stays, so a crash in between is made good next time. */
  async function settle(): Promise<number> {
    const at = new Date(now());
    const due = await decisions.due(at, batch.decisions);
    const reachOf = await readReach(messages, [...new Set(due.map(({ customerId }) => customerId))]);
    await outcomes.recordIgnored(
      due.flatMap((decision) =>
        decision.shown
          .filter(({ offerId }) => isSeen(reachOf(decision, offerId)))
          .map(({ offerId }) => ({ decisionId: decision._id, offerId, customerId: decision.customerId })),
      ),
      at,
    );
    await decisions.markSettled(due.map(({ _id }) => _id));
    return due.length;
  }

  /** Pieces that were held for customers who have let their time go by can be had again. */
  async function release(): Promise<number> {
    const at = new Date(now());
    const over = await holds.expired(at, batch.decisions);
    if (over.length === 0) return 0;
    await transaction((session) => holds.releaseExpired(over, at, session));
    offers.expire();
    return over.length;
  }

  async function fold(session: ClientSession): Promise<{ folded: number; version: number | null }> {
    const pending = await outcomes.pending(batch.outcomes, session);
    if (pending.length === 0) return { folded: 0, version: null };
    const stored = await models.latest(session);
    const lessons = await readLessons(pending, session);
    const columns = lessons.flatMap(({ features }) => features.map(([name]) => name));
    const known = widened(modelFor(featureSpace((await offers.current()).offers), stored), columns);
    const at = new Date(now());
    const faded = fadingOf(stored?.faded ?? stored?.at, at);
    const before = fadedTo(known, stored?.faded ?? stored?.at ?? faded, faded);
    const after = lessons.reduce((state, lesson) => learn(state, lesson, faded), before);
    const version = await models.add(stored?.version ?? 0, after, {
      at,
      faded,
      ...(stored?.origin !== undefined && { origin: stored.origin }),
      session,
    });
    await outcomes.markFolded(pending, { version, at: faded }, session);
    return { folded: pending.length, version };
  }

  /** Outcomes with what their offers were scored with; those whose decision was erased teach nothing. */
  async function readLessons(pending: readonly OutcomeDocument[], session: ClientSession): Promise<Lesson[]> {
    const shown = await decisions.shownBy([...new Set(pending.map(({ decisionId }) => decisionId))], session);
    return pending.flatMap((outcome) => {
      const offer = shown.get(outcome.decisionId)?.find(({ offerId }) => offerId === outcome.offerId);
      return offer ? [{ outcome, features: offer.features }] : [];
    });
  }

  return {
    async foldOutcomes() {
      const settled = await settle();
      const released = await release();
      const { folded, version } = await transaction(fold);
      if (version !== null) await models.settle(version);
      return {
        settled,
        folded,
        version,
        more: settled === batch.decisions || released === batch.decisions || folded === batch.outcomes,
      };
    },
  };
}
