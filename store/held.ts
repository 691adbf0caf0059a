/** For how long what is in memory is given out without asking, and while it is being read again, milliseconds. */
const [fresh, tolerated] = [2_000, 10_000];

/** A value of the database that a process holds in memory. */
export interface Held<Value> {
  /**
   * The value. From two seconds on it is read again behind the back of whoever asks, who gets the one in memory; only one
   * that is expired, or ten seconds old, is waited for.
   */
  get(): Promise<Value>;
  /** Makes the next `get` read again and wait for it: this process has changed the value. */
  expire(): void;
}

/**
 * Holds a value. A failed reading is told to whoever waits for it and tried again by the next.
 *
 * @param now epoch milliseconds
 * @param readAgain is given the value in memory, and gives that very one back where nothing has changed
 */
export function hold<Value>(
  readAgain: (known: Value | undefined) => Promise<Value>,
  now: () => number = Date.now,
): Held<Value> {
  /** Grows when the value is expired; what was read for an earlier one is not given out any more. */
  let epoch = 0;
  let held: { readonly value: Value; readonly at: number; readonly epoch: number } | undefined;
  let reading: { readonly value: Promise<Value>; readonly epoch: number } | undefined;

  const refresh = (): Promise<Value> => {
    if (reading?.epoch === epoch) return reading.value;
    const [at, mine, before] = [now(), epoch, reading?.value];
    const read = async (): Promise<Value> => {
      await before?.catch(() => undefined);
      try {
        const value = await readAgain(held?.value);
        held = { value, at, epoch: mine };
        return value;
      } finally {
        if (reading === started) reading = undefined;
      }
    };
    const started = { value: read(), epoch: mine };
    reading = started;
    return started.value;
  };

  return {
    get() {
      if (held?.epoch !== epoch) return refresh();
      const age = now() - held.at;
      if (age < fresh) return Promise.resolve(held.value);
      const renewed = refresh();
      if (age >= tolerated) return renewed;
      renewed.catch(() => undefined);
      return Promise.resolve(held.value);
    },
    expire() {
      epoch++;
    },
  };
}
