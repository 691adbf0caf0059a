import { createHash } from 'node:crypto';
import { z } from 'zod';
import { readMailId } from '../../activities/messaging/mail-id';
import { readMail, type MailReport } from '../../activities/messaging/mail-reports';
import { readAnswer } from '../../domain/answers';
import { keywordOf } from '../../domain/sms-keywords';
import { recordConsents } from '../../store/consent-ledger';
import type { MessageDocument } from '../../store/messages';
import type { Address } from '../../store/suppressions';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import { messageEvent } from '../message-events';
import type { ApiServer, Parts } from '../parts';
import { addressOf } from '../preferences';
import { sendsUnderWay } from '../revocation';

/** Most bytes of an e-mail that comes in: replies bring pictures. */
const bodyLimit = 10 * 1_048_576;

const answerSchema = z.object({
  kind: z
    .enum(['bounce', 'delivered', 'complaint', 'opt-out', 'reply', 'none'])
    .describe('`none` asks for nothing, or is about no e-mail of ours'),
  messageId: z.string().optional().describe('The message that it is about'),
});

/** What mailboxes and people send back. */
export function inboundEmailRoutes(app: ApiServer, parts: Parts): void {
  void app.register(async (plain) => {
    plain.removeAllContentTypeParsers();
    plain.addContentTypeParser('*', { parseAs: 'buffer' }, (_request, body, done) => done(null, body));
    const scope = plain.withTypeProvider() as ApiServer;
    scope.post(
      '/v1/inbound/email',
      {
        bodyLimit,
        onRequest: requireKey('admin'),
        schema: {
          tags: ['Webhooks'],
          summary: 'Takes an e-mail from the mailbox of bounces, complaints and replies',
          description:
            'The body is the raw e-mail (RFC 5322), as a mail server hands it on, with the content type `message/rfc822`. Delivery status notifications (RFC 3464), abuse reports (RFC 5965) and replies are told by the Message-ID that they quote, which nobody else can make; anything else changes nothing. A mailbox that does not exist and a complaint block the address; a soft bounce is only recorded. The same e-mail again changes nothing.',
          consumes: ['message/rfc822'],
          response: { 200: answerSchema, '4xx': problemSchema },
        },
      },
      async (request) => {
        const { body } = request;
        if (!Buffer.isBuffer(body) || body.length === 0)
          throw problem('invalid-request', 'Send the raw e-mail as the body.');
        return takeEmail(parts, body);
      },
    );
  });
}

async function takeEmail(parts: Parts, raw: Buffer): Promise<z.infer<typeof answerSchema>> {
  const { report, mailIds } = await readMail(raw);
  const { secret } = parts.configuration.keys;
  const identity = mailIds.map((mailId) => readMailId(mailId, secret)).find((found) => found !== null);
  const message = identity ? await parts.store.messages.find(identity.messageId) : null;
  if (!identity || message?.channel !== 'email') return { kind: 'none' };
  const customer = await parts.store.customers.find(message.customerId);
  const address = customer && addressOf(customer, 'email');
  await act(parts, report, {
    message,
    id: createHash('sha256').update(raw).digest('hex'),
    // Somebody who moved on to another address since is not to lose that one.
    address: address && identity.wentTo(address.address) ? address : undefined,
  });
  return { kind: report.kind, messageId: message._id };
}

/** Blocks what is to be blocked first: whatever breaks off after that, the mailbox gets no more. */
async function act(
  { store, ingestion, now }: Parts,
  report: MailReport,
  { message, address, id }: { message: MessageDocument; address: Address | undefined; id: string },
): Promise<void> {
  const at = now();
  const record = (state: Parameters<typeof store.messages.recordProgress>[1]['state'], reason?: string) =>
    store.messages.recordProgress(message._id, { state, at, ...(reason !== undefined && { reason }) });
  const { customerId } = message;
  /** A person who moved to another address since refused what went to the one before: that is no refusal of this one. */
  const refuse = async (source: 'complaint' | 'opt-out-report' | 'reply') => {
    if (!address) return;
    const proof = { messageId: message._id, mail: id };
    const said = { channel: 'email', topic: 'all', state: 'revoked', at, source, proof } as const;
    await recordConsents(store, [{ customerId, statements: [said] }], at);
  };
  switch (report.kind) {
    case 'bounce': {
      const { hard, status = 'unknown' } = report;
      if (hard && address) await store.suppressions.block(address, 'hard-bounce', at);
      await record('bounced', `dsn-${status}`);
      const more = { hard };
      await ingestion.accept([
        messageEvent(message, 'message.bounced', { id: `bounce:${message._id}`, at, more }),
      ]);
      return;
    }
    case 'complaint':
      await refuse('complaint');
      if (address) await store.suppressions.block(address, 'complaint', at);
      await record('complained', report.feedback);
      await ingestion.accept([
        messageEvent(message, 'message.complained', { id: `complaint:${message._id}`, at }),
      ]);
      await sendsUnderWay(store, customerId, 'email');
      return;
    case 'opt-out':
      await refuse('opt-out-report');
      if (address) await store.suppressions.unsubscribe(address, 'all', at);
      await sendsUnderWay(store, customerId, 'email');
      return;
    case 'reply': {
      const { text } = report;
      const keyword = keywordOf(text)?.keyword;
      if (keyword === 'STOP') {
        await refuse('reply');
        if (address) await store.suppressions.unsubscribe(address, 'all', at);
        await sendsUnderWay(store, customerId, 'email');
      }
      if (keyword === undefined) await record('replied');
      const more = { text, ...(keyword === undefined ? readAnswer(text) : { keyword }) };
      await ingestion.accept([messageEvent(message, 'message.replied', { id: `email:${id}`, at, more })]);
      return;
    }
    case 'delivered':
      await record('delivered');
      return;
    case 'none':
      return;
    default:
      report satisfies never;
  }
}
