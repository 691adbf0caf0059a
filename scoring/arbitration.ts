import type { Locale } from '../domain/locale';
import {
  byUtility,
  chooseAmong,
  type Arrange,
  type Choice,
  type ChooseOptions,
  type Contender,
} from './bandit/choose';
import { checkLength } from './bandit/score';
import type { BanditState } from './bandit/state';
import { fatigueOf, type FatigueRules, type Showing } from './fatigue';

/** What the business says about an offer, beside whom it may be shown to. */
export interface OfferTerms {
  readonly id: string;
  /** What one acceptance earns (the margin), in minor units of one currency for all offers. */
  readonly value: number;
  /** How well the offer suits the slot and the moment. Default 1. */
  readonly contextWeight?: number;
  /** The marketer's hand on the scale. Default 1; 0 switches the offer off. */
  readonly lever?: number;
  /** Pieces left. Absent: unlimited. */
  readonly stock?: number;
  /** Money left for the offer and what one acceptance takes of it, both in minor units. Absent: unlimited. */
  readonly budget?: { readonly remaining: number; readonly cost: number };
  /** How often one customer may be shown it, `within` milliseconds. Absent: no cap. */
  readonly cap?: Cap;
  /** Offers of one group are alike: they tire together, and a diverse list does not repeat them. */
  readonly group?: string;
}

export interface Cap {
  readonly times: number;
  readonly within: number;
}

/** Why an offer was not considered. */
export type ArbitrationRule =
  | 'lever-off'
  | 'margin-too-low'
  | 'out-of-stock'
  | 'budget-spent'
  | 'customer-cap'
  | 'offer-cap'
  | 'fatigued';

export interface Rejection {
  readonly id: string;
  readonly rule: ArbitrationRule;
  /** For caps and fatigue: when the rule stops holding if nothing more is shown, epoch milliseconds. */
  readonly until?: number;
}

/** The parts of an eligible offer's multiplier. */
export interface Factors {
  readonly value: number;
  readonly contextWeight: number;
  readonly lever: number;
  readonly fatigue: number;
}

export interface Circumstances {
  /** Epoch milliseconds. */
  readonly now: number;
  /** What this customer was shown, in any order. */
  readonly showings?: readonly Showing[];
  /** How many offers of any kind one customer may be shown. Absent: no cap. */
  readonly customerCap?: Cap;
  /** Offers that earn less (minor units) are not shown. Default: they must earn something. */
  readonly minimumValue?: number;
  readonly fatigue?: FatigueRules;
}

export interface Screened<Offer extends OfferTerms> {
  readonly eligible: readonly {
    /** Among the offers that were screened. */
    readonly index: number;
    readonly offer: Offer;
    readonly multiplier: number;
    readonly factors: Factors;
  }[];
  readonly rejected: readonly Rejection[];
}

/** Applies the hard rules, in the order of {@link ArbitrationRule}; the first that holds is named. Keeps the order. */
export function screenOffers<Offer extends OfferTerms>(
  offers: readonly Offer[],
  circumstances: Circumstances,
): Screened<Offer> {
  const eligible: Screened<Offer>['eligible'][number][] = [];
  const rejected: Rejection[] = [];
  const { now, showings = [], customerCap, fatigue: rules } = circumstances;
  const customerFree = freeAgain(showings, customerCap, now);
  const concerning = showingsByOffer(offers, showings);
  const rested = { factor: 1, resting: false, recoversAt: now };
  for (const [index, offer] of offers.entries()) {
    const its = concerning.get(offer.id);
    const fatigue = its ? fatigueOf(offer, its, rules ? { now, rules } : { now }) : rested;
    const own = offer.cap && its ? its.filter(({ offerId }) => offerId === offer.id) : [];
    const offerFree = freeAgain(own, offer.cap, now);
    const { id, value, contextWeight = 1, lever = 1, stock, budget } = offer;
    if (!(lever > 0 && contextWeight > 0)) rejected.push({ id, rule: 'lever-off' });
    else if (!(value > 0 && value >= (circumstances.minimumValue ?? 0)))
      rejected.push({ id, rule: 'margin-too-low' });
    else if (stock !== undefined && stock < 1) rejected.push({ id, rule: 'out-of-stock' });
    else if (budget && budget.remaining < budget.cost) rejected.push({ id, rule: 'budget-spent' });
    else if (customerFree !== undefined) rejected.push({ id, rule: 'customer-cap', until: customerFree });
    else if (offerFree !== undefined) rejected.push({ id, rule: 'offer-cap', until: offerFree });
    else if (fatigue.resting) rejected.push({ id, rule: 'fatigued', until: fatigue.recoversAt });
    else {
      const factors = { value, contextWeight, lever, fatigue: fatigue.factor };
      eligible.push({ index, offer, multiplier: value * contextWeight * lever * fatigue.factor, factors });
    }
  }
  return { eligible, rejected };
}

/** For each offer that was shown, or one of whose group was: those showings, in their order. */
function showingsByOffer(
  offers: readonly OfferTerms[],
  showings: readonly Showing[],
): ReadonlyMap<string, readonly Showing[]> {
  const ids = new Set(showings.map(({ offerId }) => offerId));
  const groups = new Set(showings.flatMap(({ group }) => group ?? []));
  return new Map(
    offers
      .filter(({ id, group }) => ids.has(id) || (group !== undefined && groups.has(group)))
      .map(({ id, group }) => [
        id,
        showings.filter((one) => one.offerId === id || (group !== undefined && one.group === group)),
      ]),
  );
}

/** Lists that do not repeat themselves. */
export interface Diversity {
  /** What each earlier offer of the same group multiplies an offer's utility by, in [0, 1]. */
  readonly repeat: number;
}

/**
 * Orders greedily: each place goes to the offer whose utility, times `repeat` for every earlier one of its group, is
 * highest (maximal marginal relevance in its multiplicative form; Carbonell and Goldstein 1998).
 */
export function diversely(
  candidates: readonly { readonly id: string; readonly group?: string }[],
  { repeat }: Diversity,
  { tieSeed, count }: { readonly tieSeed: string; readonly count: number },
): Arrange {
  const first = byUtility(
    candidates.map(({ id }) => id),
    tieSeed,
    1,
  );
  return (utilities) => {
    const left = utilities.slice();
    const order: number[] = [];
    while (order.length < Math.min(count, utilities.length)) {
      const [best] = first(left);
      if (best === undefined) break;
      order.push(best);
      left[best] = Number.NEGATIVE_INFINITY;
      const group = candidates[best]?.group;
      if (group === undefined) continue;
      candidates.forEach((candidate, k) => {
        const utility = left[k] ?? 0;
        if (candidate.group === group && utility > 0) left[k] = utility * repeat;
      });
    }
    return order;
  };
}

export interface ArbitrationOffer extends OfferTerms {
  /** phi(customer, offer, context) in the model's column order. */
  readonly features: ArrayLike<number>;
}

export interface RankedOffer extends Choice {
  readonly features: Float64Array;
  /** The expected reward as a probability: the mean within [0, 1]. */
  readonly propensity: number;
  readonly factors: Factors;
  /** Propensity x value x context weight x lever x fatigue: expected earnings in minor units, without exploration. */
  readonly score: number;
}

export type ArbitrationOptions = Omit<ChooseOptions, 'arrange'> &
  Circumstances & {
    readonly diversity?: Diversity;
    /** How many of the offers with the highest expected utility to tell of, chosen or not. Default 0. */
    readonly leading?: number;
  };

/** What came of a choice. */
export interface Arbitrated<Offer extends OfferTerms> {
  chosen: RankedOffer[];
  leading: Contender[];
  rejected: readonly Rejection[];
  /** The offers that were in the running, in their order. */
  eligible: Screened<Offer>['eligible'];
}

/**
 * The whole choice: hard rules, then propensity (drawn from the model) x value x context weight x lever x fatigue, best
 * first. The same state, offers, options and seed give the same answer; the order of `offers` matters only to the draw.
 *
 * @throws RangeError where a feature vector does not fit the model.
 */
export function arbitrate(
  state: BanditState,
  offers: readonly ArbitrationOffer[],
  options: ArbitrationOptions,
): Arbitrated<ArbitrationOffer> {
  for (const { id, features } of offers) checkLength(state, id, features);
  const write = (index: number, into: Float64Array, at: number): void => {
    into.set(offers[index]?.features ?? [], at);
  };
  return arbitrateAmong(state, { offers, write }, options);
}

/**
 * {@link arbitrate} among many offers: their features are asked for only where an offer is in the running.
 *
 * @param among `write` puts the feature vector of an offer, by its index, into an array from `at` on
 */
export function arbitrateAmong<Offer extends OfferTerms>(
  state: BanditState,
  {
    offers,
    write,
  }: {
    readonly offers: readonly Offer[];
    readonly write: (index: number, into: Float64Array, at: number) => void;
  },
  options: ArbitrationOptions,
): Arbitrated<Offer> {
  const { eligible, rejected } = screenOffers(offers, options);
  const { diversity, count = 1, tieSeed = '' } = options;
  const d = state.features.length;
  const features = new Float64Array(eligible.length * d);
  eligible.forEach(({ index }, row) => {
    write(index, features, row * d);
  });
  const arrange =
    diversity &&
    ((entrants: Int32Array): Arrange => {
      const competing = Array.from(entrants, (row) => eligible[row]?.offer ?? { id: '' });
      return diversely(competing, diversity, { tieSeed, count });
    });
  const made = chooseAmong(
    state,
    {
      ids: eligible.map(({ offer }) => offer.id),
      features,
      multipliers: Float64Array.from(eligible, ({ multiplier }) => multiplier),
    },
    { ...options, ...(arrange && { arrange }) },
  );
  const chosen = made.chosen.flatMap((choice) => {
    const factors = eligible[choice.index]?.factors;
    if (!factors) return [];
    const propensity = Math.min(Math.max(choice.mean, 0), 1);
    const score = propensity * factors.value * factors.contextWeight * factors.lever * factors.fatigue;
    const its = features.slice(choice.index * d, (choice.index + 1) * d);
    return [{ ...choice, features: its, propensity, factors, score }];
  });
  return { chosen, leading: made.leading, rejected, eligible };
}

const factorWords: Readonly<Record<Locale, Readonly<Record<Exclude<keyof Factors, 'value'>, string>>>> = {
  en: { contextWeight: 'fit to the moment', lever: 'marketer’s lever', fatigue: 'ignored before' },
  'pt-BR': { contextWeight: 'adequação ao momento', lever: 'ajuste do marketing', fatigue: 'ignorada antes' },
};

const factorFormats: Readonly<Record<Locale, Intl.NumberFormat>> = {
  en: new Intl.NumberFormat('en', { maximumFractionDigits: 2 }),
  'pt-BR': new Intl.NumberFormat('pt-BR', { maximumFractionDigits: 2 }),
};

/** In words, the factors of a choice that are not 1. @example 'ignored before: × 0.67' */
export function explainFactors(factors: Factors, locale: Locale): string[] {
  const format = factorFormats[locale];
  return (['contextWeight', 'lever', 'fatigue'] as const)
    .filter((name) => Math.abs(factors[name] - 1) >= 0.005)
    .map((name) => `${factorWords[locale][name]}: × ${format.format(factors[name])}`);
}

/** When a cap that is reached at `now` stops holding; undefined where it is not reached. */
function freeAgain(showings: readonly Showing[], cap: Cap | undefined, now: number): number | undefined {
  if (!cap) return undefined;
  const recent = showings
    .map(({ at }) => at)
    .filter((at) => at <= now && at > now - cap.within)
    .sort((a, b) => b - a);
  if (recent.length < cap.times) return undefined;
  return (recent[cap.times - 1] ?? now) + cap.within;
}
