import { customerTime } from '../../domain/clock';
import { groupBy } from '../../domain/group-by';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import { endingOf } from '../../workflows/engine/effects';
import type { Journey } from '../../workflows/engine/journey';
import { journeyEvent } from './journey-event';

/**
 * Counts goals that come when a run has completed its last step and the journey's attribution window is open: for the
 * latest run that had begun by then, once, however often an event is given and however many goals come.
 */
export function createLateGoals(
  journeys: readonly Journey[],
  { enrolments, assignments }: Pick<Store, 'enrolments' | 'assignments'>,
) {
  return async (events: readonly EventDocument[]): Promise<void> => {
    const goals = events.flatMap((event) => {
      const seen = event.enrols ? undefined : journeyEvent(event);
      if (!seen || event.customerId === null) return [];
      const reached = journeys.filter(({ goal }) => goal.some((pattern) => pattern.event === seen.name));
      return reached.length === 0 ? [] : [{ customerId: event.customerId, seen, reached }];
    });
    if (goals.length === 0) return;
    const runs = await enrolments.ofCustomers([...new Set(goals.map(({ customerId }) => customerId))]);
    const byCustomer = groupBy(runs, ({ customerId }) => customerId);
    for (const { customerId, seen, reached } of goals) {
      const begun = (byCustomer.get(customerId) ?? []).filter(
        ({ startedAt, triggerEventId }) =>
          startedAt.getTime() <= seen.receivedAt && triggerEventId !== seen.id,
      );
      for (const run of latest(begun)) {
        const journey = reached.find(({ name }) => name === run.journey);
        if (!journey || !isOpenTo(journey, run, seen.receivedAt)) continue;
        if (endingOf(journey, run.key, seen) !== 'converted') continue;
        const isNew = await enrolments.convertLate(run._id, seen.id, new Date(seen.receivedAt));
        if (isNew) await assignments.settle(run._id, 1);
      }
    }
  };
}

type Run = Pick<
  EnrolmentDocument,
  '_id' | 'workflowId' | 'n' | 'journey' | 'key' | 'clock' | 'outcome' | 'endedAt'
>;

/** The latest run under each workflow id. */
function latest<Each extends Run>(runs: readonly Each[]): Each[] {
  const byWorkflow = new Map<string, Each>();
  for (const run of runs) {
    const before = byWorkflow.get(run.workflowId);
    if (!before || before.n < run.n) byWorkflow.set(run.workflowId, run);
  }
  return [...byWorkflow.values()];
}

function isOpenTo({ attribution }: Journey, { outcome, endedAt, clock }: Run, at: number): boolean {
  if (outcome !== 'completed' || !endedAt) return false;
  return customerTime(clock, at) - customerTime(clock, endedAt.getTime()) <= attribution;
}
