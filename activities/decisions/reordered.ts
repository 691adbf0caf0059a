import type { BanditState } from '../../scoring';

/**
 * The same model with its columns in another order.
 *
 * @param names all of the model's columns, each once
 */
export function reordered(state: BanditState, names: readonly string[]): BanditState {
  const { features, prior, shared, offers } = state;
  const width = features.length;
  const order = names.map((name) => features.indexOf(name));
  const perOffer = order.flatMap((from, to) => (state.perOffer.includes(from) ? [to] : []));
  const own = perOffer.map((to) => state.perOffer.indexOf(order[to] ?? -1));
  return {
    ...state,
    features: names,
    perOffer,
    prior: {
      ...prior,
      mean: picked(prior.mean, order),
      variance: picked(prior.variance, order),
      offerVariance: picked(prior.offerVariance, own),
    },
    shared: {
      mean: picked(shared.mean, order),
      covariance: pickedEntries(shared.covariance, order, { columns: order, width }),
    },
    offers: offers.map((offer) => ({
      ...offer,
      covariance: pickedEntries(offer.covariance, own, { columns: own, width: own.length }),
      offset: picked(offer.offset, own),
      slope: pickedEntries(offer.slope, own, { columns: order, width }),
    })),
  };
}

const picked = (values: ArrayLike<number>, order: readonly number[]): number[] =>
  order.map((from) => values[from] ?? 0);

/** Rows and columns of a matrix, row by row, in another order. */
const pickedEntries = (
  matrix: ArrayLike<number>,
  rows: readonly number[],
  { columns, width }: { readonly columns: readonly number[]; readonly width: number },
): number[] => rows.flatMap((row) => columns.map((column) => matrix[row * width + column] ?? 0));
