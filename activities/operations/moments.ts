import type { ClientSession } from 'mongodb';
import { groupBy } from '../../domain/group-by';
import { countMoment, type MomentCounts } from '../../scoring';
import { progress, type LearnedMessage } from '../../store/messages';
import type { Store } from '../../store/store';
import { everyonesMoments, fadedCounts, type Moments } from '../best-time/counts';

/** What one call of {@link MomentLearningActivities.foldMoments} did. */
export interface MomentReport {
  /** Messages that were looked at. */
  readonly settled: number;
  /** Those of them that were sent, and count. */
  readonly folded: number;
  /** Something was left for another call. */
  readonly more: boolean;
}

/** What the learning workflow calls beside learning from outcomes. */
export interface MomentLearningActivities {
  /**
   * Counts a batch of messages at the hour and on the channel at which they went, with whether they were answered, each
   * exactly once: for everyone together and for the customer, in one transaction that also takes the lesson from the
   * message. A crash at any instant does all of it or nothing, and of two workers at once one begins again.
   */
  readonly foldMoments: () => Promise<MomentReport>;
}

/** States in which a message has come to the person: it could have been answered. */
const arrived: ReadonlySet<string> = new Set(progress.filter((state) => state !== 'bounced'));

/** A click or a reply. Not an opening, which mail programs make by themselves, and not what ended in a complaint. */
const isAnswered = ({ state, clickedAt, repliedAt }: LearnedMessage): boolean =>
  state !== 'complained' && (clickedAt !== undefined || repliedAt !== undefined);

const counted = (counts: MomentCounts, message: LearnedMessage): MomentCounts =>
  countMoment(
    counts,
    { channel: message.channel, hour: message.lesson.hour },
    { answered: isAnswered(message) },
  );

/**
 * @param batch the most messages that one call counts
 */
export function createMomentLearning({
  store,
  now = Date.now,
  batch = 500,
}: {
  readonly store: Pick<Store, 'messages' | 'models' | 'moments' | 'transaction'>;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly batch?: number;
}): MomentLearningActivities {
  const { messages, moments, transaction } = store;
  const everyone = store.models.of<Moments>(everyonesMoments);

  async function learnEveryones(sent: readonly LearnedMessage[], at: Date, session: ClientSession) {
    const stored = await everyone.latest(session);
    const counts = sent.reduce(counted, fadedCounts(stored?.state.counts ?? [], stored?.faded ?? at, at));
    return everyone.add(stored?.version ?? 0, { counts }, { at, faded: at, session });
  }

  async function learnCustomers(sent: readonly LearnedMessage[], at: Date, session: ClientSession) {
    const byCustomer = groupBy(sent, ({ customerId }) => customerId);
    const known = await moments.findMany([...byCustomer.keys()], session);
    const learned = [...byCustomer].map(([_id, theirs]) => {
      const before = known.get(_id);
      const counts = theirs.reduce(counted, fadedCounts(before?.counts ?? [], before?.faded ?? at, at));
      return { _id, counts, faded: at };
    });
    await moments.saveMany(learned, session);
  }

  async function fold(session: ClientSession) {
    const at = new Date(now());
    const due = await messages.lessonsDue(at, batch, session);
    const sent = due.filter(({ state }) => arrived.has(state));
    let version: number | null = null;
    if (sent.length > 0) {
      version = await learnEveryones(sent, at, session);
      await learnCustomers(sent, at, session);
    }
    await messages.markLearned(
      due.map(({ _id }) => _id),
      at,
      session,
    );
    return { settled: due.length, folded: sent.length, version };
  }

  return {
    async foldMoments() {
      const { settled, folded, version } = await transaction(fold);
      if (version !== null) await everyone.settle(version);
      return { settled, folded, more: settled === batch };
    },
  };
}
