import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';
import { broadcastKey } from '../../domain/broadcast';
import { journeys } from '../../workflows/journeys';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { openZone } from './open-zone';

const root = join(__dirname, '..', '..');
let system: TestSystem;
beforeAll(async () => {
  // The workers find it made.
  [system] = await Promise.all([testSystem(journeys), bundleOf()]);
});
const children: ChildProcess[] = [];
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await system.close();
});

/** A worker as a process of its own. */
function startWorker() {
  const child = spawn(process.execPath, ['--import', 'tsx', join('worker', 'main.ts')], {
    cwd: root,
    env: { ...process.env, ...system.environment },
    stdio: ['ignore', 'ignore', 'inherit'],
  });
  children.push(child);
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('exit', (_, how) => resolve(how)));
  return { end: (signal: NodeJS.Signals) => (child.kill(signal), ended) };
}

describe('a broadcast whose worker is killed in the middle', () => {
  it('reaches everybody, nobody twice', async () => {
    const people = Array.from({ length: 120 }, (_, n) => {
      const _id = `killed-${String(n).padStart(3, '0')}`;
      return customer({ _id, email: `${_id}@example.com`, timeZone: openZone() });
    });
    await system.store.customers.collection.insertMany(people);
    const count = () => system.mail.received.length;
    const first = startWorker();
    await system.admin('POST', '/v1/broadcasts', {
      id: 'killed',
      segment: 'everyone',
      channel: 'email',
      template: 'winback',
    });
    await eventually(async () => count() > 20);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(count()).toBeLessThan(people.length);

    const second = startWorker();
    await eventually(async () => (await system.store.broadcasts.find('killed'))?.state === 'completed');
    await second.end('SIGTERM');
    const to = system.mail.received.flatMap((mail) => mail.to);
    expect([...to].sort()).toEqual(people.map(({ email }) => email));
    const states = await system.store.messages.statesWithin(`${broadcastKey('killed')}/`, {
      after: null,
      until: null,
    });
    // Of what was between the last byte and the answer when it was killed, nobody is told: one e-mail a connection.
    const unknown = [...states.values()].filter((state) => state === 'unknown').length;
    expect(unknown).toBeLessThanOrEqual(5);
  });
});
