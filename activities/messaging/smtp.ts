import { Readable } from 'node:stream';
import { createTransport } from 'nodemailer';
import type { DkimKey } from '../../domain/configuration';
import { createConnections } from './connections';
import type { BeforeTaking, Delivery, EmailProvider } from './providers';

export interface SmtpOptions {
  /** The server's name in the ledger; `smtp` by default. */
  readonly name?: string;
  /** `smtp://` or `smtps://`, with credentials where the server asks for them. */
  readonly url: string;
  /** `Name <address>` or a bare address. */
  readonly from: string;
  /** Where servers report what they could not deliver; the sender's address by default. */
  readonly bounces?: string;
  /** The key under which every message is signed. */
  readonly dkim?: DkimKey;
  /** Longest time for one message in milliseconds, waiting for a free connection included. */
  readonly timeout?: number;
  /** Most connections at once. */
  readonly connections?: number;
}

/** What is read of an error that the SMTP client reports; its message and `response` may quote an address. */
interface SmtpError {
  readonly code?: string | undefined;
  readonly command?: string | undefined;
  readonly responseCode?: number | undefined;
  readonly response?: string | undefined;
}

/**
 * The headers that a signature covers: all that a person or a mailbox acts on. RFC 8058 wants both of the last two.
 */
const signedHeaders =
  'From:Sender:Reply-To:To:Cc:Subject:Date:Message-ID:MIME-Version:Content-Type:Content-Transfer-Encoding:' +
  'List-Unsubscribe:List-Unsubscribe-Post';

/** Bytes of a text that go to the server together, at least; most texts are shorter. */
const blockSize = 32_768;

/**
 * Sends e-mail over a pool of SMTP connections, which are opened when they are needed. E-mails in bulk leave one of them to
 * others and let those go first.
 */
export function createSmtpProvider(options: SmtpOptions): EmailProvider {
  const { name = 'smtp', url, from, bounces, dkim, timeout = 20_000, connections = 5 } = options;
  const transport = createTransport({
    pool: true,
    url,
    maxConnections: connections,
    maxMessages: 1_000,
    dnsTimeout: timeout / 3,
    connectionTimeout: timeout / 3,
    greetingTimeout: timeout / 3,
    socketTimeout: (timeout * 2) / 3,
    disableFileAccess: true,
    disableUrlAccess: true,
    ...(dkim && {
      dkim: {
        domainName: dkim.domain,
        keySelector: dkim.selector,
        privateKey: dkim.privateKey,
        headerFieldNames: signedHeaders,
      },
    }),
  });
  const free = createConnections(connections);
  /** What is to be done when the text of a message in flight has gone to the server, by Message-ID. */
  const inFlight = new Map<string, BeforeTaking>();
  // The signature reads the whole text before the server gets any of it, so the text is watched behind the signature.
  const { transporter } = transport;
  const pass = transporter.send.bind(transporter);
  transporter.send = (mail, done) => {
    const { messageId } = mail.data;
    mail.message.processFunc((text) => {
      const atEnd = messageId === undefined ? undefined : inFlight.get(messageId);
      return atEnd ? watchEnd(text, atEnd) : text;
    });
    pass(mail, done);
  };

  return {
    name,
    close: () => transport.close(),
    async send({ to, subject, html, text, mailId, unsubscribe, isBulk = false }, beforeTaking) {
      // A signal of the system's own would make its error for every message, also for one that has long gone.
      const givenUp = new AbortController();
      const timer = setTimeout(() => givenUp.abort(), timeout);
      const done = await free.take(isBulk, givenUp.signal);
      if (!done) return { outcome: 'unavailable', reason: 'ETIMEDOUT', scope: 'provider' };
      const state = { isHandedOver: false, isOver: false };
      inFlight.set(mailId, async () => {
        await beforeTaking();
        if (state.isOver) throw new Error('The message was given up.');
        state.isHandedOver = true;
      });
      try {
        const { serverMessageId = mailId } = await transport.sendMail({
          from,
          to,
          ...(bounces !== undefined && { envelope: { from: bounces, to } }),
          subject,
          html,
          text,
          messageId: mailId,
          textEncoding: 'quoted-printable',
          signal: givenUp.signal,
          ...(unsubscribe !== undefined && {
            headers: {
              'List-Unsubscribe': `<${unsubscribe}>`,
              'List-Unsubscribe-Post': 'List-Unsubscribe=One-Click',
            },
          }),
        });
        return { outcome: 'accepted', providerId: serverMessageId };
      } catch (error) {
        if (!isSmtpError(error)) throw error;
        return judgeSmtpError(error, state.isHandedOver);
      } finally {
        clearTimeout(timer);
        state.isOver = true;
        inFlight.delete(mailId);
        done();
      }
    },
  };
}

/**
 * A text that says when all of it was read, before whoever reads it knows. The line that ends a message follows its last
 * byte, so one that was not read to its end was not taken. Where `atEnd` rejects, the text breaks off.
 */
function watchEnd(text: Readable, atEnd: BeforeTaking): Readable {
  // What came last must have been read before the end is looked at.
  return Readable.from(inBlocks(text, atEnd), { objectMode: false, highWaterMark: 1 });
}

/** A text in few pieces, each of which is one write to the server. */
async function* inBlocks(text: AsyncIterable<Buffer>, atEnd: BeforeTaking): AsyncGenerator<Buffer> {
  let block: Buffer[] = [];
  let size = 0;
  for await (const part of text) {
    block.push(part);
    size += part.length;
    if (size < blockSize) continue;
    yield Buffer.concat(block);
    [block, size] = [[], 0];
  }
  if (size > 0) yield Buffer.concat(block);
  await atEnd();
}

/** Every error of a delivery has a code; one without is a fault of ours. */
const isSmtpError = (error: unknown): error is SmtpError =>
  typeof error === 'object' && error !== null && 'code' in error && typeof error.code === 'string';

/**
 * What an SMTP error means for the message.
 *
 * @param handedOver whether the whole message had gone to the server
 */
export function judgeSmtpError(error: SmtpError, handedOver: boolean): Delivery {
  const { code = 'EUNKNOWN', command, responseCode, response = '' } = error;
  const enhanced = /^\d{3}[ -]([245]\.\d{1,3}\.\d{1,3})\b/.exec(response)?.[1];
  if (responseCode === undefined) {
    if (handedOver) return { outcome: 'uncertain', reason: code };
    // Said before anything was sent: an address that cannot be one, or more text than the server takes.
    return code === 'EENVELOPE' || code === 'EMESSAGE'
      ? { outcome: 'refused', reason: `smtp-${code}` }
      : { outcome: 'unavailable', reason: code, scope: 'provider' };
  }
  const reason = `smtp-${responseCode}${enhanced === undefined ? '' : `-${enhanced}`}`;
  const aboutMessage =
    (command === 'RCPT TO' || command === 'DATA') && responseCode !== 421 && responseCode !== 503;
  if (!aboutMessage) return { outcome: 'unavailable', reason, scope: 'provider' };
  if (responseCode < 500) return { outcome: 'unavailable', reason, scope: 'recipient' };
  const dead = command === 'RCPT TO' && enhanced !== undefined && deadMailbox.has(enhanced);
  return { outcome: 'refused', reason, ...(dead && { address: 'dead' as const }) };
}

/**
 * Enhanced status codes (RFC 3463 and the IANA registry) that say that there is no such mailbox: bad mailbox, bad domain,
 * bad syntax, moved away, null MX, mailbox disabled.
 */
export const deadMailbox: ReadonlySet<string> = new Set([
  '5.1.1',
  '5.1.2',
  '5.1.3',
  '5.1.6',
  '5.1.10',
  '5.2.1',
]);
