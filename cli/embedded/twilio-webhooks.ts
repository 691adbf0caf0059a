import { createHmac } from 'node:crypto';
import { newSid, serviceNumber, type TextMessage, type TwilioAccount } from './twilio-resources';

type Parameters = Readonly<Record<string, string>>;

/**
 * What Twilio sends as `X-Twilio-Signature` with a webhook: base64 of the HMAC-SHA1, under the account's auth token, of the
 * address and then each parameter's name and value, in order of name.
 *
 * @see https://www.twilio.com/docs/usage/security#validating-requests
 */
export function twilioSignature(authToken: string, url: string, parameters: Parameters): string {
  const names = Object.keys(parameters).sort();
  const signed = url + names.map((name) => name + (parameters[name] ?? '')).join('');
  return createHmac('sha1', authToken).update(signed, 'utf8').digest('base64');
}

/**
 * Takes a message through its states to the last one, and posts each to the message's status callback. One that does not
 * arrive is not repeated.
 */
export async function reportDelivery(
  account: TwilioAccount,
  message: TextMessage,
  errorCode: number | undefined,
): Promise<void> {
  for (const status of ['sent', errorCode === undefined ? 'delivered' : 'undelivered'] as const) {
    message.status = status;
    if (status === 'undelivered' && errorCode !== undefined) message.errorCode = errorCode;
    const callback = message.form['StatusCallback'];
    if (callback === undefined) continue;
    const parameters = {
      From: message.from,
      MessageSid: message.sid,
      MessageStatus: status,
      SmsSid: message.sid,
      SmsStatus: status,
      To: message.to,
      ...(message.errorCode !== undefined && { ErrorCode: String(message.errorCode) }),
    };
    await postSigned(account, callback, parameters).catch(() => undefined);
  }
}

/**
 * Posts what a customer wrote to the inbound webhook.
 *
 * @returns HTTP status of the answer
 */
export async function postInbound(
  account: TwilioAccount,
  url: string,
  message: { readonly from: string; readonly body: string },
): Promise<number> {
  const sid = newSid('SM');
  return postSigned(account, url, {
    Body: message.body,
    From: message.from,
    MessageSid: sid,
    MessagingServiceSid: account.messagingServiceSid,
    NumMedia: '0',
    SmsMessageSid: sid,
    SmsSid: sid,
    To: serviceNumber,
  });
}

async function postSigned(account: TwilioAccount, url: string, fields: Parameters): Promise<number> {
  const parameters = { AccountSid: account.accountSid, ApiVersion: '2010-04-01', ...fields };
  const response = await fetch(url, {
    method: 'POST',
    headers: { 'X-Twilio-Signature': twilioSignature(account.authToken, url, parameters) },
    body: new URLSearchParams(parameters),
    signal: AbortSignal.timeout(15_000),
  });
  await response.arrayBuffer();
  return response.status;
}
