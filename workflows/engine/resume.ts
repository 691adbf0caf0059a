import type { Burst, Driver } from './burst';
import type { PendingWait } from './run-state';

/**
 * Ends a wait: records its step with the event that came or, when time is up, without one. Before a time-out is taken
 * the ledger is asked once more for an event whose signal may be under way. A message that was put off is recorded by
 * sending it, not here.
 */
export async function resume(pending: PendingWait, burst: Burst, driver: Driver): Promise<void> {
  const { step, kind, events, since } = pending;
  switch (kind) {
    case 'send':
      return;
    case 'wait': {
      burst.record(step, driver.now(), null);
      return;
    }
    case 'waitUntil': {
      burst.record(step, driver.now(), 'reached');
      return;
    }
    case 'waitFor': {
      const event =
        burst.takeFromInbox(events, since) ??
        (await driver.activities.lookBack({ enrolment: burst.ref, events, since, seen: burst.seenIds }));
      if (event) burst.markSeen(event);
      burst.record(step, event?.receivedAt ?? driver.now(), event);
      return;
    }
    default:
      return kind satisfies never;
  }
}
