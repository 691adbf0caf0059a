import { z } from 'zod';
import { topics, type Topic } from './messages';
import { retentionDefaults, shortestRetention, type RetainedKind, type Retention } from './retention';

/** A key for payloads: 256 bits, and the name under which they find it again. */
export interface PayloadKey {
  readonly id: string;
  readonly secret: Buffer;
}

const parts = (text: string): string[] =>
  text
    .split(',')
    .map((part) => part.trim())
    .filter((part) => part !== '');

const kinds = Object.keys(retentionDefaults) as RetainedKind[];

/** `kind=days` pairs as periods of retention; kinds that are not named keep their default. */
export const retentionList = z
  .string()
  .default('')
  .transform((text, context): Retention => {
    const retention: Record<RetainedKind, number> = { ...retentionDefaults };
    for (const part of parts(text)) {
      const [name = '', days = ''] = part.split('=');
      const kind = kinds.find((each) => each === name);
      const isPeriod = /^\d{1,5}$/.test(days) && Number(days) >= shortestRetention;
      if (kind && isPeriod) retention[kind] = Number(days);
      else {
        context.addIssue(
          `must be a list such as events=1825,decisions=400, of ${kinds.join(', ')}, each ${shortestRetention} days or more`,
        );
        return z.NEVER;
      }
    }
    return retention;
  });

/** Topics, or `all` of them. */
export const topicList = z
  .string()
  .default('')
  .transform(parts)
  .pipe(z.array(z.enum(['all', ...topics], `must be all or a list of ${topics.join(', ')}`)))
  .transform((given): readonly Topic[] =>
    given.includes('all') ? topics : topics.filter((topic) => given.includes(topic)),
  );

/** `id:key` pairs, each key 32 bytes in Base64 or 64 hexadecimal digits. The first encrypts, all decrypt. */
export const payloadKeyList = z.string().transform((text, context): readonly PayloadKey[] => {
  const keys = parts(text).map((part): PayloadKey | undefined => {
    const [, id = '', key = ''] = /^([\w.-]{1,64}):(.+)$/.exec(part) ?? [];
    const secret = Buffer.from(key, /^[0-9a-f]{64}$/i.test(key) ? 'hex' : 'base64');
    return id !== '' && secret.length === 32 ? { id, secret } : undefined;
  });
  const good = keys.filter((key) => key !== undefined);
  const isGood =
    good.length > 0 && good.length === keys.length && new Set(good.map(({ id }) => id)).size === good.length;
  if (isGood) return good;
  context.addIssue('must be a list of id:key, ids that differ, each key 32 bytes in Base64 or hexadecimal');
  return z.NEVER;
});

/** Hosts, each with a port or without. */
export const hostList = z
  .string()
  .default('')
  .transform(parts)
  .pipe(
    z.array(
      z.string().regex(/^(\[[0-9a-f:]+\]|[\w.-]+)(:\d{1,5})?$/i),
      'must be a list of host or host:port',
    ),
  );

/** Origins of web pages. */
export const originList = z
  .string()
  .default('')
  .transform(parts)
  .pipe(
    z.array(z.union([z.literal('*'), z.url({ protocol: /^https?$/ })], 'must be * or a list of origins')),
  );
