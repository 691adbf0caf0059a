import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import { problem } from './errors';

/** What a key opens: `write` takes events in, `admin` is everything. */
export type Access = 'write' | 'admin';

/** The keys of an installation. */
export interface Keys {
  readonly write: string;
  readonly admin: string;
}

/**
 * The key that a request brings: the user name of `Authorization: Basic` or the token of `Bearer`; on Segment's calls
 * also `writeKey` in the body, which its browser client sends.
 */
export function keyOf(request: Pick<FastifyRequest, 'headers' | 'body'>): string | undefined {
  const [scheme = '', value = ''] = (request.headers.authorization ?? '').split(' ');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic':
      return Buffer.from(value, 'base64').toString('utf8').split(':')[0];
    default: {
      const { body } = request;
      const key = typeof body === 'object' && body !== null && 'writeKey' in body ? body.writeKey : undefined;
      return typeof key === 'string' ? key : undefined;
    }
  }
}

/** Tells whether a key opens a door. */
export type Lock = (access: Access, key: string) => boolean;

/** Makes a lock that takes the same time for every wrong key, and keeps only digests of the right ones. */
export function createLock({ admin, write }: Keys): Lock {
  const [adminDigest, writeDigest] = [digest(admin), digest(write)];
  return (access, key) => {
    const given = digest(key);
    const isAdmin = timingSafeEqual(given, adminDigest);
    const isWrite = timingSafeEqual(given, writeDigest);
    return isAdmin || (access === 'write' && isWrite);
  };
}

const digest = (text: string): Buffer => createHash('sha256').update(text).digest();

/** A hook that lets a request pass only with a key. @throws the problem `unauthorized` */
export function requireKey(keys: Keys, access: Access) {
  const opens = createLock(keys);
  return async (request: FastifyRequest): Promise<void> => {
    const key = keyOf(request);
    if (key === undefined || !opens(access, key)) {
      throw problem('unauthorized', `Send the ${access} key as Authorization: Basic <key>: or Bearer <key>.`);
    }
  };
}
