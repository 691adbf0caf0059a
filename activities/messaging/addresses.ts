import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import type { CustomerDocument } from '../../store/customers';
import type { Channel } from '../../domain/messages';

/** Country of phone numbers that are written without one. */
const homeCountry: CountryCode = 'BR';

/** The address of a customer on a channel, as providers want it; undefined where there is none that can be used. */
export function addressOn(
  channel: Channel,
  { email, phone }: Pick<CustomerDocument, 'email' | 'phone'>,
): string | undefined {
  switch (channel) {
    case 'email':
      return email?.trim() === '' ? undefined : email?.trim();
    case 'sms':
      return phone === undefined ? undefined : toE164(phone);
    default:
      return channel satisfies never;
  }
}

/** A phone number in E.164, or undefined where it is no number that could be called. */
export function toE164(phone: string): string | undefined {
  const number = parsePhoneNumberFromString(phone, homeCountry);
  return number?.isValid() === true ? number.number : undefined;
}
