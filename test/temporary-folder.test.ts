import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { makeTemporaryFolder } from './temporary-folder';

it('holds what tests put into the temporary folder, and those of runs that were aborted go', () => {
  expect(basename(tmpdir())).toMatch(/^perene-tests-\d+$/);
  const all = mkdtempSync(join(tmpdir(), 'all-'));
  const { pid: gone } = spawnSync(process.execPath, ['--version']);
  const [aborted, running] = [gone, process.ppid].map((pid) => join(all, `perene-tests-${String(pid)}`));
  for (const folder of [aborted ?? '', running ?? '']) {
    mkdirSync(folder);
    writeFileSync(join(folder, 'left'), '');
  }
  const own = makeTemporaryFolder(all);
  expect(own).toBe(join(all, `perene-tests-${String(process.pid)}`));
  expect([aborted, running, own].map((folder) => existsSync(folder ?? ''))).toEqual([false, true, true]);
});
