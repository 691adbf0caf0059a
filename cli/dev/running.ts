import { mkdir, readFile, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { z } from 'zod';
import { commandOf } from '../embedded/port-holder';

const schema = z.object({ pid: z.number(), variables: z.record(z.string(), z.string()) });

/** The `perene dev` that runs on a data folder. */
export interface Running {
  readonly pid: number;
  /** The environment variables that lead to its servers; none while it starts. */
  readonly variables: Readonly<Record<string, string>>;
}

/** The `perene dev` that runs on a data folder now, if one does. */
export async function readRunning(dataDir: string): Promise<Running | undefined> {
  const kept = await readFile(fileIn(dataDir), 'utf8').catch(() => '');
  const parsed = schema.safeParse(parseJson(kept));
  return parsed.success && (await isPerene(parsed.data.pid)) ? parsed.data : undefined;
}

/** This process's hold on a data folder. */
export interface Claim {
  /** Whether the run before this one ended without letting go, so that its servers may still be about to end. */
  readonly afterCrash: boolean;
  /** Tells other commands how to reach the servers. */
  publish(variables: Readonly<Record<string, string>>): Promise<void>;
  release(): Promise<void>;
}

/**
 * Takes hold of a data folder: two sets of servers on the same files would destroy them.
 *
 * @throws Error - another `perene dev` holds it.
 */
export async function claimDataDir(dataDir: string): Promise<Claim> {
  await mkdir(dataDir, { recursive: true });
  const write = (variables: Readonly<Record<string, string>>, flag: 'w' | 'wx') =>
    writeFile(fileIn(dataDir), JSON.stringify({ pid: process.pid, variables }), { mode: 0o600, flag });
  const running = await readRunning(dataDir);
  if (running !== undefined) {
    throw new Error(
      `Perene already runs on ${dataDir} (process ${running.pid}). End it, or set PERENE_DATA_DIR to another folder.`,
    );
  }
  const afterCrash = await rm(fileIn(dataDir)).then(
    () => true,
    () => false,
  );
  await write({}, 'wx');
  return {
    afterCrash,
    publish: (variables) => write(variables, 'w'),
    release: () => rm(fileIn(dataDir), { force: true }),
  };
}

function fileIn(dataDir: string): string {
  return join(dataDir, 'running.json');
}

/** Process ids are given again, so being alive is not enough. */
async function isPerene(pid: number): Promise<boolean> {
  return pid !== process.pid && /\bperene\b.*\bdev\b/.test(await commandOf(String(pid)));
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
