import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LearningActivities } from '../../activities/operations/learning';
import type { MomentLearningActivities } from '../../activities/operations/moments';

const { foldOutcomes, foldMoments } = proxyActivities<LearningActivities & MomentLearningActivities>({
  startToCloseTimeout: '2 minutes',
});

/** What was learned from; the Temporal UI shows it as the result. */
export interface LearningResult {
  /** Offers of which it is known what became of them. */
  readonly outcomes: number;
  /** Messages that were sent and count for the best time. */
  readonly messages: number;
}

/**
 * Scheduled: teaches the model of acceptance what has become of offers, and the best time what has become of messages,
 * until nothing is left.
 *
 * @param before what was learned from so far
 */
export async function learning(before?: LearningResult): Promise<LearningResult> {
  const learned = { outcomes: 0, messages: 0, ...before };
  for (const [kind, fold] of [
    ['outcomes', foldOutcomes],
    ['messages', foldMoments],
  ] as const) {
    for (let more = true; more;) {
      const report = await fold();
      learned[kind] += report.folded;
      ({ more } = report);
      if (more && workflowInfo().continueAsNewSuggested) await continueAsNew<typeof learning>(learned);
    }
  }
  return learned;
}
