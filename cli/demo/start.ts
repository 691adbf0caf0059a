import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { root } from '../setup/index';
import { dataDirOf } from '../dev/plan';
import { readRunning } from '../dev/running';
import { setTimeout as sleep } from 'node:timers/promises';

/** A system that was started for a demonstration. */
export interface StartedSystem {
  stop(): Promise<void>;
}

/**
 * Starts `perene dev` as a process of its own, which says on standard error how it goes; resolves once it runs.
 *
 * @throws Error - it ended, or `signal` ended it, before it ran
 */
export async function startSystem(env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<StartedSystem> {
  const child = spawn(process.execPath, [join(root, 'cli', 'perene.js'), 'dev'], {
    cwd: root,
    env,
    // A group of its own: Ctrl-C in the terminal ends the demonstration, which then ends the system.
    detached: true,
    stdio: ['ignore', process.stderr, process.stderr],
  });
  const ended = new Promise<void>((resolve) => child.once('close', () => resolve()));
  const isOver = () => child.exitCode !== null || child.signalCode !== null;
  const stop = async () => {
    if (!isOver()) child.kill('SIGTERM');
    await ended;
  };
  const dataDir = dataDirOf(env, root);
  while (!isOver() && !signal.aborted) {
    const running = await readRunning(dataDir);
    if (running && Object.keys(running.variables).length > 0) return { stop };
    await Promise.race([ended, sleep(250)]);
  }
  await stop();
  throw new Error('The system could not be started.');
}
