import { setTimeout as sleep } from 'node:timers/promises';

/** Gathers what is asked for at once into one write. */
export interface Batcher<Item, Result> {
  /** Results of some items, in their order. They are written in one flush if they fit, after what was added earlier. */
  add(items: readonly Item[]): Promise<Result[]>;
  /** Resolves when nothing is left to write. */
  idle(): Promise<void>;
}

interface Waiting<Item, Result> {
  readonly items: readonly Item[];
  readonly resolve: (results: Result[]) => void;
  readonly reject: (reason: unknown) => void;
}

/** How those who come at once share a flush. */
export interface Sharing {
  /** Milliseconds for which each flush waits for more, where they trickle in and nobody is in a hurry; none by default. */
  readonly linger?: number;
  /**
   * Whether an error tells that some items cannot be written: then only who brought them learn of it, and those of the
   * others are flushed again. By default nothing tells that.
   */
  readonly isOfItems?: (error: unknown) => boolean;
}

/**
 * Makes a batcher: a flush begins as soon as the one before it has ended, with everything that came meanwhile. Nothing
 * waits for a timer, so a lone item is written at once and a crowd shares its writes.
 *
 * @param flush writes items and gives a result for each; where it fails, all who share the flush learn of it
 * @param limit items that one flush takes, unless a single caller brings more
 */
export function createBatcher<Item, Result>(
  flush: (items: Item[]) => Promise<Result[]>,
  limit: number,
  { linger = 0, isOfItems = () => false }: Sharing = {},
): Batcher<Item, Result> {
  const queue: Waiting<Item, Result>[] = [];
  let running: Promise<void> | undefined;

  function takeBatch(): Waiting<Item, Result>[] {
    let size = 0;
    const fits = queue.findIndex(({ items }, index) => {
      size += items.length;
      return index > 0 && size > limit;
    });
    return queue.splice(0, fits === -1 ? queue.length : fits);
  }

  async function write(batch: readonly Waiting<Item, Result>[]): Promise<void> {
    try {
      const results = await flush(batch.flatMap(({ items }) => items));
      let next = 0;
      for (const { items, resolve } of batch) resolve(results.slice(next, (next += items.length)));
    } catch (error) {
      if (batch.length > 1 && isOfItems(error)) {
        const half = Math.ceil(batch.length / 2);
        await write(batch.slice(0, half));
        await write(batch.slice(half));
      } else for (const { reject } of batch) reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (queue.length > 0) {
      if (linger > 0) await sleep(linger);
      await write(takeBatch());
    }
    running = undefined;
  }

  return {
    add(items) {
      if (items.length === 0) return Promise.resolve([]);
      return new Promise((resolve, reject) => {
        queue.push({ items, resolve, reject });
        running ??= Promise.resolve().then(drain);
      });
    },
    async idle() {
      await running;
    },
  };
}
