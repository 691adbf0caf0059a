import type { KeyScope } from '../domain/keys';
import { keyDigest, type ApiKeyDocument } from '../store/api-keys';
import type { Store } from '../store/store';
import { createLock, type Keys } from './authentication';
import { recently } from './recently';

/** Whose key a request brings. */
export interface Caller {
  /** `environment` for the keys that the process was started with, else the key's id. */
  readonly id: string;
  readonly name: string;
  readonly scope: KeyScope;
}

/** Knows every key that opens something. */
export interface Keyring {
  /** Whose key it is, if anybody's. A key that was just made or revoked elsewhere may be known two seconds late. */
  identify(key: string): Promise<Caller | undefined>;
  /** Makes it look again at once. */
  forget(): void;
}

/** How old the knowledge of stored keys may be, milliseconds. */
const staleness = 2_000;

/** Makes a keyring of the environment's keys, which always hold, and those that are stored. */
export function createKeyring({ apiKeys }: Pick<Store, 'apiKeys'>, keys: Keys, now: () => Date): Keyring {
  const opens = createLock(keys);
  const read = () =>
    recently(
      async (): Promise<ReadonlyMap<string, ApiKeyDocument>> =>
        new Map((await apiKeys.valid(now())).map((key) => [key.digest, key])),
      { staleness, now },
    );
  let stored = read();
  return {
    async identify(key) {
      if (opens('admin', key)) return { id: 'environment', name: 'PERENE_ADMIN_KEY', scope: 'admin' };
      if (opens('write', key)) return { id: 'environment', name: 'PERENE_WRITE_KEY', scope: 'write' };
      // Found by its digest: how long that takes tells nothing about the key.
      const found = (await stored()).get(keyDigest(key));
      if (!found || (found.expiresAt && found.expiresAt <= now())) return undefined;
      return { id: found._id, name: found.name, scope: found.scope };
    },
    forget() {
      stored = read();
    },
  };
}
