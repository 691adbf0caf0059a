import type { FastifyBaseLogger } from 'fastify';
import type { Erasure } from '../activities/erasure/erasure';

/** How often passes that are due are looked for, milliseconds. */
const interval = 5_000;

/** Goes on with erasures that are due, of this process or of one that crashed, until it is closed. */
export function startErasureSweeper(erasure: Erasure, log: FastifyBaseLogger): { close(): Promise<void> } {
  let isClosing = false;
  let sweeping: Promise<void> | undefined;
  async function sweep(): Promise<void> {
    try {
      while (!isClosing && (await erasure.continueOne()));
    } catch (error) {
      log.warn({ error: error instanceof Error ? error.name : 'unknown' }, 'erasures put off');
    }
    sweeping = undefined;
  }
  const timer = setInterval(() => void (sweeping ??= sweep()), interval);
  return {
    async close() {
      isClosing = true;
      clearInterval(timer);
      await sweeping;
    },
  };
}
