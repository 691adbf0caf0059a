/** What keeps one of a few connections busy. */
export interface Connections {
  /**
   * Waits for a free connection.
   *
   * @param isBulk leaves one connection to others, and lets them go first
   * @returns gives it back; null where the wait was given up
   */
  take(isBulk: boolean, signal: AbortSignal): Promise<(() => void) | null>;
}

/**
 * Shares out the connections to one server, so that a message that somebody waits for waits only for its like, however
 * many go in bulk. Within each kind the first to come is the first to go.
 *
 * @param count where it is 1, a message in bulk may have it too
 */
export function createConnections(count: number): Connections {
  const mostBulk = Math.max(1, count - 1);
  const waiting = { urgent: new Set<() => void>(), bulk: new Set<() => void>() };
  const busy = { urgent: 0, bulk: 0 };
  const isFree = (kind: keyof typeof busy): boolean =>
    busy.urgent + busy.bulk < count && (kind === 'urgent' || busy.bulk < mostBulk);

  const callNext = (): void => {
    for (const kind of ['urgent', 'bulk'] as const) {
      for (const go of waiting[kind]) {
        if (!isFree(kind)) break;
        waiting[kind].delete(go);
        go();
      }
    }
  };

  return {
    take(isBulk, signal) {
      const kind = isBulk ? 'bulk' : 'urgent';
      return new Promise((resolve) => {
        const giveUp = () => {
          waiting[kind].delete(go);
          resolve(null);
        };
        const go = () => {
          signal.removeEventListener('abort', giveUp);
          busy[kind] += 1;
          resolve(() => {
            busy[kind] -= 1;
            callNext();
          });
        };
        if (signal.aborted) {
          resolve(null);
          return;
        }
        signal.addEventListener('abort', giveUp, { once: true });
        waiting[kind].add(go);
        callNext();
      });
    },
  };
}
