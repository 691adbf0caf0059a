/** Work that is done again and again. */
export interface Repeated {
  /** Begins it no more; resolves when what is under way is done. */
  stop(): Promise<void>;
}

/**
 * Does something every so many milliseconds; while it is under way, it is not begun again.
 *
 * @param onError is told why it failed; it goes on at the next time
 */
export function repeat(
  work: () => Promise<unknown>,
  { every, onError }: { readonly every: number; readonly onError: (error: unknown) => void },
): Repeated {
  let underWay: Promise<unknown> | undefined;
  const timer = setInterval(() => {
    underWay ??= work()
      .catch(onError)
      .finally(() => (underWay = undefined));
  }, every);
  timer.unref();
  return {
    async stop() {
      clearInterval(timer);
      await underWay;
    },
  };
}
