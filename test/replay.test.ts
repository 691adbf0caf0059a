import type { ServerResponse } from 'node:http';
import { eventually } from './api';
import { customer } from './builders';
import { bundleOf } from './bundle';
import { hookServer, type HookServer } from './hook-server';
import { testSystem, type TestSystem } from './system';
import { killWorkers, startWorker } from './worker-process';

let hooks: HookServer;
let system: TestSystem;
beforeAll(async () => {
  hooks = await hookServer();
  // The worker finds the bundle made.
  [system] = await Promise.all([testSystem([], undefined, { WEBHOOK_HOSTS: hooks.host }), bundleOf()]);
  await system.admin('PUT', '/v1/webhooks/crm', { url: hooks.url });
  await system.store.customers.collection.insertOne(customer({ _id: 'ana' }));
});
afterAll(async () => {
  killWorkers();
  await Promise.all([system.close(), hooks.close()]);
});

/** Puts a delivery that was given up into the ledger, and begins its replay. */
async function replay(step: string): Promise<string> {
  const [enrolmentId, at] = ['care/ana#1', new Date()];
  const _id = `${enrolmentId}/${step}`;
  const { deliveries } = system.store;
  const about = {
    customerId: 'ana',
    enrolmentId,
    journey: 'care',
    step,
    kind: 'webhook',
    to: 'crm',
  } as const;
  await deliveries.plan({ ...about, _id, createdAt: at });
  const told = JSON.stringify({ data: { step }, personal: ['email'] });
  await deliveries.settle(_id, { state: 'failed', reason: 'http-503' }, { at, told });
  await system.admin('POST', `/v1/deliveries/crm/${encodeURIComponent(_id)}/replay`);
  return _id;
}
const isDelivered = async (id: string) => (await system.store.deliveries.find(id))?.state === 'delivered';

it('is carried out by a worker, whenever one comes, which finishes what it has in hand when it is to go', async () => {
  const waiting = await replay('webhook:crm');
  const worker = startWorker(system);
  await eventually(() => isDelivered(waiting));
  expect(hooks.received.map(({ body }) => JSON.parse(body) as object)).toMatchObject([
    { data: { step: 'webhook:crm', customer: { email: 'ana@example.com' } } },
  ]);

  let answer: ServerResponse | undefined;
  hooks.answer((held) => void (answer = held));
  const late = await replay('webhook:crm#2');
  await eventually(async () => answer !== undefined);
  const ended = worker.end('SIGTERM');
  expect(await isDelivered(late)).toBe(false);
  answer?.writeHead(204).end();
  expect(await ended).toBeNull();
  expect(await isDelivered(late)).toBe(true);
});
