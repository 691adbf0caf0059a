import type { Client } from '@temporalio/client';

/** Something came while the task was under way that was to end the execution: the server has it done again. */
const overtaken = 'UnhandledCommand';

/** Causes of the workflow tasks that failed in any execution under a workflow id, but for those that were overtaken. */
export async function failedWorkflowTasks(client: Client, workflowId: string): Promise<string[]> {
  const causes: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
      const cause = failed && (failed.failure?.message ?? String(failed.cause));
      if (cause && cause !== overtaken) causes.push(cause);
    }
  }
  return causes;
}
