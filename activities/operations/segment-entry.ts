import { enrolmentId, workflowId } from '../../domain/enrolment';
import { letsIn, type Reentry } from '../../domain/reentry';
import { segments, type SegmentName } from '../../domain/segments';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { storeToRoute } from '../../store/to-route';

/** What the sweep of segments calls. */
export interface SegmentEntryActivities {
  /**
   * Looks at the next customers of a segment by id and asks for the enrolment of each who is not inside the journey and
   * whom its re-entry rule admits. Asked again for the same page it asks for nobody twice.
   */
  readonly enrolSegment: (page: SegmentPage) => Promise<SegmentProgress>;
}

/** A page of a segment's customers, and the journey that they may enter. */
export interface SegmentPage {
  readonly journey: string;
  readonly segment: SegmentName;
  readonly reentry: Reentry;
  /** Id of the last customer looked at; null at the beginning. */
  readonly after: string | null;
}

/** What became of a page; counts only. */
export interface SegmentProgress {
  readonly customers: number;
  readonly requested: number;
  /** Where to go on; null when all have been looked at. */
  readonly after: string | null;
}

/** Makes the activities; `page` is how many customers one call looks at. */
export function createSegmentEntry({
  store: { customers, enrolments, events, outbox },
  now = Date.now,
  page = 200,
}: {
  readonly store: Pick<Store, 'customers' | 'enrolments' | 'events' | 'outbox'>;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly page?: number;
}): SegmentEntryActivities {
  return {
    async enrolSegment({ journey, segment, reentry, after }) {
      const found = await customers.fitting(segments[segment], after, page);
      const people = found.map((person) => ({
        ...person,
        workflow: workflowId({ journey, customerId: person._id }),
      }));
      const histories = await enrolments.histories(people.map(({ workflow }) => workflow));
      const at = new Date(now());
      const requests = people.flatMap(({ _id: customerId, clock, workflow }): EventDocument[] => {
        const history = histories.get(workflow);
        const began = history?.startedAt.getTime();
        const isIn = history?.open === true;
        if (isIn || (began !== undefined && !letsIn(reentry, { began, at: at.getTime(), clock }))) return [];
        return [
          {
            // Named after the run that it opens: however often a sweep comes by, it is the same event.
            _id: `segment:${enrolmentId(workflow, (history?.n ?? 0) + 1)}`,
            name: 'enrolment.requested',
            customerId,
            properties: { segment },
            occurredAt: at,
            receivedAt: at,
            enrols: { journey, event: 'segment.entered' },
          },
        ];
      });
      return {
        customers: people.length,
        requested: await storeToRoute({ events, outbox }, requests, at),
        after: people.length < page ? null : (people.at(-1)?._id ?? null),
      };
    },
  };
}
