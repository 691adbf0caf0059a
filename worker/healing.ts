import type { Client } from '@temporalio/client';
import { taskQueues } from '../domain/temporal-names';
import type { SettleMessages } from '../activities/messaging/settling';
import type { SettleDeliveries } from '../activities/webhooks/settling';
import type { Store } from '../store/store';
import { closeCutOffRuns, takeUpBroadcasts } from './reconcile';
import { repeat, type Repeated } from './repeat';

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

/** How far back the first look for runs that were ended by hand goes, and how far back each later one, milliseconds. */
const [firstLook, laterLook] = [7 * 86_400_000, 600_000];

/**
 * Every so many milliseconds, until `stop` is called: heals the broken runs of a namespace, closes in the ledger those
 * that were ended by hand, starts broadcasts that a crash kept from being started, and settles messages and deliveries that
 * nobody sees to any more.
 */
export function startHealing(
  {
    client,
    store,
    settleMessages,
    settleDeliveries,
    log,
  }: {
    client: Client;
    store: Pick<Store, 'enrolments' | 'events' | 'outbox' | 'broadcasts'>;
    settleMessages: SettleMessages;
    settleDeliveries: SettleDeliveries;
    log: HealingLog;
  },
  every = 15_000,
): Repeated {
  let look = firstLook;
  const heal = async () => {
    for (const run of await findBrokenRuns(client)) {
      log.warn(run, 'healing a run that does not replay');
      await healRun(client, run);
    }
    const enrolments = await closeCutOffRuns(client, store, Date.now() - look);
    look = laterLook;
    if (enrolments.length > 0) log.warn({ enrolments }, 'closed runs that were ended by hand');
    const broadcasts = await takeUpBroadcasts(client, store, Date.now());
    if (broadcasts.length > 0) log.warn({ broadcasts }, 'started broadcasts that were not');
    const messages = await settleMessages();
    if (messages > 0) log.warn({ messages }, 'settled messages that ended runs had left behind');
    const deliveries = await settleDeliveries();
    if (deliveries > 0) log.warn({ deliveries }, 'settled deliveries that ended runs had left behind');
  };
  const onError = (error: unknown) => log.warn({ error: String(error) }, 'healing failed; trying again');
  return repeat(heal, { every, onError });
}
