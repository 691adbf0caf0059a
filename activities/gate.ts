/** Runs what it is given, some at a time, in the order in which it came. */
export type Gate = <Result>(work: () => Promise<Result>) => Promise<Result>;

/**
 * Makes a gate that lets `width` through at a time.
 *
 * @param together whoever waits is let in only with so many others, or with all that wait: they go on side by side then, and
 *   share what they read and write
 */
export function createGate(width: number, together = 1): Gate {
  const waiting: (() => void)[] = [];
  let inside = 0;

  const letIn = (): void => {
    const room = width - inside;
    if (waiting.length > room && room < together) return;
    for (const enter of waiting.splice(0, room)) {
      inside += 1;
      enter();
    }
  };

  return async (work) => {
    await new Promise<void>((resolve) => {
      waiting.push(resolve);
      letIn();
    });
    try {
      return await work();
    } finally {
      inside -= 1;
      letIn();
    }
  };
}
