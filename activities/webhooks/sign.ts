import { createHash, createHmac, randomBytes } from 'node:crypto';

const prefix = 'whsec_';

/** A new secret as Standard Webhooks writes it: `whsec_` and 32 random bytes in Base64. */
export const newSecret = (): string => prefix + randomBytes(32).toString('base64');

/** Whether a text is such a secret, of 24 to 64 bytes. */
export function isSecret(text: string): boolean {
  if (!/^whsec_[A-Za-z0-9+/]+={0,2}$/.test(text)) return false;
  const { length } = keyOf(text);
  return length >= 24 && length <= 64;
}

/** The id of a call: the same however often it is tried, and saying nothing of whom it is about. */
export const callId = (delivery: string): string =>
  `msg_${createHash('sha256').update(delivery).digest('base64url').slice(0, 27)}`;

/**
 * The headers of a call by Standard Webhooks 1.0.0 (https://www.standardwebhooks.com): id, timestamp, and a signature for
 * each secret.
 *
 * @param at real epoch milliseconds of this attempt
 */
export function signatureHeaders(
  { id, at, body }: { readonly id: string; readonly at: number; readonly body: string },
  secrets: readonly string[],
): Record<string, string> {
  const timestamp = String(Math.floor(at / 1_000));
  const signatures = secrets.map((secret) => {
    const signed = createHmac('sha256', keyOf(secret)).update(`${id}.${timestamp}.${body}`);
    return `v1,${signed.digest('base64')}`;
  });
  return {
    'webhook-id': id,
    'webhook-timestamp': timestamp,
    'webhook-signature': signatures.join(' '),
  };
}

const keyOf = (secret: string): Buffer => Buffer.from(secret.slice(prefix.length), 'base64');
