import { z } from 'zod';
import { customerId } from '../../domain/customer-schemas';
import { channels } from '../../domain/messages';
import { progress, type MessageDocument } from '../../store/messages';
import { requireKey } from '../authentication';
import { problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const instant = z.string().describe('RFC 3339, in UTC');

const messageSchema = z.object({
  id: z.string(),
  customerId: z.string(),
  journey: z.string(),
  enrolmentId: z.string(),
  step: z.string(),
  channel: z.enum(channels),
  template: z.string(),
  purpose: z.enum(['transactional', 'marketing']),
  topic: z.string(),
  state: z.string(),
  reason: z.string().optional().describe('Why it was suppressed, or failed, or bounced'),
  failure: z
    .enum(['permanent', 'temporary', 'opted-out', 'unknown'])
    .optional()
    .describe('What kind of failure the provider reported'),
  segments: z.number().int().optional().describe('What a text message costs'),
  heldBy: z.string().optional().describe('Why it is still planned'),
  dueAt: instant.optional().describe('Until when it waits, while it is planned'),
  timing: z
    .object({ hour: z.number().int(), probability: z.number(), probabilityError: z.number() })
    .optional()
    .describe('Its best time: the local hour, and the chance with which this hour and channel were chosen'),
  offerId: z.string().optional(),
  decisionId: z.string().optional(),
  createdAt: instant,
  history: z.partialRecord(z.enum(progress), instant).describe('When it came to each state'),
});

function messageBody(message: MessageDocument): z.infer<typeof messageSchema> {
  const { _id: id, createdAt, dueAt, reason, heldBy, offerId, decisionId } = message;
  return {
    id,
    customerId: message.customerId,
    journey: message.journey,
    enrolmentId: message.enrolmentId,
    step: message.step,
    channel: message.channel,
    template: message.template,
    purpose: message.purpose,
    topic: message.topic,
    state: message.state,
    ...(reason !== undefined && { reason }),
    ...(message.failure && { failure: message.failure }),
    ...(message.segments !== undefined && { segments: message.segments }),
    ...(heldBy !== undefined && { heldBy }),
    ...(message.state === 'planned' && dueAt && { dueAt: dueAt.toISOString() }),
    ...(message.timing && { timing: message.timing }),
    ...(offerId !== undefined && { offerId }),
    ...(decisionId !== undefined && { decisionId }),
    createdAt: createdAt.toISOString(),
    history: Object.fromEntries(
      progress.flatMap((state) => {
        const at = message[`${state}At`];
        return at ? [[state, at.toISOString()]] : [];
      }),
    ),
  };
}

/** What was sent to a customer, and what was not and why. */
export function messageRoutes(app: ApiServer, { store }: Parts): void {
  app.get(
    '/v1/messages',
    {
      onRequest: requireKey('admin'),
      schema: {
        tags: ['Messages'],
        summary: "Lists a customer's messages, latest first",
        querystring: z.object({ customerId, limit: z.coerce.number().int().min(1).max(500).default(100) }),
        response: { 200: z.object({ messages: z.array(messageSchema) }), '4xx': problemSchema },
      },
    },
    async (request) => {
      const found = await store.messages.ofCustomer(request.query.customerId, request.query.limit);
      return { messages: found.map(messageBody) };
    },
  );
}
