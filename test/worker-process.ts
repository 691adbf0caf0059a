import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import type { TestSystem } from './system';

const children: ChildProcess[] = [];

/** A worker as a process of its own, with more environment variables than those of its system. */
export function startWorker(system: TestSystem, settings: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, ['--import', 'tsx', join('worker', 'main.ts')], {
    cwd: join(__dirname, '..'),
    env: { ...process.env, ...system.environment, ...settings },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, how) => resolve(how)));
  /** Gives the signal that ended it, null where it ended by itself. */
  return { end: (signal: NodeJS.Signals) => (child.kill(signal), ended) };
}

/** Kills the workers that this test has started and that live still. */
export function killWorkers(): void {
  for (const child of children) child.kill('SIGKILL');
}
