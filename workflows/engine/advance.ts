import type { Burst, Driver } from './burst';
import type { Guard } from './guard';
import { Pass, type PassEnd, type PassMode } from './pass';
import type { PendingWait } from './run-state';
import { stepsOf } from './steps';

/** Where a journey's function came to: a wait, or its end. */
export type Advanced = { readonly kind: 'waits'; readonly pending: PendingWait } | { readonly kind: 'ended' };

/**
 * Runs a journey's function from the top: steps in the journal give their recorded results, the first one that is not
 * there is carried out, and so on up to the next wait.
 *
 * The function may have been edited since its journal was begun. A step that is not in the journal although later ones
 * are was put in behind the customer's back: it is recorded as passed over. To know, the engine looks ahead with a pass
 * that carries nothing out; repeating a pass inside the journal costs nothing.
 *
 * @throws what the function throws
 */
export async function advance(burst: Burst, driver: Driver, guard: Guard): Promise<Advanced> {
  let mode: PassMode = 'replay';
  for (;;) {
    const { end } = await passOnce(mode, burst, driver, guard);
    switch (end.kind) {
      case 'waits':
        return end;
      case 'returned':
      case 'ended':
        return { kind: 'ended' };
      case 'threw':
        throw end.error;
      case 'unclear': {
        const { end: ahead } = await passOnce('probe', burst, driver, guard);
        if (ahead.kind === 'behind') burst.recordPassedOver(ahead.steps);
        else mode = 'live';
        break;
      }
      case 'behind':
        throw new Error('Only a probe looks behind a step.');
      default:
        end satisfies never;
    }
  }
}

/** Goes through a journey's function once; gives the pass beside how it was left. */
export async function passOnce(
  mode: PassMode,
  burst: Burst,
  driver: Driver,
  guard: Guard,
): Promise<{ readonly pass: Pass; readonly end: PassEnd }> {
  const pass = new Pass(mode, burst.journal, (fn) => guard.outside(fn));
  const context = stepsOf(pass, burst, driver);
  pass.start(() => guard.inside(async () => burst.journey.run(context)));
  return { pass, end: await pass.end };
}
