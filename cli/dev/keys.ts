import { randomBytes } from 'node:crypto';
import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { newAccount } from '../embedded/twilio-resources';

const schema = z.object({
  PERENE_WRITE_KEY: z.string(),
  PERENE_ADMIN_KEY: z.string(),
  PERENE_SECRET: z.string(),
  TWILIO_ACCOUNT_SID: z.string(),
  TWILIO_AUTH_TOKEN: z.string(),
  TWILIO_MESSAGING_SERVICE_SID: z.string(),
});

/** Keys of one installation on one machine, by environment variable; those of Twilio open the SMS stand-in only. */
export type Keys = z.output<typeof schema>;

/**
 * The keys kept in a data folder; at first made by chance, and written so that only this user can read them.
 *
 * @throws Error - the file is there and is not what was written.
 */
export async function keysOf(dataDir: string): Promise<Keys> {
  const file = join(dataDir, 'keys.json');
  const kept = await readFile(file, 'utf8').catch(() => undefined);
  if (kept === undefined) return makeKeys(file, dataDir);
  try {
    return schema.parse(JSON.parse(kept));
  } catch (cause) {
    throw new Error(
      `${file} is damaged: restore it, or remove it to make new keys (links already sent then stop working)`,
      {
        cause,
      },
    );
  }
}

async function makeKeys(file: string, dataDir: string): Promise<Keys> {
  const account = newAccount();
  const keys: Keys = {
    PERENE_WRITE_KEY: `write_${randomBytes(16).toString('hex')}`,
    PERENE_ADMIN_KEY: `admin_${randomBytes(16).toString('hex')}`,
    PERENE_SECRET: randomBytes(32).toString('hex'),
    TWILIO_ACCOUNT_SID: account.accountSid,
    TWILIO_AUTH_TOKEN: account.authToken,
    TWILIO_MESSAGING_SERVICE_SID: account.messagingServiceSid,
  };
  await mkdir(dataDir, { recursive: true });
  await writeFile(file, `${JSON.stringify(keys, null, 2)}\n`, { mode: 0o600, flag: 'wx' });
  return keys;
}
