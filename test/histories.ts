import type { Client } from '@temporalio/client';

/** Causes of the workflow tasks that failed in any execution under a workflow id. */
export async function failedWorkflowTasks(client: Client, workflowId: string): Promise<string[]> {
  const causes: string[] = [];
  for await (const { runId } of client.workflow.list({ query: `WorkflowId = '${workflowId}'` })) {
    const { events } = await client.workflow.getHandle(workflowId, runId).fetchHistory();
    for (const { workflowTaskFailedEventAttributes: failed } of events ?? []) {
      if (failed) causes.push(failed.failure?.message ?? String(failed.cause));
    }
  }
  return causes;
}
