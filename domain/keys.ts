/**
 * What a key opens: `write` takes events and signups in, `read` shows everything and changes nothing, `admin` does both
 * and everything else.
 */
export const keyScopes = ['write', 'read', 'admin'] as const;
export type KeyScope = (typeof keyScopes)[number];
