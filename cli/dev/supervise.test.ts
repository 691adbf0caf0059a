import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { createProcessGroup, type ProcessGroup, type RunningProcess } from '../embedded/processes';
import { supervise } from './supervise';

let folder: string;
let group: ProcessGroup;
let started: RunningProcess[];

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'perene-supervise-'));
  group = createProcessGroup();
  started = [];
});

afterEach(async () => {
  await group.stopAll(0);
  group.close();
  await rm(folder, { recursive: true });
});

const start = async (script = 'setInterval(() => {}, 1000)'): Promise<RunningProcess> => {
  const command = {
    name: 'server',
    program: process.execPath,
    args: ['-e', script],
    logFile: join(folder, 'log'),
  };
  const running = await group.start(command);
  started.push(running);
  return running;
};

async function restarts(count: number): Promise<void> {
  while (started.length < count + 1) await sleep(10);
}

describe('supervise', () => {
  it('starts a process again that was killed, and not one that was stopped', async () => {
    const lines: string[] = [];
    const supervised = await supervise(() => start(), { report: (line) => lines.push(line), pauseMs: 1 });
    process.kill(started[0]?.pid ?? 0, 'SIGKILL');
    await restarts(1);
    await supervised.stop();
    expect(lines).toEqual(['server was ended by SIGKILL; starting it again']);
    expect(started.map(({ end }) => end)).toEqual(['was ended by SIGKILL', 'was ended by SIGTERM']);
  });

  it('gives up on a process that ends after each of five restarts', async () => {
    const report = () => undefined;
    const supervised = await supervise(() => start('process.exit(1)'), { report, pauseMs: 1 });
    expect(await supervised.givenUp).toMatchObject({
      message: 'server ended with status 1, and did so after each of 5 restarts',
    });
    expect(started).toHaveLength(6);
  });

  it('tries again where a restart fails', async () => {
    const lines: string[] = [];
    let attempts = 0;
    const startsButOnce = () => {
      attempts += 1;
      return attempts === 2 ? Promise.reject(new Error('the port is taken')) : start();
    };
    const supervised = await supervise(startsButOnce, { report: (line) => lines.push(line), pauseMs: 1 });
    process.kill(started[0]?.pid ?? 0, 'SIGKILL');
    await restarts(1);
    expect(lines[1]).toBe('Error: the port is taken');
    await supervised.stop();
  });

  it('fails where the first start fails', async () => {
    const report = () => undefined;
    await expect(supervise(() => Promise.reject(new Error('no')), { report })).rejects.toThrow('no');
  });
});
