import { continueAsNew, proxyActivities, workflowInfo } from '@temporalio/workflow';
import type { LapseActivities } from '../../activities/operations/lapse';

const { findLapsed } = proxyActivities<LapseActivities>({ startToCloseTimeout: '2 minutes' });
const { learnRhythm } = proxyActivities<LapseActivities>({ startToCloseTimeout: '1 hour' });

/** What a search for lapsed customers came to; the Temporal UI shows it as its result. */
export interface LapseResult {
  /** Version of the rhythm of purchases that was learned; null where too little was known. */
  readonly rhythm: number | null;
  /** Customers looked at. */
  readonly customers: number;
  /** Lapses that had not been told before. */
  readonly lapsed: number;
}

/**
 * Scheduled: learns how often customers buy, then looks at all of them and tells who has lapsed.
 *
 * @param after id of the last customer looked at, where a sweep goes on
 * @param before what it has come to so far
 */
export async function lapse(after: string | null = null, before?: LapseResult): Promise<LapseResult> {
  const rhythm = before?.rhythm ?? (after === null ? (await learnRhythm()).version : null);
  let { customers, lapsed } = before ?? { customers: 0, lapsed: 0 };
  do {
    const page = await findLapsed({ after });
    ({ after } = page);
    customers += page.customers;
    lapsed += page.lapsed;
    if (after !== null && workflowInfo().continueAsNewSuggested) {
      await continueAsNew<typeof lapse>(after, { rhythm, customers, lapsed });
    }
  } while (after !== null);
  return { rhythm, customers, lapsed };
}
