import { spawn } from 'node:child_process';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { eventually } from '../../test/eventually';
import { createProcessGroup, type ProcessGroup } from './processes';

let folder: string;
let group: ProcessGroup;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perene-processes-'));
  group = createProcessGroup();
});

afterEach(async () => {
  await group.stopAll(0);
  group.close();
  await rm(folder, { recursive: true, force: true });
});

const node = (script: string, onLine?: (line: string) => void) =>
  group.start({
    name: 'script',
    program: process.execPath,
    args: ['-e', script],
    logFile: join(folder, 'script.log'),
    ...(onLine && { onLine }),
  });

function isAlive(pid: number): boolean {
  try {
    return process.kill(pid, 0);
  } catch {
    return false;
  }
}

const gone = (pid: number) => eventually(async () => !isAlive(pid));

describe('createProcessGroup', () => {
  it('tells how a process ended, and keeps what it wrote', async () => {
    const script = await node('console.log("said"); process.exit(3)');
    expect(await script.ended).toBe('ended with status 3');
    expect(script.end).toBe('ended with status 3');
    expect(await readFile(join(folder, 'script.log'), 'utf8')).toBe('said\n');
  });

  it('refuses a program that is not there', async () => {
    const start = group.start({
      name: 'none',
      program: join(folder, 'none'),
      args: [],
      logFile: join(folder, 'log'),
    });
    await expect(start).rejects.toThrow(/^none: .*can't be started$/);
  });

  it('stops a process together with what it started, even if it does not listen', async () => {
    const child = 'setInterval(() => {}, 1000)';
    const seen = new Promise<number>((resolve, reject) => {
      node(
        `process.on('SIGTERM', () => {});
         console.log(require('node:child_process').spawn(process.execPath, ['-e', '${child}']).pid);
         ${child}`,
        (line) => resolve(Number(line)),
      ).catch(reject);
    });
    const grandchild = await seen;
    expect(isAlive(grandchild)).toBe(true);
    await group.stopAll(100);
    expect(await gone(grandchild)).toBe(true);
  });

  it('ends its processes when the process that started them is killed', async () => {
    const parent = spawn(process.execPath, ['--import', 'tsx', '-e', parentScript(join(folder, 'log'))], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = await Promise.all([
      new Promise<string>((resolve) => createInterface({ input: parent.stdout }).once('line', resolve)),
    ]);
    const child = Number(line);
    expect(isAlive(child)).toBe(true);
    parent.kill('SIGKILL');
    expect(await gone(child)).toBe(true);
  });
});

function parentScript(logFile: string): string {
  const args = ['-e', 'setInterval(() => {}, 1000)'];
  return `
    const { createProcessGroup } = require(${JSON.stringify(join(__dirname, 'processes.ts'))});
    const command = ${JSON.stringify({ name: 'child', program: process.execPath, args, logFile })};
    createProcessGroup().start(command).then((child) => console.log(child.pid));
    setInterval(() => {}, 1000);
  `;
}
