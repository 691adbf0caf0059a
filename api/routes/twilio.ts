import type { FastifyRequest } from 'fastify';
import twilio from 'twilio';
import { z } from 'zod';
import { applyTwilioReport } from '../../activities/messaging/twilio-status';
import type { TwilioConfiguration } from '../../domain/configuration';
import { nearestLocale } from '../../domain/locale';
import { progress } from '../../store/messages';
import { problem, problemSchema } from '../errors';
import { answerFor, keywordOf, type Keyword } from '../../domain/sms-keywords';
import { readAnswer } from '../../domain/answers';
import type { Address } from '../../store/suppressions';
import { aboutMessage } from '../message-events';
import { recordKeyword } from '../keyword-consent';
import type { ApiServer, Parts } from '../parts';
import { sendsUnderWay } from '../revocation';

const statusForm = z.object({
  MessageSid: z.string().max(64),
  MessageStatus: z.string().max(32),
  To: z.string().max(64),
  ErrorCode: z
    .string()
    .regex(/^\d{0,6}$/)
    .optional(),
});

const inboundForm = z.object({
  MessageSid: z.string().max(64),
  From: z.string().max(64),
  Body: z.string().max(4_096).default(''),
  /** Twilio saw the word itself, acted and answered. */
  OptOutType: z.enum(['STOP', 'START', 'HELP']).optional(),
});

/** What can be signed at all. */
const anyForm = z.record(z.string(), z.string());

/** What Twilio tells: what became of a message, and what a customer wrote back. */
export function twilioRoutes(app: ApiServer, parts: Parts): void {
  const { configuration, store, now } = parts;
  const preValidation = requireSignature(configuration.sms.twilio, configuration.http.publicUrl);
  const tags = ['Webhooks'];

  app.post(
    '/webhooks/twilio/status',
    {
      preValidation,
      schema: {
        tags,
        security: [],
        summary: 'Takes a status callback of Twilio',
        querystring: z.object({ message: z.string().max(512) }),
        body: statusForm,
        response: { 204: z.null().describe('Taken'), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { MessageSid, MessageStatus, To, ErrorCode } = request.body;
      await applyTwilioReport(store, {
        messageId: request.query.message,
        providerId: MessageSid,
        status: MessageStatus,
        to: To,
        ...(ErrorCode && { errorCode: Number(ErrorCode) }),
        at: now(),
      });
      return reply.code(204).send(null);
    },
  );

  app.post(
    '/webhooks/twilio/inbound',
    {
      preValidation,
      schema: {
        tags,
        security: [],
        summary: 'Takes what a customer wrote back',
        description:
          'STOP and its like block the number for every message, START lifts that, HELP is answered; anything else counts as a reply to the last text message.',
        body: inboundForm,
        produces: ['text/xml'],
        response: { 200: z.string().describe('TwiML: what to answer, if anything'), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const answer = await takeInbound(parts, request.body);
      const response = new twilio.twiml.MessagingResponse();
      if (answer !== undefined) response.message(answer);
      return reply.type('text/xml; charset=utf-8').send(response.toString());
    },
  );
}

/** Acts on a customer's words, and gives what to answer, if anything. */
async function takeInbound(
  { configuration, store, ingestion, now }: Parts,
  { MessageSid, From, Body, OptOutType }: z.infer<typeof inboundForm>,
): Promise<string | undefined> {
  const at = now();
  const address = { channel: 'sms', address: From } as const;
  const word = keywordOf(Body);
  const keyword = OptOutType ?? word?.keyword;
  const people = await store.customers.withPhone(From);
  await recordKeyword(store, keyword, { people, messageId: MessageSid, at });
  const isNews = await heed(store.suppressions, keyword, { address, at });

  const last = await store.messages.collection.findOne(
    { customerId: { $in: people.map(({ _id }) => _id) }, channel: 'sms', state: { $in: [...progress] } },
    { sort: { createdAt: -1 } },
  );
  const customerId = last?.customerId ?? people[0]?._id;
  if (keyword === 'STOP') for (const { _id } of people) await sendsUnderWay(store, _id, 'sms');
  if (customerId !== undefined) {
    await ingestion.accept([
      {
        event: {
          _id: `sms:${MessageSid}`,
          name: 'message.replied',
          customerId,
          properties: {
            text: Body,
            ...(keyword ? { keyword } : readAnswer(Body)),
            ...(last ? aboutMessage(last) : { channel: 'sms' }),
          },
          occurredAt: at,
        },
      },
    ]);
  }
  if (last && keyword === undefined) await store.messages.recordProgress(last._id, { state: 'replied', at });
  if (!keyword || !isNews || OptOutType !== undefined || word?.isAnsweredByTwilio === true) return undefined;
  const { name, locale } = configuration.business;
  const reader = people.find(({ _id }) => _id === customerId);
  return answerFor(keyword, nearestLocale(reader?.locale, locale), name);
}

/** Does what a keyword asks for; whether that changed anything, for a second STOP gets no second confirmation. */
async function heed(
  suppressions: Parts['store']['suppressions'],
  keyword: Keyword | undefined,
  { address, at }: { readonly address: Address; readonly at: Date },
): Promise<boolean> {
  if (keyword === 'STOP') return suppressions.block(address, 'stopped', at);
  if (keyword === 'START') return suppressions.unblock(address, 'stopped', at);
  return true;
}

/**
 * A hook that lets only Twilio pass: it signs the address and the form with the account's token.
 *
 * @throws the problems `not-found` where no Twilio account is set up, and `invalid-signature`
 */
function requireSignature(account: TwilioConfiguration | undefined, publicUrl: string) {
  return async (request: FastifyRequest): Promise<void> => {
    if (!account) throw problem('not-found', 'No Twilio account is configured.');
    const signature = request.headers['x-twilio-signature'];
    const form = anyForm.safeParse(request.body ?? {});
    if (
      typeof signature !== 'string' ||
      !form.success ||
      !twilio.validateRequest(account.authToken, signature, publicUrl + request.url, form.data)
    ) {
      throw problem('invalid-signature');
    }
  };
}
