import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LearningActivities } from '../../activities/operations/learning';
import type { MomentLearningActivities } from '../../activities/operations/moments';

const { foldOutcomes, foldMoments } = proxyActivities<LearningActivities & MomentLearningActivities>({
  startToCloseTimeout: '2 minutes',
});

/**
 * Scheduled: teaches the model of acceptance what has become of offers, and the best time what has become of messages,
 * until nothing is left.
 */
export async function learning(): Promise<void> {
  for (const fold of [foldOutcomes, foldMoments]) {
    while ((await fold()).more) {
      if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof learning>();
    }
  }
}
