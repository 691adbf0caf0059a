import { createHash, timingSafeEqual } from 'node:crypto';
import type { FastifyRequest } from 'fastify';
import type { KeyScope } from '../domain/keys';
import { problem } from './errors';

/** What a key opens: `write` takes events in, `admin` is everything. */
export type Access = 'write' | 'admin';

/** The keys of an installation. */
export interface Keys {
  readonly write: string;
  readonly admin: string;
}

/** The key in a request's header: the user name of `Authorization: Basic` or the token of `Bearer`. */
export function keyInHeader({ headers }: Pick<FastifyRequest, 'headers'>): string | undefined {
  const [scheme = '', value = ''] = (headers.authorization ?? '').split(' ');
  switch (scheme.toLowerCase()) {
    case 'bearer':
      return value;
    case 'basic':
      return Buffer.from(value, 'base64').toString('utf8').split(':')[0];
    default:
      return undefined;
  }
}

/** The key that Segment's browser client puts into the body. */
function keyInBody({ body }: Pick<FastifyRequest, 'body'>): string | undefined {
  const key = typeof body === 'object' && body !== null && 'writeKey' in body ? body.writeKey : undefined;
  return typeof key === 'string' ? key : undefined;
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

/**
 * A hook that lets a request pass only with a key: one of the environment's, or one that was made and whose scope allows
 * it. A key that only reads opens every GET.
 *
 * @throws the problem `unauthorized` without a key that holds, `forbidden` with one of another scope
 */
export function requireKey(access: Access) {
  return async (request: FastifyRequest): Promise<void> => {
    const inBody = request.caller ? undefined : keyInBody(request);
    const caller =
      request.caller ?? (inBody === undefined ? undefined : await request.server.keyring.identify(inBody));
    if (!caller) {
      throw problem('unauthorized', `Send the ${access} key as Authorization: Basic <key>: or Bearer <key>.`);
    }
    if (!mayPass(caller.scope, access, request.method)) {
      throw problem('forbidden', `This key is for ${caller.scope}; the route needs one for ${access}.`);
    }
  };
}

function mayPass(scope: KeyScope, access: Access, method: string): boolean {
  if (scope === 'admin') return true;
  return scope === 'write' ? access === 'write' : method === 'GET' || method === 'HEAD';
}
