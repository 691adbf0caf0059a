import { heartbeat } from '@temporalio/activity';
import type { Retention } from '../../domain/retention';
import { removeExpired, type Expired } from '../../store/retention';
import type { Store } from '../../store/store';

export interface RetentionActivities {
  /** Deletes what is older than it may be; gives how much, by kind. May be called any number of times. */
  readonly applyRetention: () => Promise<Expired>;
}

export function createRetention({
  store,
  retention,
  now,
}: {
  readonly store: Store;
  readonly retention: Retention;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}): RetentionActivities {
  return {
    applyRetention: () =>
      removeExpired(store, { retention, now: new Date(now()), onBatch: () => heartbeat() }),
  };
}
