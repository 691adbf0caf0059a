import { readFile } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import type { RunningProcess } from './processes';

/** How a server is known to be ready. */
export interface Readiness {
  /** Resolves when the server answers, rejects while it does not. */
  readonly probe: () => Promise<unknown>;
  readonly timeoutMs?: number;
  /** Whose last lines an error quotes. */
  readonly logFile?: string;
}

/**
 * Waits until `process` answers its probe. The process has to live after the probe too: another program may hold its port.
 *
 * @throws Error - the process ended or did not answer in time; it quotes the end of its log.
 */
export async function ready(process: RunningProcess, readiness: Readiness): Promise<void> {
  const deadline = Date.now() + (readiness.timeoutMs ?? 60_000);
  for (;;) {
    const answered = await readiness.probe().then(
      () => true,
      () => false,
    );
    if (process.end !== undefined) throw await failure(`${process.name} ${process.end}`, readiness.logFile);
    if (answered) return;
    if (Date.now() > deadline) throw await failure(`${process.name} does not answer`, readiness.logFile);
    await sleep(50);
  }
}

async function failure(message: string, logFile: string | undefined): Promise<Error> {
  if (logFile === undefined) return new Error(message);
  const log = await readFile(logFile, 'utf8').catch(() => '');
  const lastLines = log.trimEnd().split('\n').slice(-8).join('\n  ');
  return new Error(`${message}. The end of ${logFile}:\n  ${lastLines}`);
}
