import { broadcastKey } from '../../domain/broadcast';
import { journeys } from '../../workflows/journeys';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { killWorkers, startWorker } from '../worker-process';
import { openZone } from './open-zone';

let system: TestSystem;
beforeAll(async () => {
  // The workers find it made.
  [system] = await Promise.all([testSystem(journeys), bundleOf()]);
});
afterAll(async () => {
  killWorkers();
  await system.close();
});

describe('a broadcast whose worker is killed in the middle', () => {
  it('reaches everybody, nobody twice', async () => {
    const people = Array.from({ length: 120 }, (_, n) => {
      const _id = `killed-${String(n).padStart(3, '0')}`;
      return customer({ _id, email: `${_id}@example.com`, timeZone: openZone() });
    });
    await system.store.customers.collection.insertMany(people);
    const count = () => system.mail.received.length;
    const first = startWorker(system);
    await system.admin('POST', '/v1/broadcasts', {
      id: 'killed',
      segment: 'everyone',
      channel: 'email',
      template: 'winback',
    });
    await eventually(async () => count() > 20);
    expect(await first.end('SIGKILL')).toBe('SIGKILL');
    expect(count()).toBeLessThan(people.length);

    const second = startWorker(system);
    await eventually(async () => (await system.store.broadcasts.find('killed'))?.state === 'completed');
    await second.end('SIGTERM');
    const to = system.mail.received.flatMap((mail) => mail.to);
    expect(new Set(to).size).toBe(to.length);
    const states = await system.store.messages.statesWithin(broadcastKey('killed'), {
      after: null,
      until: null,
    });
    // Of what was at its last byte, or between that and the answer, when it was killed nobody is told: one e-mail a connection.
    const unknown = people.filter(({ _id }) => states.get(_id) === 'unknown').map(({ email }) => email);
    expect(unknown.length).toBeLessThanOrEqual(5);
    expect([...new Set([...to, ...unknown])].sort()).toEqual(people.map(({ email }) => email));
  });
});
