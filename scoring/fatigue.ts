/** One showing of an offer to the customer. */
export interface Showing {
  readonly offerId: string;
  /** Epoch milliseconds. */
  readonly at: number;
  /** True where the customer clicked, ordered or replied: such a showing tires nobody. */
  readonly answered: boolean;
  readonly group?: string;
}

/** How ignored showings wear an offer out, and how that passes. */
export interface FatigueRules {
  /** What one fresh ignored showing multiplies an offer's utility by, in (0, 1). */
  readonly perIgnored: number;
  /** Milliseconds in which the effect of an ignored showing halves. */
  readonly halfLife: number;
  /** An offer whose factor is below this is not shown until it has recovered. */
  readonly floor: number;
  /** How much an ignored showing of another offer of the same group counts, in [0, 1]. */
  readonly groupShare: number;
}

/** An ignored offer loses a third, half of which is back in two weeks; three in a row rest it for about a week. */
export const defaultFatigue: FatigueRules = {
  perIgnored: 2 / 3,
  halfLife: 14 * 24 * 3600 * 1000,
  floor: 0.35,
  groupShare: 0.25,
};

export interface Fatigue {
  /** Multiplies the utility: `perIgnored` to the power of the load, the sum of 2^(-age / halfLife) of ignored showings. */
  readonly factor: number;
  /** True where the factor is below the floor. */
  readonly resting: boolean;
  /** When the factor is back at the floor if nothing more is shown (epoch milliseconds); `now` where it is not below. */
  readonly recoversAt: number;
}

/** How tired a customer is of an offer at an instant. Showings after `now` do not count. */
export function fatigueOf(
  offer: { readonly id: string; readonly group?: string },
  showings: readonly Showing[],
  { now, rules = defaultFatigue }: { readonly now: number; readonly rules?: FatigueRules },
): Fatigue {
  let load = 0;
  for (const { offerId, at, answered, group } of showings) {
    if (answered || at > now) continue;
    const sameGroup = group !== undefined && group === offer.group;
    const share = offerId === offer.id ? 1 : sameGroup ? rules.groupShare : 0;
    load += share * 2 ** (-(now - at) / rules.halfLife);
  }
  const bearable = Math.log(rules.floor) / Math.log(rules.perIgnored);
  const resting = load > bearable;
  return {
    factor: rules.perIgnored ** load,
    resting,
    recoversAt: resting ? now + rules.halfLife * Math.log2(load / bearable) : now,
  };
}
