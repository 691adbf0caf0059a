import { setImmediate as nextTurn } from 'node:timers/promises';
import { createBatcher } from '../../store/batcher';
import type { Composer } from './compose';

/** Most letters that wait for one another. */
const together = 50;

/**
 * Composes letters one by one, so that all else that the process does has its turn in between. Those that were asked for
 * together are given out together: what is done with them next shares its reads and writes.
 */
export function createWriting(compose: Composer) {
  const letters = createBatcher(async (drafts: Parameters<Composer>[]) => {
    const written: (() => ReturnType<Composer>)[] = [];
    for (const draft of drafts) {
      await nextTurn();
      written.push(attempt(() => compose(...draft)));
    }
    return written;
  }, together);

  return async (...draft: Parameters<Composer>): Promise<ReturnType<Composer>> => {
    const [read] = await letters.add([draft]);
    if (!read) throw new Error('A letter was asked for and not written.');
    return read();
  };
}

/** Does some work now; who calls what it gives learns its result, or gets its error. */
function attempt<Result>(work: () => Result): () => Result {
  try {
    const result = work();
    return () => result;
  } catch (error) {
    return () => {
      throw error;
    };
  }
}
