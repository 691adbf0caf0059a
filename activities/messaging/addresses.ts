import { parsePhoneNumberFromString, type CountryCode } from 'libphonenumber-js';
import type { CustomerDocument } from '../../store/customers';
import type { Channel } from '../../domain/messages';

/** Country of phone numbers that are written without one. */
const homeCountry: CountryCode = 'BR';

/**
 * One bare address (RFC 5321, in the forms that people have): no quotes, comments, lists, routes, white space, or
 * characters that cannot be seen, any of which a mail library may read as something else than one recipient.
 */
const bareAddress = /^[^\s\p{C}<>()[\]\\,;:"@]{1,64}@[^\s\p{C}<>()[\]\\,;:"@]{1,189}$/u;

/** The address of a customer on a channel, as providers want it; undefined where there is none that can be used. */
export function addressOn(
  channel: Channel,
  { email, phone }: Pick<CustomerDocument, 'email' | 'phone'>,
): string | undefined {
  switch (channel) {
    case 'email': {
      const address = email?.trim() ?? '';
      return bareAddress.test(address) ? address : undefined;
    }
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
