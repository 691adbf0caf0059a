import { z } from 'zod';
import { attributeNames } from './attributes';
import { instantText } from './instant-schemas';
import { locales } from './locale';
import { channels, topics } from './messages';
import { currencies } from './money';
import { slots } from './offers';
import { segments, type SegmentName } from './segments';

const currency = z.enum(currencies);
const amount = z.number().int().min(0).max(1_000_000_000_000);
const attributeValue = z.union([z.string().max(256), z.number(), z.boolean()]);
const someDays = z.number().positive().max(3_650);
/** For how many days a piece is held. */
export const usualHoldDays = 7;
const models = z.array(z.string().min(1).max(64)).min(1).max(64);
const segmentNames = Object.keys(segments) as [SegmentName, ...SegmentName[]];
const segment = z.enum(segmentNames, `must be one of the segments: ${segmentNames.join(', ')}`);

/** An offer id, as it stands in `/v1/offers/{id}` and in events. */
export const offerId = z
  .string()
  .regex(/^[\w.:-]{1,128}$/, 'must be 1 to 128 letters, digits, dots, colons, hyphens or underscores');

/** A text in every language, none of them empty. */
const localized = (longest: number) => {
  const text = z.string().trim().min(1).max(longest);
  return z.strictObject(
    Object.fromEntries(locales.map((locale) => [locale, text])) as Record<
      (typeof locales)[number],
      typeof text
    >,
  );
};

/** An amount in the currency's minor unit: 1990 is 19.90. */
export const moneySchema = z.strictObject({ amount, currency });

/**
 * Who may be shown an offer, as plain data; every rule must hold. A decision that leaves an offer out names the rule,
 * with its subject where it has one: `segment:vip`, `attribute:orders`, `consent:email`, `cool-down`.
 */
export const offerRuleSchema = z.discriminatedUnion('rule', [
  /** Only customers in a segment; only customers outside it. */
  z.strictObject({ rule: z.literal('segment'), segment }),
  z.strictObject({ rule: z.literal('not-segment'), segment }),
  /** Every comparison given must hold. An attribute that the customer lacks meets `not` alone. */
  z
    .strictObject({
      rule: z.literal('attribute'),
      name: z
        .string()
        .regex(/^[A-Za-z][\w-]{0,63}$/, `must be an attribute's name such as ${attributeNames[0]}`),
      is: attributeValue.optional(),
      oneOf: z.array(attributeValue).min(1).max(64).optional(),
      not: attributeValue.optional(),
      atLeast: z.number().optional(),
      atMost: z.number().optional(),
    })
    .refine((rule) => Object.keys(rule).length > 2, 'needs a comparison: is, oneOf, not, atLeast or atMost'),
  /** Only owners of a vehicle, or of one of some models; nobody who owns one. */
  z.strictObject({ rule: z.literal('vehicle'), models: models.optional() }),
  z.strictObject({ rule: z.literal('no-vehicle'), models: models.optional() }),
  /** Not again until so many days of the customer's clock after the customer took it. */
  z.strictObject({ rule: z.literal('cool-down'), days: someDays }),
  /** Only customers who may be sent marketing on a channel, of a topic: `offers` where none is named. */
  z.strictObject({
    rule: z.literal('consent'),
    channel: z.enum(channels),
    topic: z.enum(topics).optional(),
  }),
]);

export type OfferRule = z.output<typeof offerRuleSchema>;

/** The body of `PUT /v1/offers/{id}`. */
export const offerSchema = z
  .strictObject({
    name: localized(120),
    description: localized(2_000),
    slots: z.array(z.enum(slots)).min(1).max(slots.length),
    price: moneySchema,
    /** Margin expected when the offer is taken, in the currency of the price; an offer that earns nothing is not shown. */
    value: moneySchema,
    /** Where the offer can be taken. */
    url: z.url({ protocol: /^https?$/, error: 'must be an http or https address' }).max(2_048),
    /** When the offer may be shown: from `from` up to, but not at, `until`; always where neither is given. */
    active: z
      .strictObject({
        from: instantText.optional(),
        until: instantText.optional(),
      })
      .default({})
      .refine(
        ({ from, until }) =>
          from === undefined || until === undefined || Date.parse(from) < Date.parse(until),
        { message: 'must be after active.from', path: ['until'] },
      ),
    /** By how much the business favours the offer; 1 leaves the score as it is, 0 never shows it. */
    lever: z.number().min(0).max(100).default(1),
    /** How well the offer suits each place it can be shown in; 1 where nothing is said. */
    slotWeights: z.partialRecord(z.enum(slots), z.number().min(0).max(100)).default({}),
    /** Offers of one group are alike: a customer who ignores one tires of the others too. */
    group: z.string().min(1).max(64).optional(),
    /** How many may be taken by all customers together; no limit where it is absent. */
    stock: z.number().int().min(0).max(1_000_000_000).optional(),
    /** How much may be spent on all that are taken, each costing `cost`; minor units of the price's currency. */
    budget: z.strictObject({ total: amount, cost: amount.min(1) }).optional(),
    /**
     * Where stock or budget limit it: for how many days of the customer's clock one piece is held for a customer whom a
     * decision has chosen it for, before it is free again; {@link usualHoldDays} where nothing is said.
     */
    holdDays: someDays.optional(),
    /** How often one customer may be shown it, in so many days of the customer's clock. */
    cap: z.strictObject({ times: z.number().int().min(1).max(1_000), days: someDays }).optional(),
    rules: z.array(offerRuleSchema).max(32).default([]),
    /** Numeric properties from which the model learns what offers have in common: discount, months of warranty. */
    features: z
      .record(
        z.string().regex(/^[a-z][A-Za-z0-9]{0,31}$/, 'must be a name such as discountPercent'),
        z.number(),
      )
      .default({})
      .refine((features) => Object.keys(features).length <= 16, 'must not have more than 16 features'),
  })
  .refine(({ price, value }) => price.currency === value.currency, {
    message: 'must be in the currency of the price',
    path: ['value', 'currency'],
  });

/** An offer as it is written in a `PUT`. */
export type OfferInput = z.input<typeof offerSchema>;
/** An offer with its defaults filled in. */
export type OfferBody = z.output<typeof offerSchema>;
