import { z } from 'zod';

const timeZone = z.string().max(64).refine(isZone, 'must be an IANA time zone such as America/Sao_Paulo');

/** An e-mail address of lengths that mail servers take (RFC 5321, section 4.5.3.1). */
export const emailAddress = z
  .email()
  .max(254)
  .regex(/^[^@]{1,64}@/, 'has more than 64 characters before the @');

/** Half a character would be stored as another one, and so might name somebody else. */
export const customerId = z
  .string()
  .min(1)
  .max(128)
  .refine((id) => !/\p{Surrogate}/u.test(id), 'must be well-formed text');

const attributeValue = z.union([z.string().max(1_024), z.number(), z.boolean(), z.null()]);
/** Most attributes that one call may bring: what a database does with them grows faster than their number. */
export const attributesAtOnce = 256;
/** Most attributes that a customer has in all, and most bytes of their names and values, as JSON in UTF-8. */
export const attributesInAll = { count: 1_000, bytes: 65_536 };
export const attributes = z
  .record(z.string().regex(/^[A-Za-z][\w-]{0,63}$/), attributeValue)
  .refine((given) => Object.keys(given).length <= attributesAtOnce, `at most ${attributesAtOnce} attributes`)
  .meta({ maxProperties: attributesAtOnce });

/** The body of `POST /v1/customers`. */
export const signupSchema = z.strictObject({
  id: customerId,
  email: emailAddress.optional(),
  phone: z.string().min(4).max(32).optional(),
  firstName: z.string().max(128).optional(),
  lastName: z.string().max(128).optional(),
  locale: z.string().max(35).optional(),
  timeZone: timeZone.optional(),
  attributes: attributes.optional(),
  tracking: z.boolean().optional(),
  consent: z
    .strictObject({
      email: z.boolean().optional(),
      sms: z.boolean().optional(),
      textVersion: z.string().max(64).optional(),
      url: z
        .url({ protocol: /^https?$/ })
        .max(512)
        .optional(),
    })
    .optional(),
});

export type Signup = z.infer<typeof signupSchema>;

const knownZones = new Map<string, boolean>();

/** Aliases count too, which `Intl.supportedValuesOf` leaves out; bare offsets do not. */
function isZone(name: string): boolean {
  let isKnown = knownZones.get(name);
  if (isKnown === undefined) {
    isKnown = /^[A-Za-z]/.test(name) && canFormatIn(name);
    if (knownZones.size < 1_000) knownZones.set(name, isKnown);
  }
  return isKnown;
}

function canFormatIn(timeZone: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone });
    return true;
  } catch {
    return false;
  }
}
