import { createCipheriv, createDecipheriv, hkdfSync, randomBytes } from 'node:crypto';

const keyFrom = (secret: string): Buffer =>
  Buffer.from(hkdfSync('sha256', secret, '', 'perene webhook secrets', 32));

/** Encrypts a text for the database (AES-256-GCM), under a key derived from the installation's secret (RFC 5869). */
export function seal(text: string, secret: string): string {
  const vector = randomBytes(12);
  const cipher = createCipheriv('aes-256-gcm', keyFrom(secret), vector);
  const sealed = [vector, cipher.update(text, 'utf8'), cipher.final(), cipher.getAuthTag()];
  return Buffer.concat(sealed).toString('base64url');
}

/** What {@link seal} encrypted. @throws Error where it was encrypted under another secret */
export function unseal(sealed: string, secret: string): string {
  const bytes = Buffer.from(sealed, 'base64url');
  const decipher = createDecipheriv('aes-256-gcm', keyFrom(secret), bytes.subarray(0, 12));
  decipher.setAuthTag(bytes.subarray(-16));
  return decipher.update(bytes.subarray(12, -16), undefined, 'utf8') + decipher.final('utf8');
}
