import { customerTime, realTime } from '../../domain/clock';
import { usualHoldDays } from '../../domain/offer-schemas';
import type { DecisionDocument } from '../../store/decisions';
import type { Shortage } from '../../store/holds';
import type { OfferDocument } from '../../store/offers';
import type { Store } from '../../store/store';

const day = 86_400_000;

/** What became of a decision that was to be stored: the one that stands, or what there was not enough of. */
export type Recorded =
  | { readonly decision: DecisionDocument; readonly lacking?: never }
  | {
      readonly decision?: never;
      readonly lacking: { readonly offerId: string; readonly shortage: Shortage };
    };

/**
 * Stores decisions, and tells later ones of them; with one that shows limited offers, in one transaction, a piece of each is
 * held. Nothing is stored or held where one of them is short. One decision after the other about the same offer in this process: the database
 * would let but one of them through at a time, and have the others begin again.
 *
 * @param limited those of the offers shown that have a stock or a budget
 */
export function createRecord({
  decisions,
  holds,
  offers,
  showings,
  transaction,
}: Pick<Store, 'decisions' | 'holds' | 'offers' | 'showings' | 'transaction'>): (
  decision: DecisionDocument,
  limited: readonly OfferDocument[],
) => Promise<Recorded> {
  const inTurn = turns();

  async function hold(decision: DecisionDocument, limited: readonly OfferDocument[]): Promise<Recorded> {
    const { customerId, clock, at } = decision;
    const customersNow = customerTime(clock, at.getTime());
    let lacking: Recorded['lacking'];
    const stands = await decisions.record(decision, () =>
      transaction(async (session) => {
        lacking = undefined;
        await decisions.collection.insertOne(decision, { session });
        for (const { _id: offerId, holdDays = usualHoldDays } of limited) {
          const until = new Date(realTime(clock, customersNow + holdDays * day));
          const shortage = await holds.take({ offerId, customerId, until }, session);
          if (!shortage) continue;
          lacking = { offerId, shortage };
          await session.abortTransaction();
          return;
        }
      }),
    );
    offers.expire();
    return lacking ? { lacking } : { decision: stands };
  }

  async function store(decision: DecisionDocument, limited: readonly OfferDocument[]): Promise<Recorded> {
    const [first] = limited;
    if (!first) return { decision: await decisions.record(decision) };
    const ordered = limited.toSorted((a, b) => (a._id < b._id ? -1 : 1));
    return inTurn(first._id, () => hold(decision, ordered));
  }

  return async (decision, limited) => {
    const recorded = await store(decision, limited);
    if (recorded.decision) await showings.add(recorded.decision);
    return recorded;
  };
}

/** Does work of one key one after the other. */
function turns(): <Result>(key: string, work: () => Promise<Result>) => Promise<Result> {
  const last = new Map<string, Promise<unknown>>();
  return (key, work) => {
    const before = last.get(key) ?? Promise.resolve();
    const mine = before.catch(() => undefined).then(work);
    last.set(key, mine);
    const done = () => {
      if (last.get(key) === mine) last.delete(key);
    };
    mine.then(done, done);
    return mine;
  };
}
