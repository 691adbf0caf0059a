import {
  condition,
  continueAsNew,
  defineSignal,
  proxyActivities,
  setHandler,
  workflowInfo,
} from '@temporalio/workflow';
import type {
  BroadcastActivities,
  BroadcastResult,
  RangeProgress,
} from '../../activities/broadcasts/broadcasts';
import type { IdRange } from '../../domain/broadcast';
import { broadcastSignalName, taskQueues } from '../../domain/temporal-names';

/** People who are to be gone through, not before an instant (real epoch milliseconds). */
interface Stretch extends IdRange {
  readonly dueAt: number;
}

/** All that a broadcast carries from one workflow execution to the next; it begins with the id alone. */
export interface BroadcastInput {
  readonly id: string;
  readonly stretches?: readonly Stretch[];
  /** Where the segment has not been cut yet: behind this id; undefined once all of it is. */
  readonly cut?: { readonly after: string | null } | undefined;
}

/** Ranges that are under way at once, and ranges that are cut at once. */
const [windowSize, cutSize] = [4, 8];
/** A paused broadcast that is told nothing looks after itself this often. */
const pausedLook = '30 minutes';

const options = { taskQueue: taskQueues.broadcasts, priority: { priorityKey: 5 } } as const;
const retry = { initialInterval: 1_000, backoffCoefficient: 2, maximumInterval: 60_000 };
const { measureAudience, cutRanges, closeBroadcast } = proxyActivities<BroadcastActivities>({
  ...options,
  retry,
  startToCloseTimeout: '10 minutes',
});
const { sendRange } = proxyActivities<BroadcastActivities>({
  ...options,
  retry: { ...retry, maximumInterval: 15_000 },
  startToCloseTimeout: '10 minutes',
  heartbeatTimeout: '10 seconds',
});

const changedSignal = defineSignal(broadcastSignalName);

/**
 * Sends one message to everybody in a segment: cuts the segment into ranges of ids as it goes and keeps a few of them
 * under way. Who is to be reached later, at their own hour, is come back to. Nothing in it says who got the message:
 * the ledger does, so that a range may be gone through again.
 */
export async function broadcast({
  id,
  stretches: given = [],
  ...input
}: BroadcastInput): Promise<BroadcastResult> {
  let cut = 'cut' in input || given.length > 0 ? input.cut : { after: null };
  const isNew = given.length === 0 && cut?.after === null;
  let stretches: Stretch[] = [...given];
  // What callbacks change stands in an object: the compiler would take variables for what they were.
  const now: { active: number; changes: number; isPaused: boolean; isCancelled: boolean; failure?: unknown } =
    {
      active: 0,
      changes: 0,
      isPaused: false,
      isCancelled: false,
    };
  setHandler(changedSignal, () => {
    now.changes += 1;
  });

  const take = (instant: number): Stretch | undefined => {
    const found = stretches.find(({ dueAt }) => dueAt <= instant);
    stretches = stretches.filter((stretch) => stretch !== found);
    return found;
  };
  const settle = ({ after, until }: IdRange, { looked, dueAt, rest }: RangeProgress): void => {
    if (dueAt !== null) stretches.push({ after, until: looked, dueAt });
    if (rest) stretches.push({ after: looked, until, dueAt: rest.from });
  };
  const go = (stretch: Stretch): void => {
    const { changes } = now;
    now.active += 1;
    sendRange({ broadcast: id, after: stretch.after, until: stretch.until })
      .then((progress) => {
        settle(stretch, progress);
        // Whoever saw a pause before the latest change may be wrong by now.
        now.isPaused ||= progress.state === 'paused' && now.changes === changes;
        now.isCancelled ||= progress.state === 'cancelled';
      })
      .catch((error: unknown) => {
        now.failure ??= error;
      })
      .finally(() => {
        now.active -= 1;
      });
  };

  while (isNew) {
    const { changes } = now;
    const { state, startsAt } = await measureAudience({ broadcast: id });
    now.isCancelled = state === 'cancelled';
    if (now.isCancelled || startsAt <= Date.now()) break;
    await condition(() => now.changes !== changes, startsAt - Date.now());
  }
  for (;;) {
    if (now.failure !== undefined)
      throw now.failure instanceof Error ? now.failure : new Error('A range failed.');
    const isFull = workflowInfo().continueAsNewSuggested;
    if (isFull && now.active === 0) await continueAsNew<typeof broadcast>({ id, stretches, cut });
    while (!now.isPaused && !now.isCancelled && !isFull && now.active < windowSize) {
      const next = take(Date.now());
      if (next) {
        go(next);
      } else if (cut) {
        const { ranges, next: after } = await cutRanges({ broadcast: id, after: cut.after, count: cutSize });
        cut = after === null ? undefined : { after };
        stretches.push(...ranges.map((range) => ({ ...range, dueAt: 0 })));
      } else {
        break;
      }
    }
    if (now.active === 0 && (now.isCancelled || (stretches.length === 0 && !cut))) break;

    const before = { active: now.active, changes: now.changes };
    const hasMoved = () => now.active !== before.active || now.changes !== before.changes;
    if (now.isPaused && now.active === 0) {
      await condition(hasMoved, pausedLook);
      now.isPaused = false;
      continue;
    }
    const dueAt = Math.min(...stretches.map((stretch) => stretch.dueAt));
    if (now.active < windowSize && Number.isFinite(dueAt) && !now.isPaused && !now.isCancelled && !isFull) {
      await condition(hasMoved, Math.max(1, dueAt - Date.now()));
    } else {
      await condition(hasMoved);
    }
    if (now.changes !== before.changes) {
      now.isPaused = false;
      // A change may be a cancellation, which only an activity learns of: somebody who waits is looked at now.
      stretches = stretches.map((stretch, n) => (n === 0 ? { ...stretch, dueAt: 0 } : stretch));
    }
  }
  return closeBroadcast({ broadcast: id });
}
