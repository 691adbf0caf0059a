import type { Client } from '@temporalio/client';

/** Something came while the task was under way that was to end the execution: the server has it done again. */
const overtaken = 'UnhandledCommand';

type History = Awaited<ReturnType<ReturnType<Client['workflow']['getHandle']>['fetchHistory']>>;
export type HistoryEvent = NonNullable<History['events']>[number];

/** Events of all executions of a run, each of which went on as the next, newest execution first. What lists executions is behind. */
export async function eventsOf(client: Client, workflowId: string): Promise<HistoryEvent[]> {
  const found: HistoryEvent[] = [];
  let { runId } = await client.workflow.getHandle(workflowId).describe();
  while (runId !== '') {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    found.push(...(events ?? []));
    runId = events?.[0]?.workflowExecutionStartedEventAttributes?.continuedExecutionRunId ?? '';
  }
  return found;
}

/** Causes of the workflow tasks that failed in a run, but for those that were overtaken. */
export async function failedWorkflowTasks(client: Client, workflowId: string): Promise<string[]> {
  const events = await eventsOf(client, workflowId);
  return events.flatMap(({ workflowTaskFailedEventAttributes: failed }) => {
    const cause = failed && (failed.failure?.message ?? String(failed.cause));
    return cause && cause !== overtaken ? [cause] : [];
  });
}
