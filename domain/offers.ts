/** A place where an offer can be shown. */
export const slots = ['onboarding', 'upsell', 'winback', 'maintenance'] as const;
export type Slot = (typeof slots)[number];

/** One chosen offer as a journey carries it: ids and numbers only; templates look the words up when they render. */
export interface ChosenOffer {
  readonly offerId: string;
  /** The decision that chose it, to which its outcome is attributed. */
  readonly decisionId: string;
  readonly score: number;
  readonly propensity: number;
}
