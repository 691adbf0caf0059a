import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import { isCodeOf, readTracked } from '../../activities/messaging/tracking';
import { isRobot } from '../../domain/robots';
import type { MessageDocument } from '../../store/messages';
import type { Arrival } from '../ingestion/arrival';
import { messageEvent } from '../message-events';
import type { ApiServer, Parts } from '../parts';
import { sendInvalid } from '../pages/reader';

const params = z.object({ token: z.string() });

/** One transparent pixel. */
const pixel = Buffer.from('R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAIBRAA7', 'base64');

const unkept = { 'cache-control': 'no-store', 'referrer-policy': 'no-referrer', 'x-robots-tag': 'noindex' };

/** Links and pictures in messages that tell of clicks and openings. */
export function linkRoutes(app: ApiServer, parts: Parts): void {
  const { configuration, store } = parts;
  const schema = { hide: true, params };

  /** The message of a token and what it links to; null where it is none of ours. */
  const find = async (token: string) => {
    const tracked = readTracked(token);
    const links = tracked && (await store.links.find(tracked.code));
    if (!links || !isCodeOf(tracked.code, links.messageId, configuration.keys.secret)) return null;
    return { ...tracked, messageId: links.messageId, url: targetOf(links.urls[tracked.index]) };
  };

  /** The message, where a person came and nobody wants it not to be known. */
  const seenBy = async (request: FastifyRequest, messageId: string): Promise<MessageDocument | null> => {
    if (!configuration.tracking) return null;
    const message = await store.messages.find(messageId);
    if (!message || isRobot(visitOf(request, message, parts.now()))) return null;
    const customer = await store.customers.find(message.customerId);
    return customer && !customer.erasedAt && customer.tracking !== false ? message : null;
  };

  const record = async (message: MessageDocument, state: 'opened' | 'clicked', arrivals: Arrival[]) => {
    await store.messages.recordProgress(message._id, { state, at: parts.now() });
    await parts.ingestion.accept(arrivals);
  };

  app.get('/c/:token', { schema }, async (request, reply) => {
    const link = await find(request.params.token);
    if (link?.url === undefined) return sendInvalid(reply, configuration, request.headers['accept-language']);
    const message = await seenBy(request, link.messageId);
    if (message) await record(message, 'clicked', clickEvents(message, link, parts.now()));
    return reply.headers(unkept).redirect(link.url, 302);
  });

  app.get('/o/:token', { schema }, async (request, reply) => {
    const link = await find(request.params.token);
    const message = link && (await seenBy(request, link.messageId));
    if (message) {
      const event = messageEvent(message, 'message.opened', { id: `open:${link.code}`, at: parts.now() });
      await record(message, 'opened', [event]);
    }
    return reply.headers(unkept).type('image/gif').send(pixel);
  });
}

/** An address as a header can name it: in ASCII, and of the web alone. Undefined for what is none. */
function targetOf(url: string | undefined): string | undefined {
  if (url === undefined || !URL.canParse(url)) return undefined;
  const { href, protocol } = new URL(url);
  return protocol === 'https:' || protocol === 'http:' ? href : undefined;
}

/** A click on an offer has also brought it before the person's eyes. */
function clickEvents(
  message: MessageDocument,
  { code, index }: { readonly code: string; readonly index: number },
  at: Date,
): Arrival[] {
  const { customerId, offerId, decisionId } = message;
  const click = messageEvent(message, 'message.clicked', { id: `click:${code}${index}`, at });
  if (offerId === undefined) return [click];
  const properties = { offerId, ...(decisionId !== undefined && { decisionId }) };
  const viewed = { _id: `view:${code}`, name: 'offer.viewed', customerId, properties, occurredAt: at };
  return [click, { event: viewed }];
}

function visitOf({ method, headers }: FastifyRequest, message: MessageDocument, now: Date) {
  const purpose = ['purpose', 'sec-purpose', 'x-moz'].map((name) => headers[name] ?? '').join(' ');
  const sentAt = message.sentAt ?? message.claimedAt ?? message.createdAt;
  return {
    method,
    userAgent: headers['user-agent'] ?? '',
    purpose,
    sinceSent: now.getTime() - sentAt.getTime(),
  };
}
