import type { Locale } from '../../domain/locale';
import type { Slot } from '../../domain/offers';
import {
  arbitrate,
  estimateCandidates,
  explain,
  explainFactors,
  seededRandom,
  type ArbitrationOffer,
} from '../../scoring';
import type { DecisionDocument } from '../../store/decisions';
import type { OfferDocument } from '../../store/offers';
import { rejectingRule } from './eligibility';
import type { CustomerFacts } from './facts';
import { customerInput, offerInput } from './features';
import { named } from './model';
import type { Readiness } from './ready';

export interface ChooseRequest {
  /** The decision's id; all chance in the choice follows from it. */
  readonly id: string;
  readonly slot: Slot;
  readonly count: number;
  readonly business: { readonly timeZone: string; readonly locale: Locale; readonly currency: string };
}

export interface Choice {
  readonly document: Pick<DecisionDocument, 'input' | 'shown' | 'candidates' | 'rejected'>;
  /** By offer id, why it was chosen, in words. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
}

/** Share of decisions that are drawn uniformly, so that every offer's chance is above 0 and can be learned from. */
const exploringShare = 0.01;

/** Draws behind the logged chance of a choice: its standard error is at most 3%, and 5% among very many offers. */
const drawsAmong = (offers: number) => Math.min(300, Math.max(100, Math.round(30_000 / offers)));

const day = 86_400_000;

/** Chooses among a catalogue for a customer: rules, then propensity, then arbitration. Reads and writes nothing. */
export function choose(ready: Readiness, facts: CustomerFacts, request: ChooseRequest): Choice {
  const { model, space } = ready;
  const { id, slot, count, business } = request;
  const input = customerInput(facts, slot, business);
  const rejected: { offerId: string; rule: string }[] = [];
  const admitted: ArbitrationOffer[] = [];
  for (const offer of ready.offers) {
    const rule = rejectingRule(offer, facts, { slot, currency: business.currency });
    if (rule === undefined) {
      admitted.push(termsOf(offer, slot, space.encode({ ...input, offer: offerInput(offer) })));
    } else rejected.push({ offerId: offer._id, rule });
  }

  const { chosen, rejected: screened } = arbitrate(model, admitted, {
    random: seededRandom(id),
    tieSeed: id,
    count,
    floor: exploringShare,
    draws: drawsAmong(admitted.length),
    now: facts.now,
    showings: facts.showings,
  });
  rejected.push(...screened.map(({ id: offerId, rule }) => ({ offerId, rule })));

  const out = new Set(screened.map(({ id: offerId }) => offerId));
  const candidates = admitted.filter((offer) => !out.has(offer.id));
  const features = new Map(candidates.map((offer) => [offer.id, offer.features]));
  return {
    document: {
      input: { customer: input.customer, context: input.context },
      candidates: estimateCandidates(model, candidates).map(({ id: offerId, mean, deviation }) => ({
        offerId,
        propensity: clamp(mean),
        deviation,
      })),
      shown: chosen.map((choice) => ({
        offerId: choice.id,
        score: choice.score,
        propensity: choice.propensity,
        value: choice.factors.value,
        factors: choice.factors,
        probability: choice.probability,
        probabilityError: choice.probabilityError,
        explored: choice.explored,
        features: named(space.names, features.get(choice.id) ?? []),
        contributions: named(space.names, choice.contributions).sort(
          ([, a], [, b]) => Math.abs(b) - Math.abs(a),
        ),
      })),
      rejected,
    },
    reasons: new Map(
      chosen.map((choice) => [
        choice.id,
        [
          ...explain(choice.contributions, space, { locale: business.locale }).map(({ words }) => words),
          ...explainFactors(choice.factors, business.locale),
        ],
      ]),
    ),
  };
}

function termsOf(offer: OfferDocument, slot: Slot, features: Float64Array): ArbitrationOffer {
  const { _id, value, lever, slotWeights, stock, budget, cap, group, taken } = offer;
  return {
    id: _id,
    features,
    value: value.amount,
    lever,
    contextWeight: slotWeights[slot] ?? 1,
    ...(stock === undefined ? {} : { stock: stock - taken }),
    ...(budget ? { budget: { remaining: budget.total - budget.cost * taken, cost: budget.cost } } : {}),
    ...(cap ? { cap: { times: cap.times, within: cap.days * day } } : {}),
    ...(group === undefined ? {} : { group }),
  };
}

const clamp = (probability: number) => Math.min(Math.max(probability, 0), 1);
