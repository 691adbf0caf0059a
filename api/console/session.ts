import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Configuration } from '../../domain/configuration';

/** How long a login lasts, seconds. */
const lifetime = 12 * 3_600;
const name = 'perene_session';

/** Logins to the console: a signed cookie, which a new admin key or secret makes invalid. */
export interface Sessions {
  /** The cookie that logs somebody in. */
  readonly begin: (at: Date) => string;
  /** The cookie that logs them out. */
  readonly end: () => string;
  /** Whether a request's `Cookie` header is of somebody logged in. */
  readonly isOpen: (cookies: string | undefined, at: Date) => boolean;
}

export function createSessions({ keys, http }: Pick<Configuration, 'keys' | 'http'>): Sessions {
  const sign = (until: string) =>
    createHmac('sha256', keys.secret).update(`console:${until}:${keys.admin}`).digest();
  const secure = http.publicUrl.startsWith('https:') ? '; Secure' : '';
  const attributes = `; Path=/; HttpOnly; SameSite=Lax${secure}`;
  return {
    begin(at) {
      const until = String(Math.floor(at.getTime() / 1_000) + lifetime);
      return `${name}=${until}.${sign(until).toString('base64url')}; Max-Age=${lifetime}${attributes}`;
    },
    end: () => `${name}=; Max-Age=0${attributes}`,
    isOpen(cookies, at) {
      const [until = '', signature = ''] = cookieNamed(cookies, name)?.split('.') ?? [];
      const expected = sign(until);
      const given = Buffer.from(signature, 'base64url');
      if (given.length !== expected.length || !timingSafeEqual(given, expected)) return false;
      return Number(until) > at.getTime() / 1_000;
    },
  };
}

/** A cookie's value in a `Cookie` header. */
export function cookieNamed(cookies: string | undefined, wanted: string): string | undefined {
  for (const pair of cookies?.split(';') ?? []) {
    const [key = '', value = ''] = pair.trim().split('=', 2);
    if (key === wanted) return value;
  }
  return undefined;
}
