import type { Client } from '@temporalio/client';
import { WorkflowIdConflictPolicy, WorkflowIdReusePolicy, WorkflowNotFoundError } from '@temporalio/common';
import { broadcastKey } from '../../domain/broadcast';
import { broadcastSignalName, taskQueues } from '../../domain/temporal-names';

/** Starts a broadcast's workflow; one that runs goes on as it is. */
export async function startBroadcast(client: Client, id: string): Promise<void> {
  await client.workflow.start('broadcast', {
    workflowId: broadcastKey(id),
    taskQueue: taskQueues.journeys,
    args: [{ id }],
    workflowIdReusePolicy: WorkflowIdReusePolicy.ALLOW_DUPLICATE,
    workflowIdConflictPolicy: WorkflowIdConflictPolicy.USE_EXISTING,
    staticSummary: `broadcast ${id}`,
    priority: { priorityKey: 5 },
  });
}

/** Tells a broadcast's workflow that its state has changed; one that is over needs to know nothing. */
export async function tellBroadcast(client: Client, id: string): Promise<void> {
  try {
    await client.workflow.getHandle(broadcastKey(id)).signal(broadcastSignalName);
  } catch (error) {
    if (!(error instanceof WorkflowNotFoundError)) throw error;
  }
}
