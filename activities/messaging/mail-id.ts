import { createCipheriv, createDecipheriv, createHash, createHmac, timingSafeEqual } from 'node:crypto';

/** What a Message-ID of ours says to whoever has the secret. */
export interface MailIdentity {
  /** Id of the message in the ledger. */
  readonly messageId: string;
  /** Whether the e-mail went to an address, in any case. */
  readonly wentTo: (address: string) => boolean;
}

const [macBytes, addressBytes] = [16, 6] as const;

/**
 * The Message-ID of a message to an address: always the same one. Only the holder of the secret can read it or make one,
 * so that a report which quotes it is about an e-mail of ours. Encrypted deterministically with a synthetic vector, the
 * MAC of the text, after RFC 5297.
 *
 * @param from the sender, `Name <address>` or a bare address, whose domain it carries
 */
export function mailIdOf(
  messageId: string,
  to: string,
  { from, secret }: { readonly from: string; readonly secret: string },
): string {
  const domain = /@([^\s<>@]+)>?\s*$/.exec(from)?.[1] ?? 'localhost';
  const plain = Buffer.concat([addressMark(to), Buffer.from(messageId)]);
  const vector = macOf(plain, secret);
  const cipher = createCipheriv('aes-256-ctr', keyOf('encrypt', secret), vector);
  const sealed = Buffer.concat([vector, cipher.update(plain), cipher.final()]);
  return `<${sealed.toString('base64url')}@${domain}>`;
}

/** What a Message-ID says, with or without its angle brackets; null where it is not one of ours. */
export function readMailId(mailId: string, secret: string): MailIdentity | null {
  const local = /^<?([\w-]+)@[^\s<>@]+>?$/.exec(mailId.trim())?.[1];
  const sealed = Buffer.from(local ?? '', 'base64url');
  if (sealed.length <= macBytes + addressBytes) return null;
  const vector = sealed.subarray(0, macBytes);
  const decipher = createDecipheriv('aes-256-ctr', keyOf('encrypt', secret), vector);
  const plain = Buffer.concat([decipher.update(sealed.subarray(macBytes)), decipher.final()]);
  if (!timingSafeEqual(vector, macOf(plain, secret))) return null;
  const mark = plain.subarray(0, addressBytes);
  return {
    messageId: plain.subarray(addressBytes).toString('utf8'),
    wentTo: (address) => mark.equals(addressMark(address)),
  };
}

const addressMark = (address: string): Buffer =>
  createHash('sha256').update(address.trim().toLowerCase()).digest().subarray(0, addressBytes);

const keyOf = (use: string, secret: string): Buffer =>
  createHmac('sha256', secret).update(`mail-id:${use}`).digest();

const macOf = (plain: Buffer, secret: string): Buffer =>
  createHmac('sha256', keyOf('mac', secret)).update(plain).digest().subarray(0, macBytes);
