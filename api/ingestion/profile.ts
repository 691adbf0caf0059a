import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import { z } from 'zod';
import { attributes, signupSchema, type Signup } from '../../domain/customer-schemas';
import type { ConsentStatement } from '../../domain/consent';
import { channels } from '../../domain/messages';
import type { ProfileChange } from '../../store/customers';

/** What is assumed of a customer who has not told. */
export interface ProfileDefaults {
  readonly locale: string;
}

/** The change to a customer that a signup asks for. */
export function signupProfile(signup: Signup, at: Date, defaults: ProfileDefaults): ProfileChange {
  const { email, phone, firstName, lastName, locale, timeZone, tracking } = signup;
  return {
    signedUpAt: at,
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone: normalPhone(phone, locale ?? defaults.locale) }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(locale !== undefined && { locale }),
    ...(timeZone !== undefined && { timeZone }),
    ...(tracking !== undefined && { tracking }),
    ...(signup.attributes !== undefined && { attributes: signup.attributes }),
  };
}

const { email, phone, firstName, lastName, locale, timeZone, tracking, consent } = signupSchema.shape;

/** Traits that are fields of a customer, each under the names that clients give it. */
const traitNames = {
  email: ['email'],
  phone: ['phone'],
  firstName: ['firstName', 'first_name'],
  lastName: ['lastName', 'last_name'],
  locale: ['locale', 'language'],
  timeZone: ['timeZone', 'timezone', 'time_zone'],
  tracking: ['tracking'],
} as const;

const fields = z.object({ email, phone, firstName, lastName, locale, timeZone, tracking, consent });

/** Traits as a change to a customer, or the reason why they can't be one. */
export function traitsProfile(
  traits: Readonly<Record<string, unknown>>,
  defaults: ProfileDefaults,
): { readonly change: ProfileChange; readonly consent: ConsentGiven } | { readonly error: z.ZodError } {
  const known = new Map<string, unknown>([['consent', traits['consent']]]);
  const rest = new Map(Object.entries(traits).filter(([name]) => name !== 'consent'));
  for (const [field, names] of Object.entries(traitNames)) {
    for (const name of names) {
      const value = rest.get(name);
      rest.delete(name);
      if (value !== undefined && value !== null && value !== '') known.set(field, value);
    }
  }
  const parsed = fields.safeParse(Object.fromEntries(known));
  if (!parsed.success) return { error: parsed.error };
  const { phone: number, consent: given = {}, ...change } = parsed.data;
  const others = Object.fromEntries([...rest].filter(([name, value]) => isAttribute(name, value)));
  return {
    consent: given,
    change: {
      ...withoutUndefined(change),
      ...(number !== undefined && { phone: normalPhone(number, change.locale ?? defaults.locale) }),
      attributes: attributes.parse(others),
    },
  };
}

/** Traits of other shapes (addresses, companies, lists) are no attributes; they are dropped. */
const isAttribute = (name: string, value: unknown): boolean =>
  attributes.safeParse({ [name]: value }).success;

/** Yes or no to marketing by channel, the wording it was said to, and the page on which. */
export type ConsentGiven = NonNullable<Signup['consent']>;

/** What is said of marketing by a signup or an update, each channel a statement about every topic. */
export function consentStatements(
  { textVersion, url, ...given }: ConsentGiven,
  said: { readonly at: Date; readonly source: 'signup' | 'identify'; readonly eventId: string },
): ConsentStatement[] {
  const { at, source, eventId } = said;
  return channels.flatMap((channel): ConsentStatement[] => {
    const yes = given[channel];
    if (yes === undefined) return [];
    return [
      {
        ...{ channel, topic: 'all', state: yes ? 'given' : 'revoked', at, source },
        ...(textVersion !== undefined && { textVersion }),
        proof: { event: eventId, ...(url !== undefined && { url }) },
      },
    ];
  });
}

/** A phone number in E.164 where it can be read as one, a national number by the country of the locale; else as it is. */
export function normalPhone(number: string, localeTag: string): string {
  const country = /[-_]([A-Za-z]{2})$/.exec(localeTag)?.[1]?.toUpperCase();
  const parsed = parsePhoneNumberFromString(number, country as CountryCode | undefined);
  return parsed?.isValid() === true ? parsed.number : number;
}

type Defined<T> = { [K in keyof T]: Exclude<T[K], undefined> };

const withoutUndefined = <T extends object>(value: T): Defined<T> =>
  Object.fromEntries(Object.entries(value).filter(([, field]) => field !== undefined)) as Defined<T>;
