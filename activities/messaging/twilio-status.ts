import type { Progress } from '../../store/messages';
import type { Store } from '../../store/store';
import { recordCarrierRefusal } from './carrier-refusal';
import { addressOf, twilioFailure } from './twilio-codes';

/** Where Twilio's API lives; it can't report to an address that only this machine reaches. */
const twilioOrigin = 'https://api.twilio.com';

/** The query parameter of a status callback that names the message. */
export const messageParameter = 'message';

/**
 * Where the provider reports on a message.
 *
 * @returns undefined where it could not reach us: Twilio refuses messages that name such an address
 */
export function statusCallback(
  messageId: string,
  publicUrl: string,
  baseUrl: string | undefined,
): string | undefined {
  const url = new URL('/webhooks/twilio/status', publicUrl);
  const isLocal =
    url.hostname === 'localhost' || url.hostname.endsWith('.localhost') || url.hostname.startsWith('127.');
  if (isLocal && baseUrl === twilioOrigin) return undefined;
  url.searchParams.set(messageParameter, messageId);
  return url.href;
}

/** What a status callback says, as read from its form. */
export interface TwilioReport {
  /** From the callback's own address. */
  readonly messageId: string;
  /** `MessageSid`, `MessageStatus`, `To` and `ErrorCode`. */
  readonly providerId: string;
  readonly status: string;
  readonly to: string;
  readonly errorCode?: number;
  readonly at: Date;
}

/**
 * Takes a report of Twilio's into the ledger, and blocks a number that it says is of no use. Reports may come twice and
 * in any order.
 *
 * @returns whether the message is known
 */
export async function applyTwilioReport(
  store: Pick<Store, 'messages' | 'suppressions' | 'customers' | 'consents' | 'transaction'>,
  { messageId, providerId, status, to, errorCode, at }: TwilioReport,
): Promise<boolean> {
  const { messages, suppressions } = store;
  const state = progressOf(status);
  if (!state) return (await messages.find(messageId)) !== null;
  const failed = state === 'bounced' && errorCode !== undefined;
  const reason = failed ? addressOf(errorCode) : undefined;
  if (reason === 'stopped') await recordCarrierRefusal(store, { phone: to, messageId, at });
  else if (reason) await suppressions.block({ channel: 'sms', address: to }, reason, at);
  return messages.recordProgress(messageId, {
    state,
    at,
    providerId,
    ...(failed && { reason: `twilio-${errorCode}`, failure: twilioFailure(errorCode) }),
  });
}

/** The state that a message status of Twilio's means; undefined for one that says nothing new. */
export function progressOf(status: string): Progress | undefined {
  switch (status) {
    case 'accepted':
    case 'queued':
    case 'scheduled':
    case 'sending':
    case 'sent':
      return 'sent';
    case 'delivered':
      return 'delivered';
    case 'read':
      return 'opened';
    case 'undelivered':
    case 'failed':
    case 'canceled':
      return 'bounced';
    default:
      return undefined;
  }
}
