import { createHmac, timingSafeEqual } from 'node:crypto';
import { channels, topics, type Channel, type Topic } from '../../domain/messages';

/** What a public link allows whoever holds it to do. Ids only: addresses travel through proxies and logs. */
export type PublicLink =
  | {
      readonly kind: 'unsubscribe';
      readonly customerId: string;
      readonly channel: Channel;
      readonly topic: Topic;
    }
  /** `mark` stands for the mailbox that it was sent to; absent where it went another way. */
  | { readonly kind: 'preferences'; readonly customerId: string; readonly mark?: string }
  /** Confirms what was asked for at `since`, epoch milliseconds, from the mailbox that `mark` stands for. */
  | {
      readonly kind: 'confirm';
      readonly customerId: string;
      readonly since: number;
      readonly mark: string;
    }
  /** Answers the survey that a message asks. */
  | { readonly kind: 'survey'; readonly customerId: string; readonly messageId: string };

const paths = {
  unsubscribe: '/u/',
  preferences: '/p/',
  confirm: '/k/',
  survey: '/s/',
} as const satisfies Record<PublicLink['kind'], string>;

/** Makes and reads the signed addresses that stand in messages. They do not
 * expire: old mail must still unsubscribe. Whoever reads one that confirms looks at its age. */
export function createPublicLinks({ secret, publicUrl }: { secret: string; publicUrl: string }) {
  return {
    url: (link: PublicLink): string => publicUrl + paths[link.kind] + signLink(link, secret),
  };
}

/** A token for a link: what it allows, then 128 bits of its HMAC-SHA256 under the secret. */
export function signLink(link: PublicLink, secret: string): string {
  const payload = Buffer.from(JSON.stringify(bodyOf(link))).toString('base64url');
  return `${payload}.${mac(payload, secret)}`;
}

function bodyOf(link: PublicLink): readonly (string | number)[] {
  switch (link.kind) {
    case 'unsubscribe':
      return [link.kind, link.customerId, link.channel, link.topic];
    case 'preferences':
      return [link.kind, link.customerId, ...(link.mark === undefined ? [] : [link.mark])];
    case 'confirm':
      return [link.kind, link.customerId, link.since, link.mark];
    case 'survey':
      return [link.kind, link.customerId, link.messageId];
    default:
      return link satisfies never;
  }
}

/** Stands for an e-mail address in a link, so that it confirms no other one. */
export const addressMark = (address: string, secret: string): string =>
  createHmac('sha256', secret).update(`mark:${address.toLowerCase()}`).digest('base64url').slice(0, 12);

/**
 * What a token allows.
 *
 * @returns null where it is not one of ours, is of another kind, or was changed; the time taken does not tell which
 */
export function readLink<Kind extends PublicLink['kind']>(
  kind: Kind,
  token: string,
  secret: string,
): Extract<PublicLink, { kind: Kind }> | null {
  const [payload = '', signature = '', ...rest] = token.split('.');
  if (rest.length > 0) return null;
  // The text is compared, not what it encodes: the last character has bits that mean nothing.
  const expected = Buffer.from(mac(payload, secret));
  const given = Buffer.from(signature);
  if (given.length !== expected.length || !timingSafeEqual(given, expected)) return null;
  const link = parse(payload);
  return link?.kind === kind ? (link as Extract<PublicLink, { kind: Kind }>) : null;
}

const mac = (payload: string, secret: string): string =>
  createHmac('sha256', secret).update(`link:${payload}`).digest().subarray(0, 16).toString('base64url');

function parse(payload: string): PublicLink | null {
  const said: unknown = JSON.parse(Buffer.from(payload, 'base64url').toString());
  if (!Array.isArray(said)) return null;
  const [kind, customerId, channel, topic] = said as unknown[];
  if (typeof customerId !== 'string') return null;
  if (kind === 'preferences')
    return { kind, customerId, ...(typeof channel === 'string' && { mark: channel }) };
  if (kind === 'confirm') {
    const [since, mark] = [channel, topic];
    return typeof since === 'number' && typeof mark === 'string' ? { kind, customerId, since, mark } : null;
  }
  if (kind === 'survey') {
    return typeof channel === 'string' ? { kind, customerId, messageId: channel } : null;
  }
  if (kind !== 'unsubscribe' || !isOneOf(channels, channel) || !isOneOf(topics, topic)) return null;
  return { kind, customerId, channel, topic };
}

const isOneOf = <Value>(values: readonly Value[], value: unknown): value is Value =>
  values.includes(value as Value);
