import twilio from 'twilio';
import type { TwilioConfiguration } from '../../domain/configuration';
import type { Delivery, SmsProvider } from './providers';
import { addressOf } from './twilio-codes';

/** Clocks of the provider and ours may differ by this much, milliseconds. */
const clockSkew = 60_000;
/** How many of a number's latest messages are looked through. */
const lookBack = 50;

/** Sends text messages through Twilio, or a server that speaks its API at `baseUrl`. */
export function createTwilioProvider(
  { accountSid, authToken, messagingServiceSid, baseUrl }: TwilioConfiguration,
  { timeout = 15_000 }: { timeout?: number } = {},
): SmsProvider {
  const httpClient = new twilio.RequestClient({ timeout });
  const request = httpClient.request.bind(httpClient);
  httpClient.request = (options) => {
    const { pathname, search } = new URL(options.uri);
    return request({ ...options, uri: baseUrl + pathname + search });
  };
  const { messages } = twilio(accountSid, authToken, { httpClient });

  return {
    name: 'twilio',
    async send({ to, body, statusCallback }, beforeTaking) {
      try {
        await beforeTaking();
      } catch {
        return { outcome: 'unavailable', reason: 'not-written-down', scope: 'provider' };
      }
      try {
        const { sid } = await messages.create({
          to,
          body,
          messagingServiceSid,
          ...(statusCallback !== undefined && { statusCallback }),
        });
        return { outcome: 'accepted', providerId: sid };
      } catch (error) {
        return judgeTwilioError(readTwilioError(error));
      }
    },
    async taken(to, since) {
      try {
        const latest = await messages.list({ to, limit: lookBack });
        return latest
          .filter(({ direction, dateCreated }) => {
            return direction !== 'inbound' && dateCreated.getTime() >= since - clockSkew;
          })
          .map(({ sid, body }) => ({ providerId: sid, body }));
      } catch (error) {
        const { status, code } = readTwilioError(error);
        return { unavailable: String(code ?? status ?? 'unknown') };
      }
    },
  };
}

/** An error of the Twilio client without its text, which quotes the number: HTTP status and the code of either side. */
export interface TwilioError {
  readonly status?: number;
  readonly code?: number | string;
}

/** @throws TypeError where it is no error of a request: the program is wrong, and what it says may quote the number */
function readTwilioError(error: unknown): TwilioError {
  const { status, code } = (error ?? {}) as Readonly<Record<'status' | 'code', unknown>>;
  if (typeof status !== 'number' && typeof code !== 'string')
    throw new TypeError('The Twilio client failed.');
  return {
    ...(typeof status === 'number' && { status }),
    ...((typeof code === 'number' || typeof code === 'string') && { code }),
  };
}

/** What an error on creating a message means for it. Without a status there was no answer at all. */
export function judgeTwilioError({ status, code }: TwilioError): Delivery {
  if (status === undefined) {
    const reason = String(code);
    return neverReached.has(reason)
      ? { outcome: 'unavailable', reason, scope: 'provider' }
      : { outcome: 'uncertain', reason };
  }
  const reason = `twilio-${code ?? status}`;
  if (status >= 500) return { outcome: 'uncertain', reason };
  if (status === 401 || status === 403 || status === 404 || status === 429 || ourFault.has(Number(code))) {
    return { outcome: 'unavailable', reason, scope: 'provider' };
  }
  const address = addressOf(Number(code));
  return { outcome: 'refused', reason, ...(address && { address }) };
}

/** The account or its settings need a hand, or its queue is full: no message would be taken, later it may be. */
const ourFault = new Set([
  14_107, 20_003, 20_404, 20_429, 21_603, 21_606, 21_609, 21_611, 21_701, 21_703, 21_704, 21_705,
]);

/** Errors before a connection stands. */
const neverReached = new Set([
  'ECONNREFUSED',
  'ENOTFOUND',
  'EAI_AGAIN',
  'EHOSTUNREACH',
  'ENETUNREACH',
  'CERT_HAS_EXPIRED',
  'DEPTH_ZERO_SELF_SIGNED_CERT',
  'SELF_SIGNED_CERT_IN_CHAIN',
  'UNABLE_TO_VERIFY_LEAF_SIGNATURE',
  'ERR_TLS_CERT_ALTNAME_INVALID',
]);
