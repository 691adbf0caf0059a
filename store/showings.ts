import type { Collection, Db } from 'mongodb';
import type { DecisionDocument } from './decisions';
import { isDuplicate } from './duplicates';
import { outcomeId } from './outcomes';

/** A decision as far as later ones must know it. */
export type PastDecision = Pick<DecisionDocument, '_id' | 'enrolmentId' | 'at' | 'viewed'> & {
  readonly shown: readonly { readonly offerId: string }[];
};

/** What decisions of one week chose for one customer: so much as the next must know of it, in one small document. */
interface ShownWeek {
  /** `<customerId>/<week>`. */
  readonly _id: string;
  readonly customerId: string;
  /** Weeks since 1970, of real time. */
  readonly week: number;
  /** When the latest was made. */
  readonly at: Date;
  readonly decisions: readonly ShownThen[];
  /** What the customer looked at, as {@link outcomeId}. */
  readonly viewed?: readonly string[];
}

interface ShownThen {
  readonly id: string;
  readonly at: Date;
  readonly offers: readonly string[];
  readonly enrolmentId?: string;
}

const week = 7 * 86_400_000;
const weekOf = (at: Date): number => Math.floor(at.getTime() / week);
const idOf = ({ customerId, at }: Pick<DecisionDocument, 'customerId' | 'at'>): string =>
  `${customerId}/${weekOf(at)}`;

/**
 * What each customer was shown. A decision tells of it after it is stored and before its choice is given, so whatever was
 * given is here; telling it again changes nothing. Reading it costs a small document for each week, however many
 * decisions there were.
 */
export function showingCollection(db: Db) {
  const collection: Collection<ShownWeek> = db.collection('showings');

  const add = async (decision: DecisionDocument): Promise<void> => {
    const { _id: id, customerId, at, shown, enrolmentId, viewed = [], withheld } = decision;
    if (withheld || shown.length === 0) return;
    const offers = shown.map(({ offerId }) => offerId);
    const entry: ShownThen = { id, at, offers, ...(enrolmentId !== undefined && { enrolmentId }) };
    const seen = viewed.map((offerId) => outcomeId(id, offerId));
    const write = () =>
      collection.updateOne(
        { _id: idOf(decision) },
        {
          $addToSet: { decisions: entry, ...(seen.length > 0 && { viewed: { $each: seen } }) },
          $max: { at },
          $setOnInsert: { customerId, week: weekOf(at) },
        },
        { upsert: true },
      );
    // Two at once may both find that the week is not there; the later one then finds it.
    await write().catch((error: unknown) => {
      if (!isDuplicate(error)) throw error;
      return write();
    });
  };

  return {
    collection,
    async ensureIndexes() {
      await collection.createIndexes([{ key: { customerId: 1, week: 1 } }, { key: { at: 1 } }]);
    },
    /** Takes in what a decision that stands has chosen. */
    add,
    /** What a customer was shown since an instant, latest first. */
    async since(customerId: string, since: Date): Promise<PastDecision[]> {
      const weeks = await collection.find({ customerId, week: { $gte: weekOf(since) } }).toArray();
      const viewed = new Set(weeks.flatMap((one) => one.viewed ?? []));
      return weeks
        .flatMap((one) => one.decisions)
        .filter(({ at }) => at >= since)
        .sort((a, b) => b.at.getTime() - a.at.getTime())
        .map(({ id, offers, ...rest }) => ({
          ...rest,
          _id: id,
          shown: offers.map((offerId) => ({ offerId })),
          viewed: offers.filter((offerId) => viewed.has(outcomeId(id, offerId))),
        }));
    },
    /** Notes that the customer looked at an offer that a decision chose. */
    async markViewed(decision: Pick<DecisionDocument, '_id' | 'customerId' | 'at'>, offerId: string) {
      await collection.updateOne(
        { _id: idOf(decision) },
        { $addToSet: { viewed: outcomeId(decision._id, offerId) } },
      );
    },
    forget: (customerId: string) => collection.deleteMany({ customerId }),
  };
}
