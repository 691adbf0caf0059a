import { WorkflowNotFoundError } from '@temporalio/common';
import type { Client } from '@temporalio/client';
import { searchAttributes } from '../../domain/temporal-names';

/** What Temporal remembers of customers: runs, their histories, and the list in which they are found. */
export interface Histories {
  /** Ends whatever runs under some workflow ids, at once, and deletes it; also what is not listed yet. */
  end(workflowIds: readonly string[]): Promise<void>;
  /** Ends and deletes every execution about a customer that is listed; a new one may be listed a moment late. */
  remove(customerId: string): Promise<void>;
}

/** @param patience how long finding and deleting may take, milliseconds */
export function temporalHistories(client: Client, patience = 5_000): Histories {
  const soon = <Result>(call: () => Promise<Result>) => client.withDeadline(Date.now() + patience, call);
  return {
    end: (workflowIds) =>
      soon(async () => {
        await Promise.all(
          workflowIds.map(async (workflowId) => {
            await terminate(client, workflowId);
            const { namespace } = client.options;
            const workflowExecution = { workflowId };
            await ifThere(() =>
              client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }),
            );
          }),
        );
      }),
    async remove(customerId) {
      const { namespace } = client.options;
      const query = `${searchAttributes.customerId} = "${customerId.replace(/["\\]/g, '\\$&')}"`;
      await soon(async () => {
        const found: { workflowId: string; runId: string }[] = [];
        for await (const { workflowId, runId, status } of client.workflow.list({ query })) {
          if (status.name === 'RUNNING') await terminate(client, workflowId);
          found.push({ workflowId, runId });
        }
        for (const workflowExecution of found) {
          await ifThere(() =>
            client.workflowService.deleteWorkflowExecution({ namespace, workflowExecution }),
          );
        }
      });
    },
  };
}

/** Ends whatever runs under a workflow id at once; a run that is over stays as it is. */
const terminate = (client: Client, workflowId: string): Promise<void> =>
  ifThere(() => client.workflow.getHandle(workflowId).terminate('erased'));

const notFound = 5;

async function ifThere(call: () => Promise<unknown>): Promise<void> {
  try {
    await call();
  } catch (error) {
    const isGone =
      error instanceof WorkflowNotFoundError ||
      (error instanceof Error && 'code' in error && error.code === notFound);
    if (!isGone) throw error;
  }
}
