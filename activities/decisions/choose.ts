import type { Locale } from '../../domain/locale';
import { offerPolicy, type OfferPolicy } from '../../domain/offer-policy';
import type { Slot } from '../../domain/offers';
import { arbitrateAmong, explain, explainFactors, seededRandom, type OfferTerms } from '../../scoring';
import {
  packAffinities,
  packFates,
  packFatigue,
  type DecisionDocument,
  type Field,
} from '../../store/decisions';
import type { Shortage } from '../../store/holds';
import type { OfferDocument } from '../../store/offers';
import { affinityPairs, historyOf } from './affinity';
import { rejectingRule } from './eligibility';
import { isLimited, type CustomerFacts } from './facts';
import { customerInput } from './features';
import { named } from './model';
import type { Readiness } from './ready';

export interface ChooseRequest {
  /** The decision's id; all chance in the choice follows from it. */
  readonly id: string;
  readonly slot: Slot;
  readonly count: number;
  /** The list does not repeat offers of one group where others come near. */
  readonly diverse?: boolean;
  /** {@link offerPolicy} by default. */
  readonly policy?: OfferPolicy;
  /** How many pieces of each offer are taken or held; none where nothing is said. */
  readonly used?: ReadonlyMap<string, number>;
  /** Offers that were found to be short since, with the rule that says so. */
  readonly short?: ReadonlyMap<string, Shortage>;
  readonly business: { readonly timeZone: string; readonly locale: Locale; readonly currency: string };
}

export interface Choice {
  readonly document: Pick<DecisionDocument, 'input' | 'shown' | 'candidates'> & {
    readonly field: Field;
  };
  /** Every offer that was out, with the rule that kept it out, in the catalogue's order. */
  readonly rejected: readonly { readonly offerId: string; readonly rule: string }[];
  /** By offer id, why it was chosen, in words. */
  readonly reasons: ReadonlyMap<string, readonly string[]>;
}

/** Share of decisions that are drawn uniformly, so that every offer's chance is above 0 and can be learned from. */
export const exploringShare = 0.01;

/** Draws behind the logged chance of a choice: its standard error is at most 3%, and 5% among very many offers. */
const drawsAmong = (offers: number) => Math.min(300, Math.max(100, Math.round(30_000 / offers)));

const day = 86_400_000;

/** How many of the best offers a decision tells of, chosen or not. */
const candidatesTold = 20;

/** Chooses among a catalogue for a customer: rules, then propensity, then arbitration. Reads and writes nothing. */
export function choose(ready: Readiness, facts: CustomerFacts, request: ChooseRequest): Choice {
  const { model, space, offers } = ready;
  const { id, slot, count, diverse, business, used, short } = request;
  const { customerCap, minimumValue, repeat } = request.policy ?? offerPolicy;
  const input = customerInput(facts, slot, business);
  const affinities = ready.affinitiesOf(historyOf(facts));
  const encode = ready.encoder(input, affinityPairs(affinities));
  const considered = (offer: OfferDocument, terms: OfferTerms) => ({
    rule: short?.get(offer._id) ?? rejectingRule(offer, facts, { slot, currency: business.currency }),
    its:
      isLimited(offer) && !facts.held.has(offer._id)
        ? { ...terms, ...remainderOf(offer, used?.get(offer._id) ?? 0) }
        : terms,
  });
  const fates: (string | undefined)[] = [];
  const admitted: OfferTerms[] = [];
  const places: number[] = [];
  ready.standings(slot).forEach(({ terms, isAbsent, openIn }, index) => {
    const offer = offers[index];
    const { rule, its } =
      isAbsent || openIn === business.currency || !offer
        ? { rule: isAbsent ? 'slot' : undefined, its: terms }
        : considered(offer, terms);
    fates.push(rule);
    if (rule !== undefined) return;
    admitted.push(its);
    places.push(index);
  });
  const write = (index: number, into: Float64Array, at: number) => encode(places[index] ?? 0, into, at);

  const { chosen, leading, rejected, eligible } = arbitrateAmong(
    model,
    { offers: admitted, write },
    {
      random: seededRandom(id),
      tieSeed: id,
      count,
      floor: exploringShare,
      draws: drawsAmong(admitted.length),
      leading: candidatesTold,
      now: facts.now,
      showings: facts.showings,
      customerCap: { times: customerCap.times, within: customerCap.days * day },
      minimumValue,
      ...(diverse === true && { diversity: { repeat } }),
    },
  );
  for (const { id: offerId, rule } of rejected) fates[ready.place(offerId)] = rule;
  const fatigue = fates.map((): number | undefined => undefined);
  for (const { index, factors } of eligible) {
    if (factors.fatigue !== 1) fatigue[places[index] ?? 0] = factors.fatigue;
  }

  return {
    document: {
      input: { customer: input.customer, context: input.context },
      candidates: leading.map(({ id: offerId, mean, deviation, multiplier }) => ({
        offerId,
        propensity: clamp(mean),
        deviation,
        multiplier,
      })),
      field: {
        catalogue: ready.catalogue._id,
        ...packFates(fates),
        ...(affinities && { affinities: packAffinities(affinities) }),
        ...packFatigue(fatigue),
      },
      shown: chosen.map((choice) => ({
        offerId: choice.id,
        score: choice.score,
        propensity: choice.propensity,
        value: choice.factors.value,
        factors: choice.factors,
        probability: choice.probability,
        probabilityError: choice.probabilityError,
        explored: choice.explored,
        features: named(space.names, choice.features),
        contributions: named(space.names, choice.contributions).sort(
          ([, a], [, b]) => Math.abs(b) - Math.abs(a),
        ),
      })),
    },
    rejected: fates.flatMap((rule, index) => {
      const offerId = offers[index]?._id;
      return rule === undefined || offerId === undefined ? [] : [{ offerId, rule }];
    }),
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

/** What is left of an offer's stock and budget once some pieces are gone. */
export const remainderOf = (
  { stock, budget }: OfferDocument,
  used: number,
): Pick<OfferTerms, 'stock' | 'budget'> => ({
  ...(stock === undefined ? {} : { stock: stock - used }),
  ...(budget ? { budget: { remaining: budget.total - budget.cost * used, cost: budget.cost } } : {}),
});

const clamp = (probability: number) => Math.min(Math.max(probability, 0), 1);
