import { forgetMoments, type MomentCounts } from '../../scoring';
import { days } from '../../domain/duration';

/** Name under which `store/models.ts` keeps what is known of everyone together. */
export const everyonesMoments = 'moments';

/** What is known of everyone together. */
export interface Moments {
  readonly counts: MomentCounts;
}

/** How long after it went, on the customer's clock, an answer to a message is waited for. */
export const answerWindow = days(3);

/** Milliseconds in which what was learned loses half of its weight: habits change. */
export const habitHalfLife = days(90);

/** Counts discounted from one instant to a later one. */
export function fadedCounts(counts: MomentCounts, from: Date, to: Date): MomentCounts {
  const passed = to.getTime() - from.getTime();
  return passed <= 0 ? counts : forgetMoments(counts, 0.5 ** (passed / habitHalfLife));
}
