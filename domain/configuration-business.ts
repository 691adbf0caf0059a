import { z } from 'zod';
import type { Configuration } from './configuration';
import { locales } from './locale';
import { currencies } from './money';

const line = z.string().regex(/^[^\r\n]+$/, 'must be on one line');

/** The variables that say who the business is. */
export const businessVariables = {
  BUSINESS_NAME: z
    .string()
    .default('Perene Motors')
    .describe('Name of the business, as its customers read it.'),
  BUSINESS_ADDRESS: line
    .optional()
    .describe('Postal address on one line: the law of many countries wants it in commercial e-mail.'),
  BUSINESS_URL: z
    .url({ protocol: /^https?$/, error: 'must be an http:// or https:// address' })
    .optional()
    .describe('Web site to which buttons of e-mails lead.'),
  BUSINESS_PHONE: line.optional().describe('Phone number as customers read it.'),
  BUSINESS_TIME_ZONE: z
    .string()
    .refine(isTimeZone, 'must be an IANA time zone')
    .default('America/Sao_Paulo')
    .describe('IANA time zone of customers whose own is not known.'),
  DEFAULT_LOCALE: z
    .enum(locales, `must be ${locales.join(' or ')}`)
    .default('pt-BR')
    .describe('Language of customers whose own is not known.'),
  CURRENCY: z
    .enum(currencies, `must be one of ${currencies.join(', ')}`)
    .default('BRL')
    .describe('ISO 4217 code of amounts that carry none.'),
};

/** The business that the variables describe. */
export function businessOf(env: z.output<z.ZodObject<typeof businessVariables>>): Configuration['business'] {
  return {
    name: env.BUSINESS_NAME,
    timeZone: env.BUSINESS_TIME_ZONE,
    locale: env.DEFAULT_LOCALE,
    currency: env.CURRENCY,
    ...(env.BUSINESS_ADDRESS !== undefined && { address: env.BUSINESS_ADDRESS }),
    ...(env.BUSINESS_URL !== undefined && { url: env.BUSINESS_URL }),
    ...(env.BUSINESS_PHONE !== undefined && { phone: env.BUSINESS_PHONE }),
  };
}

function isTimeZone(name: string): boolean {
  try {
    new Intl.DateTimeFormat('en', { timeZone: name });
    return true;
  } catch {
    return false;
  }
}
