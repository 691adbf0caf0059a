import type { Burst, Driver } from './burst';
import type { PendingWait } from './run-state';

/**
 * Ends a wait: records its step with the event that came or, when time is up, without one. Before a time-out is taken
 * the ledger is asked once more for an event whose signal may be under way. A message that was put off is recorded by
 * sending it, not here.
 */
export async function resume(pending: PendingWait, burst: Burst, driver: Driver): Promise<void> {
  const { step, kind, until, events, since } = pending;
  switch (kind) {
    case 'send':
      burst.since = until;
      return;
    case 'wait':
      burst.endWait(step, until, null);
      return;
    case 'waitUntil':
      burst.endWait(step, until, 'reached');
      return;
    case 'waitFor': {
      const event =
        burst.takeFromInbox(events, since) ??
        (await driver.activities.lookBack({ enrolment: burst.ref, events, since, seen: burst.seenIds }));
      if (event) burst.markSeen(event);
      burst.endWait(step, event?.receivedAt ?? until, event);
      return;
    }
    default:
      kind satisfies never;
  }
}
