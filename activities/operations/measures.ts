import {
  bgNbdExpected,
  driftOf,
  fitGammaGamma,
  gammaGammaSpend,
  lifetimeValue,
  type BgNbd,
  type CustomerHistory,
} from '../../scoring';
import type { CustomerMeasures } from '../../store/measures';

/** What somebody bought, and whether they said goodbye since. */
export interface Buyer {
  readonly history: CustomerHistory;
  readonly churned: boolean;
}

/** The rule by which somebody counts as drifting away: expected purchases within `horizon`, in weeks, below a share. */
export interface DriftRule {
  readonly horizon: number;
  readonly ratio: number;
}

/** A year ahead by months, in weeks; money of a month later is worth one per cent less. */
const ahead = { periods: 12, length: 365.25 / 12 / 7, discount: 0.01 };

/** What {@link measure} goes by. */
export interface MeasureModel {
  /** How often people buy and how they leave. */
  readonly rhythm: BgNbd;
  /** Whether that was learned from purchases; only then a value is given. */
  readonly isLearned: boolean;
  readonly rule: DriftRule;
}

/** How buyers are doing, each by the model of purchases. */
export function measure(
  buyers: readonly Buyer[],
  { rhythm, isLearned, rule }: MeasureModel,
): Omit<CustomerMeasures, '_id' | 'at' | 'customers'> {
  const count = (isMeant: (buyer: Buyer) => boolean) => buyers.filter(isMeant).length;
  const total = buyers.reduce((sum, { history }) => sum + history.total, 0);
  const value = isLearned ? valueOf(buyers, rhythm) : undefined;
  return {
    buyers: buyers.length,
    returning: count(({ history }) => history.frequency > 0),
    away: count(
      ({ history, churned }) => churned || driftOf(rhythm, history, rule.horizon).ratio < rule.ratio,
    ),
    churned: count(({ churned }) => churned),
    spent: buyers.length === 0 ? 0 : Math.round(total / buyers.length),
    ...(value !== undefined && { value }),
  };
}

/** The mean over all; who said goodbye brings nothing. Undefined where repeated purchases do not tell what one brings. */
function valueOf(buyers: readonly Buyer[], rhythm: BgNbd): number | undefined {
  const histories = buyers.map(({ history }) => history);
  if (!histories.some(({ frequency, spend }) => frequency > 0 && spend > 0)) return undefined;
  const { converged, parameters } = fitGammaGamma(histories);
  // Without p and q above these the expected spend of some customers is not finite.
  if (!converged || parameters.q <= 1) return undefined;
  const worth = ({ history, churned }: Buyer): number =>
    churned
      ? 0
      : lifetimeValue(
          (time) => bgNbdExpected(rhythm, history, time),
          gammaGammaSpend(parameters, history),
          ahead,
        );
  return Math.round(buyers.reduce((sum, buyer) => sum + worth(buyer), 0) / buyers.length);
}
