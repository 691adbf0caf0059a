/** What arrived, and a way to wait for more. */
export interface Inbox<T> {
  /** All that is kept, in order of arrival. */
  readonly received: readonly T[];
  /**
   * The earliest arrival that no call has given yet and, where `match` is there, that it accepts; waits for it.
   *
   * @param timeoutMs 120,000 where not given
   * @throws Error - nothing came in time.
   */
  next(match?: (item: T) => boolean, timeoutMs?: number): Promise<T>;
}

/** The side of an inbox that fills and empties it. */
export interface InboxSlot<T> {
  put(item: T): void;
  /** Takes out the first item that matches, if one does. */
  take(match: (item: T) => boolean): T | undefined;
}

/** An inbox with its slot, where new arrivals are put. Keeps the last `limit`, or all. */
export function createInbox<T>(what: string, limit = Infinity): Inbox<T> & InboxSlot<T> {
  const received: T[] = [];
  const unseen: T[] = [];
  const waiting = new Set<(item: T) => boolean>();

  function put(item: T): void {
    received.push(item);
    if (received.length > limit) received.shift();
    for (const offer of waiting) if (offer(item)) return;
    unseen.push(item);
    if (unseen.length > limit) unseen.shift();
  }

  function next(match: (item: T) => boolean = () => true, timeoutMs = 120_000): Promise<T> {
    const index = unseen.findIndex(match);
    const [already] = index < 0 ? [] : unseen.splice(index, 1);
    if (already !== undefined) return Promise.resolve(already);
    return new Promise((resolve, reject) => {
      const timer = setTimeout(() => {
        waiting.delete(offer);
        reject(new Error(`No such ${what} within ${timeoutMs} ms; ${received.length} of any kind arrived.`));
      }, timeoutMs);
      const offer = (item: T): boolean => {
        if (!match(item)) return false;
        waiting.delete(offer);
        clearTimeout(timer);
        resolve(item);
        return true;
      };
      waiting.add(offer);
    });
  }

  function take(match: (item: T) => boolean): T | undefined {
    const waitingFor = unseen.findIndex(match);
    if (waitingFor >= 0) unseen.splice(waitingFor, 1);
    const index = received.findIndex(match);
    return index < 0 ? undefined : received.splice(index, 1)[0];
  }

  return { received, put, take, next };
}
