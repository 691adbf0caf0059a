import { setTimeout as sleep } from 'node:timers/promises';
import type { Channel } from '../../domain/messages';
import { createBatcher } from '../../store/batcher';
import type { Lane } from '../../store/send-slots';
import type { Store } from '../../store/store';

export interface TurnDependencies {
  readonly store: Pick<Store, 'sendSlots'>;
  /** Most messages a second, by channel, all workers together. */
  readonly rates: Readonly<Record<Channel, number>>;
  /** Real epoch milliseconds; the clocks of all workers go alike. */
  readonly now: () => number;
}

/** Leave to hand one marketing message over. */
export interface Turn {
  /** Waits until the message may go, which it must in this very instant; false where that is not soon. */
  use(): Promise<boolean>;
  /** To be called when the message has gone, or does not go: what it did not use is for others. */
  end(): void;
}

/** A rate of its own that some messages of a channel keep to besides the channel's. */
export interface Pace {
  readonly lane: Lane;
  /** Most messages a second, all workers together. */
  readonly perSecond: number;
}

/**
 * Says when marketing may be handed over: within no second, wherever it begins, more messages than the channel's rate, over
 * all workers, journeys and broadcasts. What counts is the instant in which {@link Turn.use} resolves, by the worker's clock.
 */
export interface Turns {
  /**
   * Reserves turns for this process: at least one, at most `count`.
   *
   * @returns when to begin with a message for each, real epoch milliseconds, ascending
   */
  reserve(channel: Channel, count: number, own?: Pace): Promise<number[]>;
  /** Leave for one more message among those that this process has turns for, or gets; null where none comes soon. */
  next(channel: Channel, own?: Pace): Promise<Turn | null>;
}

/** For how long after its instant a turn may be used, milliseconds. */
export const grace = 100;
/** How long before its turn a message is begun with, milliseconds: reading, writing and claiming it take time. */
const lead = 500;
/** A turn further away than this is not waited for, milliseconds: less than a claim lasts. */
const patience = 5_000;
/** Messages for which turns are reserved together, at most. */
const together = 100;
/** Instants that are asked for together: what comes in so many seconds, within limits. */
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
    /** The instant that is left when so many others have taken theirs. */
    after(others: number, now: number): number | undefined {
      return instants.filter((at) => now <= at + grace)[others];
    },
  };
}

/** Makes the turns of a process. */
export function createTurns({ store, rates, now }: TurnDependencies): Turns {
  const createLane = ({ lane, perSecond }: Pace) => {
    const pool = createTurnPool();
    /** Messages that have leave and no instant yet. */
    let promised = 0;
    /** How long the last answer took: turns that come before the next one would be lost where the database is slow. */
    let took = 0;
    const ask = async (count: number): Promise<number[]> => {
      const asked = now();
      const instants = await store.sendSlots.several(lane, asked + took, {
        perSecond: pace(perSecond),
        count,
      });
      took = now() - asked;
      pool.add(instants);
      return instants;
    };
    const reservations = createBatcher(async (asked: null[]) => {
      const instants: number[] = [];
      while (instants.length < asked.length) instants.push(...(await ask(asked.length - instants.length)));
      return instants;
    }, together);
    const refills = createBatcher(async (asked: number[]) => {
      await ask(Math.max(asked.length, ...asked));
      return asked;
    }, largestBlock);
    return {
      reserve: (count: number) => reservations.add(Array.from({ length: count }, () => null)),
      /** Promises an instant to one more message, and waits until it is near; false where it is not soon. */
      async promise(): Promise<boolean> {
        for (;;) {
          const at = pool.after(promised, now());
          if (at === undefined) {
            await refills.add([block(perSecond)]);
            continue;
          }
          if (at - now() > patience) return false;
          promised += 1;
          if (at - now() > grace) await sleep(at - now() - grace);
          return true;
        }
      },
      keep(): void {
        promised -= 1;
      },
      /**
       * Waits for the next instant, and gives it; null where it is not soon.
       *
       * @param more instants that are asked for where there is none
       */
      async take(more = block(perSecond)): Promise<number | null> {
        for (;;) {
          const at = pool.take(now());
          if (at === undefined) {
            await refills.add([more]);
            continue;
          }
          if (at - now() > patience) return null;
          // Timers may fire a millisecond early.
          while (at > now()) await sleep(at - now());
          if (mayUse(at, now())) return at;
        }
      },
    };
  };
  const channels = {
    email: createLane({ lane: 'email', perSecond: rates.email }),
    sms: createLane({ lane: 'sms', perSecond: rates.sms }),
  };
  const owns = new Map<string, ReturnType<typeof createLane>>();
  const laneOf = (channel: Channel, own: Pace | undefined) => {
    if (!own) return channels[channel];
    const known = owns.get(own.lane) ?? createLane(own);
    owns.set(own.lane, known);
    return known;
  };

  return {
    async reserve(channel, count, own) {
      return (await laneOf(channel, own).reserve(count)).map((at) => at - lead);
    },
    async next(channel, own) {
      const lane = laneOf(channel, own);
      if (!(await lane.promise())) return null;
      let isOpen = true;
      const end = () => {
        if (isOpen) lane.keep();
        isOpen = false;
      };
      return {
        end,
        async use() {
          for (;;) {
            const at = await lane.take();
            if (at === null) return false;
            // The channel's own are asked for one by one: those that nobody uses would be lost to others.
            if (own && (await channels[channel].take(1)) === null) return false;
            if (mayUse(at, now())) {
              end();
              return true;
            }
          }
        },
      };
    },
  };
}

/** Instants of a rate that are asked for together. */
const block = (perSecond: number): number =>
  Math.max(1, Math.min(largestBlock, Math.ceil(perSecond * blockSeconds)));
