import { proxyActivities } from '@temporalio/workflow';
import type { RetentionActivities } from '../../activities/operations/retention';

const { applyRetention } = proxyActivities<RetentionActivities>({
  startToCloseTimeout: '6 hours',
  heartbeatTimeout: '10 minutes',
});

/** Scheduled: deletes what is older than it may be, and gives how many of each kind. */
export async function retention(): ReturnType<RetentionActivities['applyRetention']> {
  return applyRetention();
}
