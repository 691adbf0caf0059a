import { spawnSync } from 'node:child_process';
import { appendFileSync, existsSync, mkdtempSync, readdirSync, rmSync, utimesSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createHandoverLog } from './handover-log';

const folder = mkdtempSync(join(tmpdir(), 'perene-handover-'));
afterAll(() => rmSync(folder, { recursive: true }));
const boot = 'this-start';
/** The log as another process on this machine, or one after a start of the machine, has it. */
const another = (start = boot) => createHandoverLog(folder, start);
const pathOf = (log = '') => join(folder, `${log}.log`);

describe('a handover log', () => {
  it('tells another process what never went, what was taken, and what is in doubt', async () => {
    const writer = another();
    const [never, taken, doubt, refused] = ['n', 't', 'd', 'r'].map((token) => writer.begin(token));
    taken?.handingOver();
    taken?.taken({ providerId: 'id with\nlines', provider: 'first' });
    doubt?.handingOver();
    refused?.handingOver();
    refused?.notTaken();
    const fates = ['n', 't', 'd', 'r'].map((token) =>
      another().fateOf({ token, ...(never?.log !== undefined && { log: never.log }) }),
    );
    expect(await Promise.all(fates)).toEqual([
      'never',
      { providerId: 'id with\nlines', provider: 'first' },
      'unknown',
      'never',
    ]);
  });

  it('keeps a process that was thought dead from handing over what another has taken over', async () => {
    const writer = another();
    const [slow, other] = [writer.begin('slow'), writer.begin('other')];
    expect(await another().fateOf({ token: 'slow', log: slow.log })).toBe('never');
    expect(await another().isGone(slow)).toBe(false);
    expect(await another().isGone({ log: 'elsewhere' })).toBe(false);
    expect(() => slow.handingOver()).toThrow('Somebody else has the message.');
    expect(() => other.handingOver()).not.toThrow();
  });

  it('believes no file from before the machine was started, and none that is not there', async () => {
    const { log } = another().begin('token');
    expect(await another('next-start').fateOf({ token: 'token', log })).toBe('unknown');
    expect(await another().fateOf({ token: 'token', log: 'elsewhere' })).toBe('unknown');
    expect(await another().fateOf({ token: 'token', log: '../elsewhere' })).toBe('unknown');
    expect(await another().fateOf({ token: 'token' })).toBe('unknown');
    expect(existsSync(pathOf('elsewhere'))).toBe(false);
  });

  it('outlives a process that is killed in the middle of a line', async () => {
    const program = `
      const { createHandoverLog } = require('./activities/messaging/handover-log.ts');
      const [one, two] = ['one', 'two'].map((t) => createHandoverLog(${JSON.stringify(folder)}, ${JSON.stringify(boot)}).begin(t));
      one.handingOver();
      one.taken({ providerId: 'p1' });
      process.stdout.write(one.log + ' ' + two.log);
      process.kill(process.pid, 'SIGKILL');`;
    const { stdout, signal } = spawnSync('node', ['--import', 'tsx', '-e', program], { encoding: 'utf8' });
    expect(signal).toBe('SIGKILL');
    const [one, two] = stdout.split(' ');
    appendFileSync(pathOf(two), '+ tw');
    expect(await another().isGone({ log: one })).toBe(true);
    expect(await another('next-start').isGone({ log: one })).toBe(false);
    expect(await another().fateOf({ token: 'one', log: one })).toEqual({ providerId: 'p1' });
    expect(await another().fateOf({ token: 'two', log: two })).toBe('never');
  });

  it('takes a new file when one is full, and removes those that nobody will ask for', async () => {
    const writer = another();
    const first = writer.begin('first');
    const long = 'x'.repeat(1_000);
    for (let n = 0; n < 1_100; n++) {
      const one = writer.begin(`${n}`);
      one.handingOver();
      one.taken({ providerId: long });
      one.settled();
    }
    const second = writer.begin('second');
    expect(second.log).not.toBe(first.log);
    expect(await another().fateOf({ token: 'first', log: first.log })).toBe('never');
    first.settled();
    expect(existsSync(pathOf(first.log))).toBe(false);
    writer.close();
    expect(existsSync(pathOf(second.log))).toBe(true);
    second.settled();
    expect(existsSync(pathOf(second.log))).toBe(false);

    const [old = ''] = readdirSync(folder);
    utimesSync(join(folder, old), 0, 0);
    const before = readdirSync(folder).length;
    await another().tidy(Date.now());
    expect(readdirSync(folder)).toHaveLength(before - 1);
    await createHandoverLog(join(folder, 'missing'), boot).tidy(Date.now());
  });

  it('does without where the system does not name its starts, or the folder cannot be made', async () => {
    for (const log of [createHandoverLog(folder, ''), createHandoverLog(join(__filename, 'none'), boot)]) {
      const handover = log.begin('token');
      expect(handover.log).toBeUndefined();
      handover.handingOver();
      handover.taken({ providerId: 'p1' });
      handover.settled();
      expect(await log.fateOf({ token: 'token', log: handover.log })).toBe('unknown');
      log.close();
    }
  });
});
