import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../domain/messages';
import { createBatcher } from '../../store/batcher';
import type { Store } from '../../store/store';
import type { JourneyActivities } from '../contract';

export interface PacingDependencies {
  readonly store: Pick<Store, 'sendSlots'>;
  readonly send: JourneyActivities['send'];
  /** Most messages a second, by channel. */
  readonly rates: Readonly<Record<Channel, number>>;
  /** Real epoch milliseconds. */
  readonly now: () => number;
}

/** Most instants that are asked for together. */
const together = 100;

/**
 * The rate at which a channel's messages are given instants. It leaves a tenth to chance: messages of which some take up
 * to 100 ms longer to their provider than others still come no more than the channel's rate in any second.
 */
export const pace = (rate: number): number => rate * 0.9;

/**
 * Sends messages at the instants that their channel has for them. Broadcasts take theirs from the same, so that both
 * together keep to the channel's rate.
 */
export function createPacing({
  store,
  send,
  rates,
  now,
}: PacingDependencies): Pick<JourneyActivities, 'send'> {
  const turnsOn = (channel: Channel) =>
    createBatcher(async (requests: null[]) => {
      const instants: number[] = [];
      while (instants.length < requests.length) {
        const count = requests.length - instants.length;
        const more = await store.sendSlots.several(channel, now(), {
          perSecond: pace(rates[channel]),
          count,
        });
        instants.push(...more);
      }
      return instants;
    }, together);
  const turns = { email: turnsOn('email'), sms: turnsOn('sms') };

  return {
    async send(request) {
      const [at = now()] = await turns[request.channel].add([null]);
      if (at > now()) await sleep(at - now());
      return send(request);
    },
  };
}
