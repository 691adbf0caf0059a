import { openRecommender, type History, type PairValues, type RecommenderState } from '../../scoring';
import type { ModelDocument } from '../../store/models';
import type { OfferDocument } from '../../store/offers';
import type { FactorsReport } from '../../store/retrainings';
import type { CustomerFacts } from './facts';

/** What was learned of which customers take which offers; nothing in it is about any one customer. */
export interface FactorsState {
  readonly recommender: RecommenderState;
  readonly report: FactorsReport;
}

/** Name under which the factors of offers are stored. */
export const factorsModel = 'offers.factors';

/**
 * What an act of a customer weighs; of several with one offer the weightiest counts. An offer that was shown and passed
 * over weighs as little as one never shown.
 */
export const interactionWeights = { viewed: 1, accepted: 4 } as const;

/** What is known of a customer's dealings with offers. */
export function historyOf({
  taken,
  showings,
}: Pick<CustomerFacts, 'taken' | 'showings'>): Map<string, number> {
  const history = new Map<string, number>();
  for (const { offerId, answered } of showings) {
    if (answered) history.set(offerId, interactionWeights.viewed);
  }
  for (const offerId of taken.keys()) history.set(offerId, interactionWeights.accepted);
  return history;
}

/**
 * How much more a customer is drawn to each offer of a catalogue than customers are on average, one signed byte each, in
 * 32nds of the spread over all customers and offers. Null where nothing is known.
 */
export type Affinities = Int8Array | null;

/** Steps of a byte in one unit of spread. */
const steps = 32;

/** Makes ready to tell the affinities of one customer after another to a catalogue's offers. */
export function affinitiesAmong(
  offers: readonly Pick<OfferDocument, '_id'>[],
  stored: Pick<ModelDocument<FactorsState>, 'state'> | null,
): (history: History) => Affinities {
  if (!stored) return () => null;
  const leaningsOf = openRecommender(stored.state.recommender).leaningsAmong(offers.map(({ _id }) => _id));
  return (history) => {
    const leanings = history.size === 0 ? null : leaningsOf(history);
    return (
      leanings &&
      Int8Array.from(leanings, (leaning) => Math.round(Math.max(-127, Math.min(127, steps * leaning))))
    );
  };
}

/** Affinities as the feature space reads them. */
export function affinityPairs(affinities: Affinities): PairValues | undefined {
  return affinities ? { affinity: Float64Array.from(affinities, (byte) => byte / steps) } : undefined;
}
