import type { Client } from '@temporalio/client';
import { taskQueues } from '../domain/temporal-names';

/**
 * Runs whose code was changed in the middle of a burst of steps, so that their history no longer replays. The server names
 * them once two workflow tasks in a row have failed (see `TemporalReportedProblems` in its documentation).
 */
const brokenRuns = [
  `TaskQueue = '${taskQueues.journeys}'`,
  `ExecutionStatus = 'Running'`,
  `TemporalReportedProblems = 'cause=WorkflowTaskFailedCauseNonDeterministicError'`,
].join(' AND ');

/** A run that does not replay. */
export interface BrokenRun {
  readonly workflowId: string;
  readonly runId: string;
  /** The journey's name. */
  readonly journey: string;
}

/** Lists the runs of a namespace that do not replay. */
export async function findBrokenRuns(client: Client): Promise<BrokenRun[]> {
  const found: BrokenRun[] = [];
  for await (const { workflowId, runId, type } of client.workflow.list({ query: brokenRuns })) {
    found.push({ workflowId, runId, journey: type });
  }
  return found;
}

/**
 * Resets a run to its first workflow task: it goes through its burst of steps again, on the present code. What was done is
 * not done again, for every side effect is kept under its enrolment and step. Called twice, or by two workers, it resets
 * once.
 */
export async function healRun(client: Client, { workflowId, runId }: BrokenRun): Promise<void> {
  const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
  const first = events?.find((event) => event.workflowTaskCompletedEventAttributes);
  if (!first?.eventId) return;
  await client.workflowService.resetWorkflowExecution({
    namespace: client.options.namespace,
    workflowExecution: { workflowId, runId },
    reason: 'Its journey was changed in the middle of a step.',
    workflowTaskFinishEventId: first.eventId,
    requestId: `heal-${runId}`,
  });
}

/** What the healer reports to. */
export interface HealingLog {
  warn(about: object, message: string): void;
}

/** Heals the broken runs of a namespace every so many milliseconds until `stop` is called. */
export function startHealing(client: Client, log: HealingLog, every = 15_000): { stop(): void } {
  const heal = async () => {
    for (const run of await findBrokenRuns(client)) {
      log.warn(run, 'healing a run that does not replay');
      await healRun(client, run);
    }
  };
  const timer = setInterval(() => {
    heal().catch((error: unknown) => log.warn({ error: String(error) }, 'healing failed; trying again'));
  }, every);
  timer.unref();
  return { stop: () => clearInterval(timer) };
}
