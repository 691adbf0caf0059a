import { realTime } from '../../domain/clock';
import { covers, isPaused } from '../../domain/consent';
import type { OfferRule } from '../../domain/offer-schemas';
import type { Slot } from '../../domain/offers';
import type { OfferDocument } from '../../store/offers';
import type { CustomerFacts } from './facts';

const day = 86_400_000;

/**
 * The first rule that keeps an offer from a customer, undefined where none does: `slot`, `not-yet-active`,
 * `no-longer-active`, `currency`, or one of the offer's own (`segment:vip`, `not-segment:vip`, `attribute:tier`,
 * `vehicle`, `no-vehicle`, `cool-down`, `consent:email`). What is scarce or tiresome is judged by arbitration.
 *
 * @param currency the business's; values in another one cannot be compared
 */
export function rejectingRule(
  offer: OfferDocument,
  facts: CustomerFacts,
  { slot, currency }: { readonly slot: Slot; readonly currency: string },
): string | undefined {
  const { from, until } = offer.active;
  if (!offer.slots.includes(slot)) return 'slot';
  if (from && facts.now < from.getTime()) return 'not-yet-active';
  if (until && facts.now >= until.getTime()) return 'no-longer-active';
  if (offer.value.currency !== currency) return 'currency';
  if (offer.rules.length === 0) return undefined;
  const broken = offer.rules.find((rule) => !holds(rule, offer, facts));
  return broken && nameOf(broken);
}

function holds(rule: OfferRule, offer: OfferDocument, facts: CustomerFacts): boolean {
  switch (rule.rule) {
    case 'segment':
      return facts.segments.has(rule.segment);
    case 'not-segment':
      return !facts.segments.has(rule.segment);
    case 'attribute':
      return compares(facts.customer.attributes[rule.name] ?? undefined, rule);
    case 'vehicle':
      return owns(facts, rule.models);
    case 'no-vehicle':
      return !owns(facts, rule.models);
    case 'cool-down': {
      const taken = facts.taken.get(offer._id);
      return taken === undefined || facts.now - taken >= rule.days * day;
    }
    case 'consent':
      return isSendable(facts, rule);
    default:
      return rule satisfies never;
  }
}

function isSendable(
  { customer: { consent, clock }, now }: CustomerFacts,
  { channel, topic = 'offers' }: Extract<OfferRule, { rule: 'consent' }>,
): boolean {
  return covers(consent[channel], topic) && !isPaused(consent[channel], new Date(realTime(clock, now)));
}

function nameOf(rule: OfferRule): string {
  switch (rule.rule) {
    case 'segment':
    case 'not-segment':
      return `${rule.rule}:${rule.segment}`;
    case 'attribute':
      return `${rule.rule}:${rule.name}`;
    case 'consent':
      return `${rule.rule}:${rule.channel}`;
    case 'vehicle':
    case 'no-vehicle':
    case 'cool-down':
      return rule.rule;
    default:
      return rule satisfies never;
  }
}

type Attribute = string | number | boolean | undefined;

function compares(value: Attribute, rule: Extract<OfferRule, { rule: 'attribute' }>): boolean {
  const { is, oneOf, not, atLeast, atMost } = rule;
  if (is !== undefined && value !== is) return false;
  if (oneOf && !oneOf.some((one) => one === value)) return false;
  if (not !== undefined && value === not) return false;
  if (atLeast !== undefined && !(typeof value === 'number' && value >= atLeast)) return false;
  return atMost === undefined || (typeof value === 'number' && value <= atMost);
}

function owns({ vehicles }: CustomerFacts, models: readonly string[] | undefined): boolean {
  if (!models) return vehicles.size > 0;
  return [...vehicles.values()].some((model) => model !== undefined && models.includes(model));
}
