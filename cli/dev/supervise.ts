import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from '../embedded/processes';

/** A process that is started again when it ends by itself. */
export interface Supervised {
  /** Resolves, with the reason, when it has ended too often to be started again. */
  readonly givenUp: Promise<Error>;
  /** Stops it for good. */
  stop(graceMs?: number): Promise<void>;
}

/** How a process is kept running. */
export interface SupervisionOptions {
  /** Gets a line for people about each restart. */
  readonly report: (line: string) => void;
  /** Pause before the first restart, 500 where not given; each further one is that much longer. */
  readonly pauseMs?: number;
}

/** Restarts that are tried of a process that does not live a minute. */
const mostRestarts = 5;
const steadyMs = 60_000;

/**
 * Starts a process and keeps it running.
 *
 * @param start starts it, and resolves once it is ready
 * @throws Error - the first start failed.
 */
export async function supervise(
  start: () => Promise<RunningProcess>,
  { report, pauseMs = 500 }: SupervisionOptions,
): Promise<Supervised> {
  let current = await start();
  let restarting: Promise<void> | undefined;
  let stopping = false;
  let giveUp: (reason: Error) => void = () => undefined;
  const givenUp = new Promise<Error>((resolve) => (giveUp = resolve));

  async function watch(): Promise<void> {
    let restarts = 0;
    for (;;) {
      const startedAt = Date.now();
      const end = await current.ended;
      if (stopping) return;
      if (Date.now() - startedAt > steadyMs) restarts = 0;
      restarting = restart(end, (restarts += 1));
      await restarting;
      restarting = undefined;
    }
  }

  /** Leaves `current` as it is, ended, where the start fails: the next round tries again. */
  async function restart(end: string, attempt: number): Promise<void> {
    if (attempt > mostRestarts) {
      stopping = true;
      giveUp(new Error(`${current.name} ${end}, and did so after each of ${mostRestarts} restarts`));
      return;
    }
    report(`${current.name} ${end}; starting it again`);
    await sleep(pauseMs * attempt);
    if (stopping) return;
    try {
      current = await start();
    } catch (error) {
      report(String(error));
    }
  }

  void watch();
  return {
    givenUp,
    async stop(graceMs) {
      stopping = true;
      await restarting;
      await current.stop(graceMs);
    },
  };
}
