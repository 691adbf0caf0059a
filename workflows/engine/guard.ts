/** The part of Node's `AsyncLocalStorage` that the guard needs; Temporal's sandbox offers it too. */
export interface AsyncScope<T> {
  run<R>(store: T, fn: () => R): R;
  getStore(): T | undefined;
}

/** Runs code inside or outside the guarded area. */
export interface Guard {
  /** Runs a journey's own code: reading the clock or chance throws there. */
  inside<R>(fn: () => R): R;
  /** Runs the engine's code, called from a journey: there both are allowed again. */
  outside<R>(fn: () => R): R;
}

/**
 * Makes `Math.random()`, `Date.now()` and `new Date()` throw inside a journey's function. That function runs again after
 * every wait, and what these give would differ from one execution to the next.
 *
 * @param scope a new AsyncLocalStorage; it tells a journey's code from all other code that shares the globals
 */
export function ambientGuard(scope: AsyncScope<boolean>): Guard {
  const refuse = (what: string, instead: string): void => {
    if (scope.getStore() === true) {
      throw new Error(
        `${what} differs between executions of a journey, which runs again after every wait: use ${instead}.`,
      );
    }
  };
  const ambientDate = globalThis.Date;
  const guardedDate = function (...args: [] | [value: number]): Date | string {
    if (args.length === 0) refuse('new Date()', 'c.now()');
    const called = (new.target as unknown) === undefined;
    return called ? ambientDate() : (Reflect.construct(ambientDate, args) as Date);
  };
  globalThis.Date = Object.assign(guardedDate, {
    now: () => {
      refuse('Date.now()', 'c.now()');
      return ambientDate.now();
    },
    parse: ambientDate.parse,
    UTC: ambientDate.UTC,
    prototype: ambientDate.prototype,
  }) as unknown as DateConstructor;

  const ambientRandom = Math.random.bind(Math);
  globalThis.Math = Object.create(Math, {
    random: {
      value: () => {
        refuse('Math.random()', 'c.random()');
        return ambientRandom();
      },
    },
  }) as Math;

  return { inside: (fn) => scope.run(true, fn), outside: (fn) => scope.run(false, fn) };
}
