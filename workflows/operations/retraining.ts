import { proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { FactorizingActivities } from '../../activities/operations/factorizing';
import type { RetrainingActivities } from '../../activities/operations/retraining';

const { retrain, promote, watch, factorizeOffers } = proxyActivities<
  RetrainingActivities & FactorizingActivities
>({
  startToCloseTimeout: '30 minutes',
});

/**
 * Scheduled: goes back to the model before where the one in force has done worse, then learns anew and puts the result in
 * force only if it was valued as no worse. Last it learns which customers take which offers, for the decisions to come.
 */
export async function retraining(): Promise<void> {
  await watch();
  const night = workflowInfo().startTime.toISOString();
  const { promising } = await retrain(night);
  if (promising) await promote(night);
  await factorizeOffers(night);
}
