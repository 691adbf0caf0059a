import type { BanditState, FeatureSpace, OfferEncoder } from '../../scoring';
import { catalogueOf, type CatalogueDocument } from '../../store/catalogues';
import type { ModelDocument } from '../../store/models';
import type { OfferDocument } from '../../store/offers';
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
  /** Those of some offers that have a stock or a budget. */
  limited(shown: readonly { readonly offerId: string }[]): OfferDocument[];
  readonly catalogue: Omit<CatalogueDocument, 'usedAt'>;
}

/** Brings a catalogue and the stored model together: the model gets the columns that the offers have and it lacks. */
export function makeReady(
  offers: readonly OfferDocument[],
  stored: ModelDocument<BanditState> | null,
): Readiness {
  const space = featureSpace(offers);
  const model = modelFor(space, stored);
  const ordered = inOrderOf(model, space);
  const scarce = new Map(offers.filter(isLimited).map((offer) => [offer._id, offer]));
  return {
    offers,
    model,
    modelVersion: stored?.version ?? 0,
    space: ordered,
    encoder: ordered.among(offers.map(offerInput)),
    limited: (shown) => shown.flatMap(({ offerId }) => scarce.get(offerId) ?? []),
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
