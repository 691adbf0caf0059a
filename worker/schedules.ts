import {
  ScheduleAlreadyRunning,
  ScheduleOverlapPolicy,
  type Client,
  type ScheduleSpec,
} from '@temporalio/client';
import { taskQueues } from '../domain/temporal-names';

interface ScheduledOperation {
  /** Workflow type; the schedule has the same name. */
  readonly workflow: string;
  readonly spec: ScheduleSpec;
  readonly note: string;
}

/** Work that nobody starts by hand. `timeZone` is the business's: nights are its own. */
const operations = (timeZone: string): readonly ScheduledOperation[] => [
  {
    workflow: 'learning',
    spec: { intervals: [{ every: '1 minute' }] },
    note: 'Teaches the model of acceptance what has become of offers.',
  },
  {
    workflow: 'segmentEntry',
    spec: { intervals: [{ every: '15 minutes' }] },
    note: 'Lets customers of a segment into the journeys that are entered by it.',
  },
  {
    workflow: 'retraining',
    spec: { calendars: [{ hour: 2, minute: 30 }], timezone: timeZone },
    note: 'Learns the model of acceptance anew, and puts the result in force if it is valued as no worse.',
  },
  {
    workflow: 'lapse',
    spec: { calendars: [{ hour: 3, minute: 30 }], timezone: timeZone },
    note: 'Finds customers who buy less than they used to, and emits customer.lapsed for each.',
  },
  {
    workflow: 'retention',
    spec: { calendars: [{ hour: 2, minute: 30 }], timezone: timeZone },
    note: 'Deletes records that are older than they may be.',
  },
];

/** Creates the schedules of operations where they are missing. Those that exist stay as an operator may have set them. */
export async function createSchedules({ schedule }: Client, timeZone: string): Promise<void> {
  for (const { workflow, spec, note } of operations(timeZone)) {
    try {
      await schedule.create({
        scheduleId: workflow,
        spec,
        action: { type: 'startWorkflow', workflowType: workflow, taskQueue: taskQueues.journeys },
        policies: { overlap: ScheduleOverlapPolicy.SKIP },
        state: { note },
      });
    } catch (error) {
      if (!(error instanceof ScheduleAlreadyRunning)) throw error;
    }
  }
}
