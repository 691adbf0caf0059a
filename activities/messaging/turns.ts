import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../domain/messages';
import { createBatcher } from '../../store/batcher';
import type { Store } from '../../store/store';

export interface TurnDependencies {
  readonly store: Pick<Store, 'sendSlots'>;
  /** Most messages a second, by channel, all workers together. */
  readonly rates: Readonly<Record<Channel, number>>;
  /** Real epoch milliseconds; the clocks of all workers go alike. */
  readonly now: () => number;
}

/** Leave to hand one marketing message over, for a short time. */
export interface Turn {
  /** Uses it; false where it was used or its time is over, and the message needs another one. */
  use(): boolean;
}

/**
 * Says when marketing may be handed over: within no second, wherever it begins, more messages than the channel's rate, over
 * all workers, journeys and broadcasts. What counts is the instant of {@link Turn.use} by the worker's clock.
 */
export interface Turns {
  /**
   * Reserves turns for this process: at least one, at most `count`.
   *
   * @returns when to begin with a message for each, real epoch milliseconds, ascending
   */
  reserve(channel: Channel, count: number): Promise<number[]>;
  /** Waits for the next turn that this process has, or gets; null where none comes soon. */
  next(channel: Channel): Promise<Turn | null>;
}

/** For how long after its instant a turn may be used, milliseconds. */
export const grace = 100;
/** How long before its turn a message is begun with, milliseconds: reading, writing and claiming it take time. */
const lead = 500;
/** A turn further away than this is not waited for, milliseconds: less than a claim lasts. */
const patience = 5_000;
/** Messages for which turns are reserved together, at most. */
const together = 100;
/** Turns that are asked for at once: what comes in so many seconds, within limits. */
const [blockSeconds, largestBlock] = [0.05, 200];

/**
 * The rate at which a channel's turns are given out, so that those that fall within a second and {@link grace} are no more
 * than the channel's rate: one that is used late may come into the second of those that are used at once.
 */
export const pace = (rate: number): number => (rate < 1 ? rate : Math.floor(rate)) * 0.9;

/** Whether the turn of an instant may be used. */
export const mayUse = (at: number, now: number): boolean => at <= now && now <= at + grace;

/** Instants at which turns come, of one process and channel. */
export function createTurnPool() {
  let instants: number[] = [];
  return {
    add(more: readonly number[]): void {
      instants = [...instants, ...more].sort((a, b) => a - b);
    },
    /** Takes out the first instant whose turn is not over. */
    take(now: number): number | undefined {
      const [first, ...others] = instants.filter((at) => now <= at + grace);
      instants = others;
      return first;
    },
  };
}

/** Makes the turns of a process. */
export function createTurns({ store, rates, now }: TurnDependencies): Turns {
  const laneOf = (channel: Channel) => {
    const rate = rates[channel];
    const pool = createTurnPool();
    /** How long the last answer took: turns that come before the next one would be lost where the database is slow. */
    let took = 0;
    const ask = async (count: number): Promise<number[]> => {
      const asked = now();
      const perSecond = pace(rate);
      const instants = await store.sendSlots.several(channel, asked + took, { perSecond, count });
      took = now() - asked;
      pool.add(instants);
      return instants;
    };
    const reservations = createBatcher(async (asked: null[]) => {
      const instants: number[] = [];
      while (instants.length < asked.length) instants.push(...(await ask(asked.length - instants.length)));
      return instants;
    }, together);
    const refills = createBatcher(async (asked: null[]) => {
      await ask(Math.max(asked.length, Math.min(largestBlock, Math.ceil(rate * blockSeconds))));
      return asked;
    }, largestBlock);
    return {
      reserve: (count: number) => reservations.add(Array.from({ length: count }, () => null)),
      async next(): Promise<number> {
        for (;;) {
          const at = pool.take(now());
          if (at !== undefined) return at;
          await refills.add([null]);
        }
      },
    };
  };
  const lanes = { email: laneOf('email'), sms: laneOf('sms') };

  return {
    async reserve(channel, count) {
      return (await lanes[channel].reserve(count)).map((at) => at - lead);
    },
    async next(channel) {
      const at = await lanes[channel].next();
      if (at - now() > patience) return null;
      // Timers may fire a millisecond early.
      while (at > now()) await sleep(at - now());
      let isUsed = false;
      return {
        use() {
          if (isUsed || !mayUse(at, now())) return false;
          isUsed = true;
          return true;
        },
      };
    },
  };
}
