import { simpleParser, type ParsedMail } from 'mailparser';
import { deadMailbox } from './smtp';

/** What an e-mail that came in says about one that went out. Codes only: it quotes no address and no text. */
export type MailReport =
  /** Not delivered. `hard` says that there is no such mailbox; `status` is the enhanced status code, if any was given. */
  | { readonly kind: 'bounce'; readonly hard: boolean; readonly status?: string }
  | { readonly kind: 'delivered' }
  /** The person called the e-mail spam or worse (RFC 5965); `opt-out` only asks for no more of them. */
  | { readonly kind: 'complaint'; readonly feedback: string }
  | { readonly kind: 'opt-out' }
  /** A person wrote back. */
  | { readonly kind: 'reply'; readonly text: string }
  /** An automatic answer, a delay, a report that asks for nothing. */
  | { readonly kind: 'none' };

/** A report and the Message-IDs that it may be about, with angle brackets. */
export interface ReadMail {
  readonly report: MailReport;
  readonly mailIds: readonly string[];
}

/** Longest text of a reply that is kept, characters. */
const longestReply = 4_096;

/**
 * Reads an e-mail from the mailbox of bounces, complaints and replies: delivery status notifications (RFC 3464), abuse
 * reports (RFC 5965), bounces in words as older servers write them, and answers. What the parser refuses, such as a header
 * of megabytes, asks for nothing.
 */
export async function readMail(raw: Buffer): Promise<ReadMail> {
  const options = { keepDeliveryStatus: true, skipHtmlToText: true, skipTextLinks: true };
  const mail = await simpleParser(raw, options).catch(() => null);
  if (!mail) return { report: { kind: 'none' }, mailIds: [] };
  const status = part(mail, 'message/delivery-status') ?? part(mail, 'message/global-delivery-status');
  if (status !== undefined) return { report: deliveryReport(status), mailIds: original(mail) };
  const feedback = part(mail, 'message/feedback-report');
  if (feedback !== undefined) return { report: feedbackReport(feedback), mailIds: original(mail) };
  if (isFromMailServer(mail))
    return { report: wordsReport(raw.toString('latin1')), mailIds: idsIn(raw.toString('latin1')) };
  const mailIds = [...idsIn(mail.inReplyTo ?? ''), ...[mail.references ?? []].flat().reverse()];
  if (isAutomatic(mail)) return { report: { kind: 'none' }, mailIds };
  return { report: { kind: 'reply', text: ownWords(mail.text ?? '') }, mailIds };
}

/** The worst of what a notification says of its recipients: we send each e-mail to one. */
function deliveryReport(text: string): MailReport {
  const recipients = fieldsOf(text).filter((fields) => fields.has('action'));
  const failed = recipients.find((fields) => fields.get('action') === 'failed');
  if (!failed) {
    const arrived = recipients.some((fields) => fields.get('action') === 'delivered');
    return { kind: arrived ? 'delivered' : 'none' };
  }
  // `x.0.0` says nothing; the server's own words often do.
  const given = enhancedCode(failed.get('status') ?? '');
  const said = enhancedCode(failed.get('diagnostic-code') ?? '');
  return bounce(given === undefined || given.endsWith('.0.0') ? (said ?? given) : given);
}

function feedbackReport(text: string): MailReport {
  const type = fieldsOf(text)[0]?.get('feedback-type') ?? 'other';
  switch (type) {
    case 'abuse':
    case 'fraud':
    case 'virus':
      return { kind: 'complaint', feedback: type };
    case 'opt-out':
    case 'opt-out-list':
      return { kind: 'opt-out' };
    case 'not-spam':
    case 'auth-failure':
      return { kind: 'none' };
    default:
      return { kind: 'complaint', feedback: 'other' };
  }
}

/** A bounce without a notification's form. A report of a delay has no code of a failure. */
function wordsReport(text: string): MailReport {
  const code = enhancedCode(text);
  return code === undefined ? { kind: 'none' } : bounce(code);
}

const bounce = (status: string | undefined): MailReport => ({
  kind: 'bounce',
  hard: status !== undefined && deadMailbox.has(status),
  ...(status !== undefined && { status }),
});

const enhancedCode = (text: string): string | undefined =>
  /(?:^|[\s#(;-])([45]\.\d{1,3}\.\d{1,3})(?![\d.])/.exec(text)?.[1];

/** Blocks of `Name: value` lines, names and values in lower case. */
function fieldsOf(text: string): ReadonlyMap<string, string>[] {
  return text
    .replace(/\r\n?/g, '\n')
    .replace(/\n[ \t]+/g, ' ')
    .split(/\n\s*\n/)
    .map((block) => new Map([...block.matchAll(/^([\w-]+):[ \t]*(.*)$/gm)].map(fieldOf)))
    .filter((fields) => fields.size > 0);
}

const fieldOf = ([, name = '', value = '']: RegExpExecArray): [string, string] => [
  name.toLowerCase(),
  value.trim().toLowerCase(),
];

/** The text of the first part of a type. */
const part = ({ attachments }: ParsedMail, type: string): string | undefined =>
  attachments.find(({ contentType }) => contentType === type)?.content.toString('utf8');

/** The Message-IDs of the e-mail that a report returns, whole or its headers only. */
function original(mail: ParsedMail): string[] {
  const returned =
    part(mail, 'message/rfc822') ?? part(mail, 'text/rfc822-headers') ?? part(mail, 'message/global') ?? '';
  return idsIn(returned);
}

/** Message-ID headers in a text, in time linear in its length: anybody can write to the mailbox. */
const idsIn = (text: string): string[] =>
  text.startsWith('<')
    ? (text.match(/<[^\s<>@]+@[^\s<>@]+>/g) ?? [])
    : [...text.matchAll(/^>?[ \t]*message-id:\s*(<[^\s<>@]+@[^\s<>@]+>)/gim)].map(([, id = '']) => id);

const header = (mail: ParsedMail, name: string): string => {
  const value = mail.headers.get(name);
  return typeof value === 'string' ? value.toLowerCase() : '';
};

const isFromMailServer = (mail: ParsedMail): boolean =>
  mail.headers.has('x-failed-recipients') ||
  /^(mailer-daemon|postmaster)@/i.test(mail.from?.value[0]?.address ?? '');

/** Answers of programs (RFC 3834): absence notes and the like. */
const isAutomatic = (mail: ParsedMail): boolean =>
  !['', 'no'].includes(header(mail, 'auto-submitted')) ||
  ['bulk', 'junk', 'list', 'auto_reply'].includes(header(mail, 'precedence')) ||
  mail.headers.has('x-autoreply') ||
  mail.headers.has('x-autorespond');

/** What somebody wrote above the e-mail that they quote. */
function ownWords(text: string): string {
  const lines = text.replace(/\r\n?/g, '\n').split('\n');
  const quote = lines.findIndex((line) =>
    /^>|^-{2,}\s*(original|mensagem)|^(on|em|el|le)\b.*:\s*$/i.test(line),
  );
  const own = quote === -1 ? lines : lines.slice(0, quote);
  return own.join('\n').trim().slice(0, longestReply);
}
