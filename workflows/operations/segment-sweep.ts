import { continueAsNew, proxyActivities, sleep, workflowInfo } from '@temporalio/workflow';
import type { SegmentEntryActivities } from '../../activities/operations/segment-entry';
import type { Reentry } from '../../domain/reentry';
import { segmentNames, type SegmentName } from '../../domain/segments';
import type { Journey } from '../engine/journey';

const { enrolSegment } = proxyActivities<SegmentEntryActivities>({ startToCloseTimeout: '2 minutes' });

/** Most enrolments that a sweep asks for in a second: well below what one machine starts, so that events go first. */
const perSecond = 20;

/** Where a sweep goes on. */
interface SweepPlace {
  readonly journey: string;
  readonly segment: SegmentName;
  readonly after: string | null;
  /** Enrolments asked for so far. */
  readonly requested?: number;
}

/** How many enrolments a sweep asked for; the Temporal UI shows it as the result. */
interface SweepResult {
  readonly requested: number;
}

/** Which segments lead into which journeys. */
function segmentEntries(
  journeys: readonly Journey[],
): { journey: string; segment: SegmentName; reentry: Reentry }[] {
  return journeys.flatMap(({ name, entry, reentry }) =>
    entry.flatMap(({ event, where }) =>
      event === 'segment.entered'
        ? segmentNames
            .filter((each) => where?.['segment'] === each)
            .map((segment) => ({ journey: name, segment, reentry }))
        : [],
    ),
  );
}

/**
 * Makes the scheduled workflow that lets customers of segments into journeys: page by page, paced, and after a crash from
 * the page on that was under way.
 */
export function segmentSweep(journeys: readonly Journey[]) {
  return async function segmentEntry(from?: SweepPlace): Promise<SweepResult> {
    const entries = segmentEntries(journeys);
    const first = from
      ? entries.findIndex(({ journey, segment }) => journey === from.journey && segment === from.segment)
      : 0;
    let after = from?.after ?? null;
    let requested = from?.requested ?? 0;
    // Where the journey is no longer entered by the segment, the next sweep sees to the rest.
    for (const entry of first < 0 ? [] : entries.slice(first)) {
      do {
        const page = await enrolSegment({ ...entry, after });
        after = page.after;
        requested += page.requested;
        if (page.requested > 0) await sleep((page.requested / perSecond) * 1_000);
        if (after !== null && workflowInfo().continueAsNewSuggested) {
          await continueAsNew<(from?: SweepPlace) => Promise<SweepResult>>({ ...entry, after, requested });
        }
      } while (after !== null);
    }
    return { requested };
  };
}
