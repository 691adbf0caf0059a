import { correctBandit, forgetBandit, updateBandit, type BanditState } from '../../scoring';
import type { ShownOffer } from '../../store/decisions';
import type { OutcomeDocument } from '../../store/outcomes';
import { vectorOf } from '../decisions/model';

const day = 86_400_000;

/** Milliseconds in which what was learned loses half of its weight: what customers want changes. */
export const halfLife = 90 * day;

/** An outcome with the features that its offer was scored with. */
export interface Lesson {
  readonly outcome: Pick<OutcomeDocument, 'offerId' | 'reward' | 'folded'>;
  readonly features: ShownOffer['features'];
}

/** The instant up to which a model is to be discounted: further than before only when a day has passed. */
export function fadingOf(before: Date | undefined, at: Date): Date {
  return before && at.getTime() - before.getTime() < day ? before : at;
}

/** Discounts a model from one instant to a later one. */
export function fadedTo(state: BanditState, from: Date, to: Date): BanditState {
  const keep = Math.min(weightAt(from, to), 1);
  return keep === 1 || state.weight === 0 ? state : forgetBandit(state, keep);
}

/** What an outcome weighs in a model that is discounted up to `faded`, where one that is `at` that instant weighs 1. */
export function weightAt(at: Date, faded: Date): number {
  return 0.5 ** ((faded.getTime() - at.getTime()) / halfLife);
}

/** Folds a new outcome in, or corrects the reward of one that the model holds. */
export function learn(state: BanditState, { outcome, features }: Lesson, faded: Date): BanditState {
  const { offerId: id, reward, folded } = outcome;
  const vector = vectorOf(state.features, features);
  return folded
    ? correctBandit(state, [
        { id, features: vector, change: reward - folded.reward, weight: weightAt(folded.at, faded) },
      ])
    : updateBandit(state, [{ id, features: vector, reward }]);
}
