import { enrolmentId, workflowId } from '../../domain/enrolment';
import { letsIn, type Reentry } from '../../domain/reentry';
import { segments, type SegmentName } from '../../domain/segments';
import type { CustomerDocument } from '../../store/customers';
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

export interface SegmentSizes {
  /** Customers of the segment that one call looks at, at most. */
  readonly read: number;
  /** Customers who are looked at together; a call that has asked for as many enrolments looks no further. */
  readonly asked: number;
}

/** Reads of one call at most, each through some thousand customers, so that it ends where few are in the segment. */
const mostReads = 50;

/** Makes the activities. */
export function createSegmentEntry({
  store: { customers, enrolments, events, outbox },
  now = Date.now,
  sizes = { read: 5_000, asked: 200 },
}: {
  readonly store: Pick<Store, 'customers' | 'enrolments' | 'events' | 'outbox'>;
  /** Real epoch milliseconds. */
  readonly now?: () => number;
  readonly sizes?: SegmentSizes;
}): SegmentEntryActivities {
  /** What asks for the enrolment of those who may come in. */
  async function requestsFor(
    people: readonly Pick<CustomerDocument, '_id' | 'clock'>[],
    { journey, segment, reentry }: SegmentPage,
    at: Date,
  ): Promise<EventDocument[]> {
    const workflowOf = (customerId: string) => workflowId({ journey, customerId });
    const histories = await enrolments.histories(people.map(({ _id }) => workflowOf(_id)));
    return people.flatMap(({ _id: customerId, clock }): EventDocument[] => {
      const workflow = workflowOf(customerId);
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
  }

  return {
    async enrolSegment(page) {
      const at = new Date(now());
      const requests: EventDocument[] = [];
      let looked = 0;
      let after = page.after;
      for (
        let reads = 0;
        reads < mostReads && looked < sizes.read && requests.length < sizes.asked;
        reads++
      ) {
        const most = sizes.read - looked;
        const { people, next } = await customers.fitting(segments[page.segment], after, most);
        let seen = 0;
        while (seen < people.length && requests.length < sizes.asked) {
          const some = people.slice(seen, seen + sizes.asked);
          requests.push(...(await requestsFor(some, page, at)));
          seen += some.length;
        }
        looked += seen;
        after = seen < people.length ? (people[seen - 1]?._id ?? after) : next;
        if (after === null) break;
      }
      return {
        customers: looked,
        requested: await storeToRoute({ events, outbox }, requests, at),
        after,
      };
    },
  };
}
