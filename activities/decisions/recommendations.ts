import { offerPolicy } from '../../domain/offer-policy';
import type { Slot } from '../../domain/offers';
import { openRecommender, screenOffers } from '../../scoring';
import type { Store } from '../../store/store';
import { factorsModel, historyOf, type FactorsState } from './affinity';
import { remainderOf } from './choose';
import { rejectingRule } from './eligibility';
import { readFacts } from './facts';
import { termsOf } from './ready';

/** Offers for a customer by what similar customers took. */
export interface Recommendations {
  /** By whose acts they are ordered: those of similar customers, or of all where nothing of this one's is known. */
  readonly basis: 'affinity' | 'popularity';
  /** Best first. `score` is the affinity, or how many customers took the offer over the most that took any. */
  readonly offers: readonly { readonly offerId: string; readonly score: number }[];
}

const day = 86_400_000;

/**
 * Recommends offers that a decision could choose and that the customer has not looked at or taken, without deciding:
 * nothing is stored, held or learned from. Null where there is no such customer.
 */
export function createRecommendations({
  store,
  currency,
  now = Date.now,
}: {
  readonly store: Store;
  readonly currency: string;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
}): (request: {
  readonly customerId: string;
  readonly slot: Slot;
  readonly count: number;
}) => Promise<Recommendations | null> {
  const factors = store.models.of<FactorsState>(factorsModel);
  return async ({ customerId, slot, count }) => {
    const [{ offers, used }, learned] = await Promise.all([store.offers.current(), factors.current()]);
    const facts = await readFacts(store, customerId, { offers, now: now() });
    if (!facts) return null;
    const { customerCap, minimumValue } = offerPolicy;
    const history = historyOf(facts);
    const open = offers
      .filter(
        (offer) => !history.has(offer._id) && rejectingRule(offer, facts, { slot, currency }) === undefined,
      )
      .map((offer) => ({
        ...termsOf(offer, slot),
        ...(facts.held.has(offer._id) ? {} : remainderOf(offer, used.get(offer._id) ?? 0)),
      }));
    const { eligible } = screenOffers(open, {
      now: facts.now,
      showings: facts.showings,
      customerCap: { times: customerCap.times, within: customerCap.days * day },
      minimumValue,
    });
    const recommender = learned && openRecommender(learned.state.recommender);
    const mine = recommender?.foldIn(history);
    const isKnown = mine?.some((value) => value !== 0) === true;
    const popular = new Map(
      recommender?.popular(new Map(), Infinity).map(({ id, score }) => [id, score] as const),
    );
    const scored = eligible.map(({ offer: { id: offerId } }) => ({
      offerId,
      score: (mine && isKnown ? recommender?.affinity(mine, offerId) : popular.get(offerId)) ?? 0,
    }));
    return {
      basis: isKnown ? 'affinity' : 'popularity',
      offers: scored
        .toSorted((a, b) => b.score - a.score || (a.offerId < b.offerId ? -1 : 1))
        .slice(0, count),
    };
  };
}
