import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { FactorizingActivities } from '../../activities/operations/factorizing';
import type { RetrainingActivities } from '../../activities/operations/retraining';

const { retrain, promote, watch, factorizeOffers } = proxyActivities<
  RetrainingActivities & FactorizingActivities
>({
  startToCloseTimeout: '30 minutes',
});

/** What a night came to; the Temporal UI shows it as the result. Versions are null where nothing changed. */
export interface RetrainingResult {
  /** Version of the model that was gone back to. */
  readonly rolledBackTo: number | null;
  /** Why what was learned was put in force, or was not. */
  readonly reason: string;
  /** Version of the model that was put in force. */
  readonly inForce: number | null;
  /** Version of the offers' factors that was learned. */
  readonly factors: number | null;
}

/**
 * Scheduled: goes back to the model before where the one in force has done worse, then learns anew and puts the result in
 * force only if it was valued as no worse. Last it learns which customers take which offers, for the decisions to come.
 */
export async function retraining(): Promise<RetrainingResult> {
  const { rolledBackTo } = await watch();
  const night = workflowInfo().startTime.toISOString();
  const { promising, reason } = await retrain(night);
  const inForce = promising ? (await promote(night)).version : null;
  const { version: factors } = await factorizeOffers(night);
  return { rolledBackTo, reason, inForce, factors };
}
