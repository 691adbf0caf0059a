import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

const name = /^perene-tests-(\d+)$/;

/**
 * Makes a folder for all that one run of the tests, and the programs that it starts, put into a folder for
 * temporary things, the system's where none is given. Removes those that aborted runs have left.
 */
export function makeTemporaryFolder(all = tmpdir()): string {
  for (const entry of readdirSync(all)) {
    const pid = name.exec(entry)?.[1];
    if (pid !== undefined && !lives(Number(pid))) rmSync(join(all, entry), { recursive: true, force: true });
  }
  const folder = join(all, `perene-tests-${String(process.pid)}`);
  mkdirSync(folder, { recursive: true });
  return folder;
}

function lives(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // Somebody else's process lives too.
    return error instanceof Error && 'code' in error && error.code === 'EPERM';
  }
}
