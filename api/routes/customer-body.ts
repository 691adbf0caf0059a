import { z } from 'zod';
import { channels, topics } from '../../domain/messages';
import type { Consent } from '../../domain/consent';
import type { CustomerDocument } from '../../store/customers';

const topicList = z.array(z.enum(topics));

/** What stands of a customer's statements on a channel. */
export const consentSchema = z.object({
  granted: z.boolean(),
  at: z.string(),
  source: z.string(),
  except: topicList.optional().describe('Topics that it does not cover'),
  awaiting: topicList.optional().describe('Topics asked for and not confirmed yet'),
  pausedUntil: z.string().optional().describe('The end of a pause that the person asked for; it may be over'),
});
const instant = z.string().describe('RFC 3339, in UTC');

/** A customer as the API shows them. */
export const customerSchema = z.object({
  id: z.string(),
  email: z.string().optional(),
  phone: z.string().optional(),
  firstName: z.string().optional(),
  lastName: z.string().optional(),
  locale: z.string().optional(),
  timeZone: z.string().optional(),
  attributes: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
  consent: z.partialRecord(z.enum(channels), consentSchema),
  createdAt: instant,
  updatedAt: instant,
  signedUpAt: instant.optional(),
  erasedAt: instant.optional(),
});

/** A customer's document as {@link customerSchema}. */
export function customerBody(customer: CustomerDocument): z.infer<typeof customerSchema> {
  const {
    _id: id,
    consent: given,
    createdAt,
    updatedAt,
    signedUpAt,
    erasedAt,
    attributes,
    email,
    phone,
    firstName,
    lastName,
    locale,
    timeZone,
  } = customer;
  return {
    id,
    ...(email !== undefined && { email }),
    ...(phone !== undefined && { phone }),
    ...(firstName !== undefined && { firstName }),
    ...(lastName !== undefined && { lastName }),
    ...(locale !== undefined && { locale }),
    ...(timeZone !== undefined && { timeZone }),
    attributes,
    consent: Object.fromEntries(
      Object.entries(given).map(([channel, consent]) => [channel, consentBody(consent)]),
    ),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(signedUpAt && { signedUpAt: signedUpAt.toISOString() }),
    ...(erasedAt && { erasedAt: erasedAt.toISOString() }),
  };
}

const consentBody = ({
  granted,
  at,
  source,
  except,
  awaiting,
  pausedUntil,
}: Consent): z.infer<typeof consentSchema> => ({
  ...{ granted, source, at: at.toISOString() },
  ...(pausedUntil && { pausedUntil: pausedUntil.toISOString() }),
  ...(except && { except: [...except] }),
  ...(awaiting && { awaiting: [...awaiting.topics] }),
});
