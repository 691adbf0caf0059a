import { setTimeout as sleep } from 'node:timers/promises';
import type { JourneyActivities } from '../contract';
import type { Turns } from './turns';

export interface PacingDependencies {
  readonly send: JourneyActivities['send'];
  readonly turns: Pick<Turns, 'reserve'>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/**
 * Begins with messages when their channel's turns come near. Broadcasts take theirs from the same, so that neither holds a
 * claim for long before its turn.
 */
export function createPacing({ send, turns, now }: PacingDependencies): Pick<JourneyActivities, 'send'> {
  return {
    async send(request) {
      const [at = now()] = await turns.reserve(request.channel, 1);
      if (at > now()) await sleep(at - now());
      return send(request);
    },
  };
}
