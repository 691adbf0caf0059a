import type { BanditState, OfferState } from '../../scoring';
import type { Packing } from '../../store/models';

/** What is known of each offer lies in the bytes: its numbers, then its id. */
interface Head extends Omit<BanditState, 'offers' | 'shared'> {
  readonly offers: number;
}

/**
 * A model in bytes: double-precision numbers in the machine's order (little-endian wherever Node runs): of the shared
 * coefficients mean and covariance, of each offer covariance, offset, slope and weight; behind them the offers' ids in JSON.
 * With d columns, p of them per offer, an offer takes 8 (p² + p + pd + 1) bytes and its id, 1.5 KB at d 31 and p 5.
 */
export const banditPacking: Packing<BanditState> = {
  pack({ offers, shared, ...rest }) {
    const { length: d } = rest.features;
    const { length: p } = rest.perOffer;
    const size = blockSize(p, d);
    const numbers = new Float64Array(d + d * d + offers.length * size);
    numbers.set(shared.mean);
    numbers.set(shared.covariance, d);
    offers.forEach(({ covariance, offset, slope, weight }, n) => {
      const at = d + d * d + n * size;
      numbers.set(covariance, at);
      numbers.set(offset, at + p * p);
      numbers.set(slope, at + p * p + p);
      numbers[at + size - 1] = weight;
    });
    const ids = Buffer.from(JSON.stringify(offers.map(({ id }) => id)));
    const bytes = new Uint8Array(numbers.byteLength + ids.length);
    bytes.set(new Uint8Array(numbers.buffer));
    bytes.set(ids, numbers.byteLength);
    const head: Head = { ...rest, offers: offers.length };
    return { head, bytes };
  },
  unpack(stored, bytes) {
    const { offers: count, ...rest } = stored as Head;
    const { length: d } = rest.features;
    const { length: p } = rest.perOffer;
    const size = blockSize(p, d);
    const numbers = new Float64Array(bytes.buffer, bytes.byteOffset, d + d * d + count * size);
    const ids = JSON.parse(Buffer.from(bytes.subarray(numbers.byteLength)).toString()) as readonly string[];
    const offers = ids.map((id, n): OfferState => {
      const at = d + d * d + n * size;
      return {
        id,
        covariance: numbers.subarray(at, at + p * p),
        offset: numbers.subarray(at + p * p, at + p * p + p),
        slope: numbers.subarray(at + p * p + p, at + size - 1),
        weight: numbers[at + size - 1] ?? 0,
      };
    });
    return {
      ...rest,
      shared: { mean: numbers.subarray(0, d), covariance: numbers.subarray(d, d + d * d) },
      offers,
    };
  },
};

const blockSize = (p: number, d: number): number => p * p + p + p * d + 1;
