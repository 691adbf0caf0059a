import type { Client } from '@temporalio/client';
import { WorkflowNotFoundError } from '@temporalio/common';
import { startBroadcast } from '../activities/broadcasts/start';
import { announceEnd } from '../activities/sub-journeys';
import { broadcastKey } from '../domain/broadcast';
import { searchAttributes, taskQueues } from '../domain/temporal-names';
import type { Store } from '../store/store';

/** Closed in another way than by the journey's own end: by an operator's hand, as a rule. */
const cutOff = [
  `TaskQueue = '${taskQueues.journeys}'`,
  `ExecutionStatus IN ('Terminated', 'Canceled', 'Failed', 'TimedOut')`,
].join(' AND ');

/** Name in a run's memo of the enrolment that it carries. */
const memoKey = 'enrolment';

/**
 * Closes the enrolments of runs that were ended by hand in Temporal, which else would stay open in the ledger and keep
 * the customer from coming in again. A run that was reset goes on under the same id and is left alone.
 *
 * @param since runs that closed at this real instant (epoch milliseconds) or later are looked at
 * @returns the ids of the enrolments that it closed
 */
export async function closeCutOffRuns(
  client: Client,
  store: Pick<Store, 'enrolments' | 'events' | 'outbox'>,
  since: number,
): Promise<string[]> {
  const query = `${cutOff} AND ${searchAttributes.customerId} IS NOT NULL AND CloseTime >= '${new Date(since).toISOString()}'`;
  const closed: string[] = [];
  for await (const { workflowId, closeTime } of client.workflow.list({ query })) {
    const { status, memo } = await client.workflow.getHandle(workflowId).describe();
    const enrolment = memo?.[memoKey];
    if (status.name === 'RUNNING' || typeof enrolment !== 'string') continue;
    const found = await store.enrolments.find(enrolment);
    if (!found?.open) continue;
    const endedAt = closeTime ?? new Date();
    await store.enrolments.finish(enrolment, { outcome: 'exited', endedAt }, []);
    await announceEnd(store, { ...found, id: enrolment }, 'exited', endedAt);
    closed.push(enrolment);
  }
  return closed;
}

/**
 * Starts broadcasts that a crash kept from being started. One whose workflow was ended by hand is cancelled.
 *
 * @returns the ids of the broadcasts that it started
 */
export async function takeUpBroadcasts(
  client: Client,
  store: Pick<Store, 'broadcasts'>,
  now: number,
): Promise<string[]> {
  const started: string[] = [];
  for (const { _id } of await store.broadcasts.open()) {
    const status = await statusOf(client, broadcastKey(_id));
    if (status === 'RUNNING') continue;
    if (status === undefined) {
      await startBroadcast(client, _id);
      started.push(_id);
    } else {
      const change = { state: 'cancelled', at: new Date(now) } as const;
      await store.broadcasts.change(_id, ['running', 'paused'], change);
    }
  }
  return started;
}

async function statusOf(client: Client, workflowId: string): Promise<string | undefined> {
  try {
    return (await client.workflow.getHandle(workflowId).describe()).status.name;
  } catch (error) {
    if (error instanceof WorkflowNotFoundError) return undefined;
    throw error;
  }
}
