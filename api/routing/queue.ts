import type { FastifyBaseLogger } from 'fastify';
import type { EventDocument } from '../../store/events';
import type { Store } from '../../store/store';
import type { Router } from './router';

/** Routes what this process stores at once, and what any process left behind. */
export interface RoutingQueue {
  /** Takes events that were just stored. Those for which there is no room are left to the sweeper. */
  readonly push: (events: readonly EventDocument[]) => void;
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

/** Most events that wait in memory, and most that are routed together. */
const capacity = 5_000;
const batchSize = 250;
/** How often the sweeper looks, and how many events it takes. */
const sweepInterval = 1_000;
const sweepSize = 500;
/** How long other processes leave an event to this one after the last sign of life, milliseconds. */
const lease = 5_000;

export function startRoutingQueue({ store, router, now, log }: RoutingQueueOptions): RoutingQueue {
  const waiting: EventDocument[] = [];
  /** Ids of all that this process has taken and not finished. */
  const taken = new Set<string>();
  let routing: Promise<void> | undefined;
  let sweeping: Promise<void> | undefined;

  async function drain(): Promise<void> {
    while (waiting.length > 0) {
      const batch = waiting.splice(0, batchSize);
      try {
        await router.routeEvents(batch);
      } catch (error) {
        log.warn({ events: batch.length, error: nameOf(error) }, 'events left to the sweeper');
      }
      for (const { _id } of batch) taken.delete(_id);
    }
    routing = undefined;
  }

  function take(events: readonly EventDocument[]): void {
    for (const event of events) {
      if (taken.size >= capacity || taken.has(event._id)) continue;
      taken.add(event._id);
      waiting.push(event);
    }
    if (waiting.length > 0) routing ??= drain();
  }

  /** Renews this process's hold on what it has, then takes what is due. */
  async function sweep(): Promise<void> {
    try {
      const until = () => new Date(now().getTime() + lease);
      await store.events.lease([...taken], until());
      const due = await store.events.due(now(), sweepSize);
      const free = due.filter(({ _id }) => !taken.has(_id));
      await store.events.lease(
        free.map(({ _id }) => _id),
        until(),
      );
      take(free);
    } catch (error) {
      log.warn({ error: nameOf(error) }, 'sweep failed');
    }
    sweeping = undefined;
  }

  const timer = setInterval(() => void (sweeping ??= sweep()), sweepInterval);
  return {
    push: take,
    size: () => taken.size,
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
