import { WorkflowExecutionAlreadyStartedError, type Client } from '@temporalio/client';
import {
  defineSearchAttributeKey,
  WorkflowIdConflictPolicy,
  WorkflowIdReusePolicy,
  WorkflowNotFoundError,
} from '@temporalio/common';
import type { Enrolment } from '../../domain/enrolment';
import { noticeSignalName, searchAttributes, taskQueues } from '../../domain/temporal-names';
import type { Journey } from '../../workflows/engine/journey';
import type { JourneyInput, Notice } from '../../workflows/engine/run-state';

/** The runs' side of Temporal: starting them and telling them. */
export interface Runs {
  /**
   * Starts a run's workflow; once it runs, starting it again does nothing.
   *
   * @returns false while an earlier run under the same workflow id has not closed yet: ask again later
   */
  start(enrolment: Enrolment, workflowId: string, journey: Journey): Promise<boolean>;
  /** Tells an open run something. False: no workflow runs under the id. */
  notify(workflowId: string, notice: Notice): Promise<boolean>;
}

const customerIdKey = defineSearchAttributeKey(searchAttributes.customerId, 'KEYWORD');
/** Name in the memo of the enrolment that a workflow carries. */
const memoKey = 'enrolment';

/**
 * Makes {@link Runs} on a Temporal client.
 *
 * @param patience how long one call may take, with its retries, milliseconds
 */
export function temporalRuns(client: Client, patience = 10_000): Runs {
  const soon = <Result>(call: () => Promise<Result>) => client.withDeadline(Date.now() + patience, call);

  async function carries(workflowId: string, enrolment: string): Promise<boolean> {
    const { memo } = await client.workflow.getHandle(workflowId).describe();
    return memo?.[memoKey] === enrolment;
  }

  return {
    start: (enrolment, workflowId, journey) =>
      soon(async () => {
        const input: JourneyInput = { enrolment };
        try {
          await client.workflow.start(journey.name, {
            workflowId,
            taskQueue: taskQueues.journeys,
            args: [input],
            workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
            workflowIdConflictPolicy: WorkflowIdConflictPolicy.FAIL,
            typedSearchAttributes: [{ key: customerIdKey, value: enrolment.customerId }],
            memo: { [memoKey]: enrolment.id },
            staticSummary: `${journey.name} of ${enrolment.customerId}${enrolment.holdout ? ' (holdout)' : ''}`,
            staticDetails: `Enrolment \`${enrolment.id}\`, opened by event \`${enrolment.trigger.id}\` (${enrolment.trigger.name})${by(enrolment)}.`,
            priority: { priorityKey: priorityKey(journey) },
          });
          return true;
        } catch (error) {
          if (!(error instanceof WorkflowExecutionAlreadyStartedError)) throw error;
          return carries(workflowId, enrolment.id);
        }
      }),
    notify: (workflowId, notice) =>
      soon(async () => {
        try {
          await client.workflow.getHandle(workflowId).signal(noticeSignalName, notice);
          return true;
        } catch (error) {
          if (error instanceof WorkflowNotFoundError) return false;
          throw error;
        }
      }),
  };
}

const by = ({ parent }: Enrolment): string => (parent === undefined ? '' : `, begun by \`${parent}\``);

/** Temporal's priority goes from 1, first, to 5; a journey's has 0 in the middle, and higher goes first. */
const priorityKey = ({ priority }: Journey): number => Math.min(5, Math.max(1, 3 - Math.round(priority)));
