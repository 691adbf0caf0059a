import { setTimeout as sleep } from 'node:timers/promises';
import { portHolder } from '../embedded/port-holder';
import { isFree } from '../embedded/ports';

/** A port that something is about to listen on. */
export interface WantedPort {
  readonly port: number;
  /** What will listen, e.g. `Temporal server`. */
  readonly purpose: string;
  /** How to choose another, e.g. `--temporal-port`. */
  readonly option: string;
}

/**
 * Makes sure that every port is free: a later probe of it can then be answered by our own server only.
 *
 * @param patienceMs how long a port may still be held, by what a run before this one left to end
 * @throws Error - names each port that is taken, the program that holds it where the system tells, and what to do.
 */
export async function claimPorts(wanted: readonly WantedPort[], patienceMs: number): Promise<void> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const taken = await takenOf(wanted);
    if (taken.length === 0) return;
    if (Date.now() > deadline) throw new Error((await Promise.all(taken.map(describe))).join('\n'));
    await sleep(250);
  }
}

async function takenOf(wanted: readonly WantedPort[]): Promise<readonly WantedPort[]> {
  const free = await Promise.all(wanted.map(({ port }) => isFree(port)));
  return wanted.filter((_, index) => free[index] === false);
}

async function describe({ option, port, purpose }: WantedPort): Promise<string> {
  const holder = await portHolder(port);
  const by = holder === undefined ? 'a program that this system does not name' : holder;
  return `Port ${port} (${purpose}) is taken by ${by}. End it, or choose another port with ${option}.`;
}
