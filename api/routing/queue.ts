import type { FastifyBaseLogger } from 'fastify';
import type { Store } from '../../store/store';
import type { Noted, Router } from './router';

/** Routes what this process stores at once, and what any process left behind. */
export interface RoutingQueue {
  /** Takes events that were just stored, with their note. Those for which there is no room are left to the sweeper. */
  readonly push: (noted: Noted) => void;
  /** Events that wait or are being routed. */
  size(): number;
  /** Stops sweeping, and resolves when nothing that was taken is left, or after `patience` milliseconds. */
  close(patience: number): Promise<void>;
}

interface RoutingQueueOptions {
  readonly store: Store;
  readonly router: Router;
  readonly now: () => Date;
  readonly log: FastifyBaseLogger;
}

/** A note with its events, taken by this process. */
interface Load extends Noted {
  /** Until when other processes leave it to this one. */
  leasedUntil: number;
}

/** Most events that wait in memory, and most that are routed together unless one note has more. */
const capacity = 10_000;
const batchSize = 500;
/** How often the sweeper looks, milliseconds, and how many notes it takes. */
const sweepInterval = 1_000;
const sweepNotes = 100;
/** For how long other processes leave to this one what it has taken, milliseconds. */
const lease = 10_000;

export function startRoutingQueue({ store, router, now, log }: RoutingQueueOptions): RoutingQueue {
  /** All that was taken and is not finished, the part being routed first. */
  const taken = new Set<Load>();
  let routing: Promise<void> | undefined;
  let sweeping: Promise<void> | undefined;
  const size = () => [...taken].reduce((sum, { events }) => sum + events.length, 0);

  function nextBatch(): Load[] {
    const batch: Load[] = [];
    let events = 0;
    for (const load of taken) {
      events += load.events.length;
      if (batch.length > 0 && events > batchSize) break;
      batch.push(load);
    }
    return batch;
  }

  async function drain(): Promise<void> {
    while (taken.size > 0) {
      const batch = nextBatch();
      try {
        await router.route(batch);
      } catch (error) {
        log.warn(
          { notes: batch.map(({ note }) => note), error: nameOf(error) },
          'events left to the sweeper',
        );
      }
      for (const load of batch) taken.delete(load);
    }
    routing = undefined;
  }

  function take(load: Load): void {
    if (size() + load.events.length > capacity) return;
    taken.add(load);
    routing ??= Promise.resolve().then(drain);
  }

  /** Renews this process's hold on what it has, before others may take it. */
  async function renewLeases(): Promise<void> {
    const at = now().getTime();
    const ending = [...taken].filter(({ leasedUntil }) => leasedUntil < at + lease / 2);
    await store.outbox.lease(
      ending.map(({ note }) => note),
      new Date(at + lease),
    );
    for (const load of ending) load.leasedUntil = at + lease;
  }

  async function takeDue(): Promise<void> {
    const mine = new Set([...taken].map(({ note }) => note));
    const due = (await store.outbox.due(now(), sweepNotes)).filter(({ _id }) => !mine.has(_id));
    if (due.length === 0) return;
    const leasedUntil = now().getTime() + lease;
    await store.outbox.lease(
      due.map(({ _id }) => _id),
      new Date(leasedUntil),
    );
    const stored = await store.events.findMany(due.flatMap(({ eventIds }) => eventIds));
    const events = new Map(stored.map((event) => [event._id, event]));
    for (const { _id: note, eventIds, failures = 0 } of due) {
      take({ note, events: eventIds.flatMap((id) => events.get(id) ?? []), failures, leasedUntil });
    }
  }

  async function sweep(): Promise<void> {
    try {
      await renewLeases();
      await takeDue();
    } catch (error) {
      log.warn({ error: nameOf(error) }, 'sweep failed');
    }
    sweeping = undefined;
  }

  const timer = setInterval(() => void (sweeping ??= sweep()), sweepInterval);
  return {
    push: ({ note, events }) => take({ note, events, leasedUntil: now().getTime() }),
    size,
    async close(patience) {
      clearInterval(timer);
      await sweeping;
      let limit: NodeJS.Timeout | undefined;
      const late = new Promise<void>((resolve) => (limit = setTimeout(resolve, patience)));
      await Promise.race([routing, late]);
      clearTimeout(limit);
    },
  };
}

const nameOf = (error: unknown): string => (error instanceof Error ? error.name : 'unknown');
