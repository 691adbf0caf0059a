import { randomBytes } from 'node:crypto';

/** A Twilio account, as its API knows it. */
export interface TwilioAccount {
  readonly accountSid: string;
  readonly authToken: string;
  readonly messagingServiceSid: string;
}

/** A text message that was accepted. */
export interface TextMessage {
  readonly sid: string;
  readonly to: string;
  readonly from: string;
  readonly body: string;
  /** Every field that it was created with. */
  readonly form: Readonly<Record<string, string>>;
  readonly createdAt: Date;
  status: 'accepted' | 'sent' | 'delivered' | 'undelivered';
  errorCode?: number;
}

/** Why a request is not carried out: HTTP status, Twilio's error code and its message. */
export interface Refusal {
  readonly status: number;
  readonly code: number;
  readonly message: string;
}

/** The sender where a messaging service chooses it. */
export const serviceNumber = '+15005550006';

/** An account that exists nowhere else. */
export function newAccount(): TwilioAccount {
  return {
    accountSid: newSid('AC'),
    authToken: randomBytes(16).toString('hex'),
    messagingServiceSid: newSid('MG'),
  };
}

/** An id as Twilio makes them: two letters and 32 hexadecimal digits. */
export function newSid(prefix: string): string {
  return prefix + randomBytes(16).toString('hex');
}

/** A message from the fields that it is created with, which {@link refusalOf} found right. */
export function newMessage(form: Readonly<Record<string, string>>): TextMessage {
  const { To: to = '', From: from = serviceNumber, Body: body = '' } = form;
  return { sid: newSid('SM'), to, from, body, form, createdAt: new Date(), status: 'accepted' };
}

/**
 * What is wrong with the fields of a new message, if anything.
 *
 * @see https://www.twilio.com/docs/api/errors for the codes
 */
export function refusalOf(
  account: TwilioAccount,
  form: Readonly<Record<string, string>>,
): Refusal | undefined {
  const {
    To: to = '',
    From: from,
    Body: body = '',
    MessagingServiceSid: service,
    StatusCallback: callback,
  } = form;
  const refuse = (code: number, message: string): Refusal => ({ status: 400, code, message });
  if (to === '') return refuse(21604, "A 'To' phone number is required.");
  if (!/^\+[1-9]\d{6,14}$/.test(to)) return refuse(21211, `Invalid 'To' Phone Number: ${to}`);
  if (body === '') return refuse(21602, 'Message body is required.');
  if (body.length > 1600)
    return refuse(21617, 'The concatenated message body exceeds the 1600 character limit.');
  if (from === undefined && service === undefined) return refuse(21603, "A 'From' phone number is required.");
  if (service !== undefined && service !== account.messagingServiceSid) {
    return refuse(21701, 'The Messaging Service does not exist.');
  }
  if (callback !== undefined && !URL.canParse(callback))
    return refuse(21609, `Invalid 'StatusCallback' URL: ${callback}`);
  return undefined;
}

/** A message as the API gives it. */
export function messageResource(account: TwilioAccount, message: TextMessage): Record<string, unknown> {
  const date = message.createdAt.toUTCString().replace('GMT', '+0000');
  return {
    account_sid: account.accountSid,
    api_version: '2010-04-01',
    body: message.body,
    date_created: date,
    date_sent: message.status === 'accepted' ? null : date,
    date_updated: date,
    direction: 'outbound-api',
    error_code: message.errorCode ?? null,
    error_message: null,
    from: message.status === 'accepted' ? null : message.from,
    messaging_service_sid: message.form['MessagingServiceSid'] ?? null,
    num_media: '0',
    num_segments: '1',
    price: null,
    price_unit: 'USD',
    sid: message.sid,
    status: message.status,
    subresource_uris: {},
    to: message.to,
    uri: `/2010-04-01/Accounts/${account.accountSid}/Messages/${message.sid}.json`,
  };
}

/** The page of messages, newest first, that a query for `To`, `From`, `DateSent` (a bound by day or instant) asks for. */
export function messageList(
  account: TwilioAccount,
  messages: readonly TextMessage[],
  query: URLSearchParams,
) {
  const size = Number(query.get('PageSize') ?? 50);
  const number = Number(query.get('Page') ?? 0);
  const matching = messages.filter((message) => isMatch(message, query)).reverse();
  const uri = (page: number): string => {
    const changed = new URLSearchParams(query);
    changed.set('Page', String(page));
    changed.set('PageSize', String(size));
    return `/2010-04-01/Accounts/${account.accountSid}/Messages.json?${changed.toString()}`;
  };
  return {
    messages: matching
      .slice(number * size, (number + 1) * size)
      .map((message) => messageResource(account, message)),
    page: number,
    page_size: size,
    first_page_uri: uri(0),
    next_page_uri: (number + 1) * size < matching.length ? uri(number + 1) : null,
    previous_page_uri: number > 0 ? uri(number - 1) : null,
    uri: uri(number),
  };
}

function isMatch(message: TextMessage, query: URLSearchParams): boolean {
  const { from, to } = message;
  if ((query.get('To') ?? to) !== to || (query.get('From') ?? from) !== from) return false;
  const sentAt = message.createdAt.getTime();
  const day = query.get('DateSent');
  if (day !== null && message.createdAt.toISOString().slice(0, 10) !== day.slice(0, 10)) return false;
  const [after, before] = [query.get('DateSent>'), query.get('DateSent<')];
  return (after === null || sentAt >= Date.parse(after)) && (before === null || sentAt <= Date.parse(before));
}
