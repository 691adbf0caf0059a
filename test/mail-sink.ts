import type { Socket } from 'node:net';
import { buffer } from 'node:stream/consumers';
import { setTimeout as sleep } from 'node:timers/promises';
import type { ParsedMail } from 'mailparser';
import type { SMTPServerSession } from 'smtp-server';
import { loopback } from '../cli/embedded/ports';
import { createInbox, type Inbox } from '../cli/embedded/inbox';

/** An e-mail as an SMTP server took it. */
export interface ReceivedMail {
  /** Address of the envelope. */
  readonly from: string;
  /** Addresses of the envelope. */
  readonly to: readonly string[];
  readonly subject: string;
  readonly text: string;
  readonly html: string;
  /** With its angle brackets. */
  readonly messageId: string;
  /** Headers, decoded and parsed; names in lower case. */
  readonly headers: ParsedMail['headers'];
  readonly raw: string;
  readonly receivedAt: Date;
}

/** What goes wrong with one e-mail. A `drop` takes the e-mail and then cuts the connection without having said so. */
export type MailFault =
  | { readonly kind: 'delay'; readonly ms: number }
  | { readonly kind: 'reject'; readonly code: number; readonly at?: 'recipient' | 'data' }
  | { readonly kind: 'drop' };

/** One e-mail that is at the server and waits for its answer. */
export interface HeldMail {
  /** Resolves once the server has all of it. */
  readonly arrived: Promise<void>;
  letGo(): void;
}

/** An SMTP server on loopback that keeps what it gets, without limit. */
export interface MailSink extends Inbox<ReceivedMail> {
  /** As `SMTP_URL` takes it. */
  readonly url: string;
  /** The next e-mails, one a fault, go wrong in this way; later ones are taken as usual. */
  inject(...faults: MailFault[]): void;
  /** Takes back what was injected and has not gone wrong yet. */
  heal(): void;
  /** The next e-mail without a fault of its own gets no answer until it is let go. */
  hold(): HeldMail;
  readonly close: () => Promise<void>;
}

/** Starts a mail sink on a free port. */
export async function mailSink(): Promise<MailSink> {
  const { SMTPServer } = await import('smtp-server');
  const inbox = createInbox<ReceivedMail>('e-mail');
  const faults: (MailFault | Hold)[] = [];
  const sockets = new Map<number, Socket>();
  const server = new SMTPServer({
    authOptional: true,
    disabledCommands: ['STARTTLS'],
    disableReverseLookup: true,
    logger: false,
    onAuth: (auth, _session, callback) => callback(null, { user: auth.username }),
    onRcptTo(_address, _session, callback) {
      const fault = faults[0];
      if (fault?.kind === 'reject' && fault.at === 'recipient') {
        faults.shift();
        callback(refusal(fault.code));
      } else {
        callback();
      }
    },
    onData(stream, session, callback) {
      take(stream, session).then(() => callback(), callback);
    },
  });

  async function take(stream: NodeJS.ReadableStream, session: SMTPServerSession): Promise<void> {
    const raw = await buffer(stream);
    const fault = faults.shift();
    if (fault?.kind === 'delay') await sleep(fault.ms);
    if (fault?.kind === 'hold') {
      fault.arrive();
      await fault.until;
    }
    if (fault?.kind === 'reject') throw refusal(fault.code);
    inbox.put(await parse(raw, session));
    if (fault?.kind === 'drop') sockets.get(session.remotePort)?.destroy();
  }

  server.on('error', () => {
    // A connection that breaks off is what `drop` makes; the client's side of it is what tests look at.
  });
  server.server.on('connection', (socket: Socket) => {
    const port = socket.remotePort ?? 0;
    sockets.set(port, socket);
    socket.once('close', () => sockets.delete(port));
  });
  const port = await new Promise<number>((resolve, reject) => {
    server.server.once('error', reject);
    server.listen(0, loopback, () => {
      const address = server.server.address();
      resolve(typeof address === 'object' && address !== null ? address.port : 0);
    });
  });
  return {
    ...inbox,
    url: `smtp://${loopback}:${port}`,
    inject: (...more) => void faults.push(...more),
    heal: () => void faults.splice(0),
    hold() {
      const [arrived, until] = [deferred(), deferred()];
      faults.push({ kind: 'hold', arrive: arrived.resolve, until: until.promise });
      return { arrived: arrived.promise, letGo: until.resolve };
    },
    async close() {
      for (const socket of sockets.values()) socket.destroy();
      await new Promise<void>((resolve) => server.close(resolve));
    },
  };
}

interface Hold {
  readonly kind: 'hold';
  readonly arrive: () => void;
  readonly until: Promise<void>;
}

function deferred(): { readonly promise: Promise<void>; readonly resolve: () => void } {
  let resolve: () => void = () => undefined;
  const promise = new Promise<void>((given) => (resolve = given));
  return { promise, resolve };
}

function refusal(code: number): Error {
  return Object.assign(new Error(code < 500 ? 'Try again later' : 'Not taken here'), { responseCode: code });
}

async function parse(raw: Buffer, session: SMTPServerSession): Promise<ReceivedMail> {
  const { simpleParser } = await import('mailparser');
  const mail = await simpleParser(raw);
  const { mailFrom, rcptTo } = session.envelope;
  return {
    from: mailFrom === false ? '' : mailFrom.address,
    to: rcptTo.map((recipient) => recipient.address),
    subject: mail.subject ?? '',
    text: mail.text ?? '',
    html: mail.html === false ? '' : (mail.html ?? ''),
    messageId: mail.messageId ?? '',
    headers: mail.headers,
    raw: raw.toString('utf8'),
    receivedAt: new Date(),
  };
}
