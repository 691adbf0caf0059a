/** Runs what it is given, some at a time, in the order in which it came. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/** Makes a gate that lets `width` through at a time. */
export function createGate(width: number): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;
  return async (work) => {
    if (inside >= width) await new Promise<void>((resolve) => waiting.push(resolve));
    else inside += 1;
    try {
      return await work();
    } finally {
      // Whoever is next takes this place over.
      const next = waiting.shift();
      if (next) next();
      else inside -= 1;
    }
  };
}
