import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LapseActivities } from '../../activities/operations/lapse';

const { findLapsed } = proxyActivities<LapseActivities>({ startToCloseTimeout: '2 minutes' });
const { learnRhythm } = proxyActivities<LapseActivities>({ startToCloseTimeout: '1 hour' });

/**
 * Scheduled: learns how often customers buy, then looks at all of them and tells who has lapsed.
 *
 * @param after id of the last customer looked at, where a sweep goes on
 */
export async function lapse(after: string | null = null): Promise<void> {
  if (after === null) await learnRhythm();
  do {
    ({ after } = await findLapsed({ after }));
    if (after !== null && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof lapse>(after);
  } while (after !== null);
}
