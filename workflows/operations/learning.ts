import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LearningActivities } from '../../activities/operations/learning';

const { foldOutcomes } = proxyActivities<LearningActivities>({ startToCloseTimeout: '2 minutes' });

/** Scheduled: teaches the model of acceptance what has become of offers, until nothing is left. */
export async function learning(): Promise<void> {
  while ((await foldOutcomes()).more) {
    if (workflowInfo().continueAsNewSuggested) await continueAsNew<typeof learning>();
  }
}
