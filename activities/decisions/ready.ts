import type { Slot } from '../../domain/offers';
import type { BanditState, FeatureSpace, OfferEncoder, OfferTerms } from '../../scoring';
import { catalogueOf, type CatalogueDocument } from '../../store/catalogues';
import type { ModelDocument } from '../../store/models';
import type { OfferDocument } from '../../store/offers';
import { affinitiesAmong, type FactorsState } from './affinity';
import { isLimited } from './facts';
import { featureSpace, offerInput } from './features';
import { inOrderOf, priorModel, widened, type ModelSpace } from './model';

/** The catalogue and the model of one moment, made ready for many decisions. */
export interface Readiness {
  readonly offers: readonly OfferDocument[];
  readonly model: BanditState;
  /** 0 is the prior. */
  readonly modelVersion: number;
  readonly space: ModelSpace;
  /** Encodes the offers, by their place in the catalogue, for one customer after another. */
  readonly encoder: OfferEncoder;
  /** For each offer of the catalogue, how it stands in a slot. */
  standings(slot: Slot): readonly Standing[];
  /** Where an offer stands in the catalogue. */
  place(offerId: string): number;
  /** Those of some offers that have a stock or a budget. */
  limited(shown: readonly { readonly offerId: string }[]): OfferDocument[];
  /** Tells a customer's affinities to the offers, by their place in the catalogue. */
  readonly affinitiesOf: ReturnType<typeof affinitiesAmong>;
  readonly catalogue: Omit<CatalogueDocument, 'usedAt'>;
}

/** Brings a catalogue and the stored model together: the model gets the columns that the offers have and it lacks. */
export function makeReady(
  offers: readonly OfferDocument[],
  stored: ModelDocument<BanditState> | null,
  factors: ModelDocument<FactorsState> | null = null,
): Readiness {
  const { space, encoder, ...rest } = preparedCatalogue(offers);
  const model = modelFor(space, stored);
  const ordered = inOrderOf(model, { ...space, among: () => encoder });
  return {
    ...rest,
    offers,
    model,
    modelVersion: stored?.version ?? 0,
    space: ordered,
    encoder: ordered.among([]),
    affinitiesOf: affinitiesAmong(offers, factors),
  };
}

const prepared = new WeakMap<readonly OfferDocument[], ReturnType<typeof prepareCatalogue>>();

/** What depends on the catalogue alone, once for each: models come more often. */
function preparedCatalogue(offers: readonly OfferDocument[]): ReturnType<typeof prepareCatalogue> {
  const known = prepared.get(offers) ?? prepareCatalogue(offers);
  prepared.set(offers, known);
  return known;
}

function prepareCatalogue(offers: readonly OfferDocument[]) {
  const space = featureSpace(offers);
  const scarce = new Map(offers.filter(isLimited).map((offer) => [offer._id, offer]));
  const places = new Map(offers.map(({ _id }, index) => [_id, index]));
  const standings = new Map<Slot, readonly Standing[]>();
  return {
    space,
    encoder: space.among(offers.map(offerInput)),
    standings(slot: Slot): readonly Standing[] {
      const known = standings.get(slot) ?? offers.map((offer) => standingOf(offer, slot));
      standings.set(slot, known);
      return known;
    },
    place: (offerId: string): number => places.get(offerId) ?? -1,
    limited: (shown: readonly { readonly offerId: string }[]): OfferDocument[] =>
      shown.flatMap(({ offerId }) => scarce.get(offerId) ?? []),
    catalogue: catalogueOf(offers),
  };
}

/** The stored model, or the prior where there is none, with at least the columns of a feature space. */
export function modelFor(
  space: FeatureSpace,
  stored: Pick<ModelDocument<BanditState>, 'state'> | null,
): BanditState {
  const perOffer = new Set(space.perOffer.map((column) => space.names[column] ?? ''));
  return widened(stored?.state ?? priorModel(space), space.names, perOffer);
}

const day = 86_400_000;

/** What holds for an offer in a slot, whoever is asked. */
export interface Standing {
  readonly terms: OfferTerms;
  /** It is not made there at all. */
  readonly isAbsent: boolean;
  /** Nothing more has to be asked: there is no rule, no period, no stock and no budget. Its currency is this one. */
  readonly openIn?: string;
}

function standingOf(offer: OfferDocument, slot: Slot): Standing {
  const { active, rules, slots, value } = offer;
  const isOpen = !active.from && !active.until && rules.length === 0 && !isLimited(offer);
  return {
    terms: termsOf(offer, slot),
    isAbsent: !slots.includes(slot),
    ...(isOpen && { openIn: value.currency }),
  };
}

/** What the business says of an offer in a slot; what is left of a limited one is not in it. */
export function termsOf(
  { _id, value, lever, slotWeights, cap, group }: OfferDocument,
  slot: Slot,
): OfferTerms {
  return {
    id: _id,
    value: value.amount,
    lever,
    contextWeight: slotWeights[slot] ?? 1,
    ...(cap ? { cap: { times: cap.times, within: cap.days * day } } : {}),
    ...(group === undefined ? {} : { group }),
  };
}
