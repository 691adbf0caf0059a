import { Context } from '@temporalio/activity';
import { Worker, type NativeConnection } from '@temporalio/worker';
import type { BroadcastActivities, Broadcasts } from '../activities/broadcasts/broadcasts';
import type { JourneyActivities } from '../activities/contract';
import { payloadConversion } from '../activities/payloads/codec';
import type { PayloadKey } from '../domain/configuration-lists';
import { taskQueues } from '../domain/temporal-names';

export interface WorkersOptions {
  readonly connection: NativeConnection;
  readonly namespace: string;
  /** Encrypt payloads; absent: they stand in clear. */
  readonly payloadKeys?: readonly PayloadKey[] | undefined;
  readonly bundle: { readonly code: string };
  readonly activities: JourneyActivities;
  /** Sends what comes through the channels' task queues. */
  readonly paced: Pick<JourneyActivities, 'send'>;
  /** Activities of scheduled operations; they run beside the journeys' own. */
  readonly operations: object;
  readonly broadcasts: Broadcasts;
  /** The most messages of a channel per second, over all worker processes: the Temporal server keeps to it. */
  readonly rates: { readonly email: number; readonly sms: number };
  /**
   * Workflow runs kept in memory between their tasks. A run that waits costs nothing once it is dropped from there; one
   * that is kept takes about 0.3 MB.
   */
  readonly cachedRuns: number;
}

/** Ranges of broadcasts that one process goes through at once. */
const broadcastRanges = 4;

/** The pollers of one process: one for journeys, one for each channel, one for broadcasts. */
export interface Workers {
  /** Works until {@link stop} is called; rejects if a poller fails for good. */
  run(): Promise<void>;
  /** Takes no new work, finishes what is under way, then lets `run` end. */
  stop(): void;
}

/** Makes a process's workers; nothing is polled before `run`. */
export async function createWorkers(options: WorkersOptions): Promise<Workers> {
  const {
    connection,
    namespace,
    bundle,
    activities,
    paced,
    operations,
    broadcasts,
    rates,
    payloadKeys,
    cachedRuns,
  } = options;
  const shared = {
    connection,
    namespace,
    ...payloadConversion(payloadKeys),
    shutdownGraceTime: '10s',
  } as const;
  const workers = await Promise.all([
    Worker.create({
      ...shared,
      taskQueue: taskQueues.journeys,
      workflowBundle: { code: bundle.code },
      activities: { ...activities, ...operations },
      maxCachedWorkflows: cachedRuns,
      reuseV8Context: true,
      maxConcurrentLocalActivityExecutions: 100,
    }),
    ...(['email', 'sms'] as const).map((channel) =>
      Worker.create({
        ...shared,
        taskQueue: taskQueues[channel],
        activities: { send: paced.send },
        maxTaskQueueActivitiesPerSecond: rates[channel],
        // None waits for its turn long enough to be taken for lost.
        maxConcurrentActivityTaskExecutions: Math.min(50, Math.ceil(rates[channel] * 5)),
      }),
    ),
    Worker.create({
      ...shared,
      taskQueue: taskQueues.broadcasts,
      activities: activitiesOf(broadcasts),
      maxConcurrentActivityTaskExecutions: broadcastRanges,
    }),
  ]);
  return {
    async run() {
      await Promise.all(workers.map((worker) => worker.run()));
    },
    stop() {
      for (const worker of workers) worker.shutdown();
    },
  };
}

/** Broadcasts as activities: a call lives as long as Temporal wants it to. */
function activitiesOf(broadcasts: Broadcasts): BroadcastActivities {
  return {
    ...broadcasts,
    sendRange(request) {
      const context = Context.current();
      return broadcasts.sendRange(request, {
        heartbeat: () => context.heartbeat(),
        ending: context.cancellationSignal,
      });
    },
  };
}
