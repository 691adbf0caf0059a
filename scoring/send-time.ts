import { highest } from './highest';
import type { Random } from './random';

/** A way and an hour to reach somebody. */
export interface Moment {
  readonly channel: string;
  /** 0 to 23, in the customer's own time zone. */
  readonly hour: number;
}

/** What messages at one moment came to. */
export interface MomentCount extends Moment {
  readonly sent: number;
  /** How many of them were answered: a click or a reply, better than an open, which mail programs make by themselves. */
  readonly answered: number;
}

/** Counts of one customer, or of all together, as a plain document. Moments without a message are not in it. */
export type MomentCounts = readonly MomentCount[];

/** Adds what became of one message. `weight` is how many messages it counts as. */
export function countMoment(
  counts: MomentCounts,
  moment: Moment,
  { answered, weight = 1 }: { readonly answered: boolean; readonly weight?: number },
): MomentCounts {
  const { channel, hour } = moment;
  const at = counts.findIndex((one) => one.channel === channel && one.hour === hour);
  const known = counts[at] ?? { channel, hour, sent: 0, answered: 0 };
  const next = { ...known, sent: known.sent + weight, answered: known.answered + (answered ? weight : 0) };
  return at === -1 ? [...counts, next] : counts.with(at, next);
}

/** Scales all counts by `keep`, in (0, 1], so that habits that change can be followed. */
export function forgetMoments(counts: MomentCounts, keep: number): MomentCounts {
  return counts.map((one) => ({ ...one, sent: keep * one.sent, answered: keep * one.answered }));
}

export interface MomentChoice extends Moment {
  /** Expected share of messages answered. */
  readonly mean: number;
  /** The posterior draw that it competed with. */
  readonly sampled: number;
  /** Chance that this moment is chosen, estimated by draws, with its standard error. */
  readonly probability: number;
  readonly probabilityError: number;
}

export interface MomentOptions {
  /** Of all customers together. */
  readonly everyone: MomentCounts;
  /** Of this customer; absent or empty at first. */
  readonly customer?: MomentCounts;
  /** What quiet hours, caps and consent leave. */
  readonly allowed: readonly Moment[];
  readonly random: Random;
  /** How many messages of their own weigh as much as what everyone does. Default 20. */
  readonly strength?: number;
  /** Draws behind the probabilities. Default 200. */
  readonly draws?: number;
}

/** Share of messages answered that is assumed before the first message ever, and the messages that belief is worth. */
const outset = { share: 0.05, strength: 20 } as const;
const even = { a: 1, b: 1 } as const;
/** How much a message says about its own hour, the hours beside it, and those beside them: habits are no sharper. */
const nearness = [1, 0.5, 0.2] as const;

/**
 * Orders the allowed moments for a customer, best first, by Thompson sampling. The share of messages answered at a
 * moment is beta; its prior is what everyone answers there, drawn towards the channel's share and that towards the
 * share of all, each with the weight of `strength` messages (a pooled prior). So the first customer gets any allowed
 * moment, a new customer of an old business its good hours, and a customer with a history their own.
 */
export function chooseMoment(options: MomentOptions): MomentChoice[] {
  const { everyone, customer = [], allowed, random, strength = 20, draws = 200 } = options;
  const beliefs = allowed.map((moment) => {
    const prior = pooledShare(everyone, moment, strength);
    const { sent, answered } = near(customer, moment);
    return { a: prior * strength + answered, b: (1 - prior) * strength + sent - answered };
  });
  const sampled = beliefs.map(({ a, b }) => random.beta(a, b));
  const order = highest(sampled.length, sampled.length, (x, y) => {
    const [left, right] = [sampled[x] ?? 0, sampled[y] ?? 0];
    return left > right || (left === right && x < y);
  });
  const wins: number[] = beliefs.map((_, index) => (index === order[0] ? 1 : 0));
  for (let drawn = 0; drawn < draws; drawn++) {
    let [first, highestDraw] = [0, -1];
    for (let index = 0; index < beliefs.length; index++) {
      const { a, b } = beliefs[index] ?? even;
      const value = random.beta(a, b);
      if (value > highestDraw) [first, highestDraw] = [index, value];
    }
    wins[first] = (wins[first] ?? 0) + 1;
  }
  return order.flatMap((index) => {
    const [moment, belief] = [allowed[index], beliefs[index]];
    if (!moment || !belief) return [];
    const probability = (wins[index] ?? 0) / (draws + 1);
    return [
      {
        channel: moment.channel,
        hour: moment.hour,
        mean: belief.a / (belief.a + belief.b),
        sampled: sampled[index] ?? 0,
        probability,
        probabilityError: Math.sqrt((probability * (1 - probability)) / draws),
      },
    ];
  });
}

/** What everyone answers at a moment, drawn towards the channel's share, and that towards the share of all. */
function pooledShare(everyone: MomentCounts, moment: Moment, strength: number): number {
  const all = drawn(total(everyone), outset.share, outset.strength);
  const channel = drawn(total(everyone.filter((one) => one.channel === moment.channel)), all, strength);
  return drawn(near(everyone, moment), channel, strength);
}

function drawn({ sent, answered }: Count, share: number, strength: number): number {
  return (answered + share * strength) / (sent + strength);
}

interface Count {
  readonly sent: number;
  readonly answered: number;
}

function total(counts: MomentCounts): Count {
  return counts.reduce((sum, one) => ({ sent: sum.sent + one.sent, answered: sum.answered + one.answered }), {
    sent: 0,
    answered: 0,
  });
}

/** Counts of the channel about an hour, less the further away, around midnight too. */
function near(counts: MomentCounts, { channel, hour }: Moment): Count {
  let sent = 0;
  let answered = 0;
  for (const one of counts) {
    if (one.channel !== channel) continue;
    const apart = Math.abs(one.hour - hour);
    const share = nearness[Math.min(apart, 24 - apart)] ?? 0;
    sent += share * one.sent;
    answered += share * one.answered;
  }
  return { sent, answered };
}
