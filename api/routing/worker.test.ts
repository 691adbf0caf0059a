import pino from 'pino';
import { allRouted, eventually } from '../../test/api';
import { bundleOf } from '../../test/bundle';
import { uniqueName } from '../../test/servers';
import { testSystem, type TestSystem } from '../../test/system';
import { journeys } from '../../workflows/journeys';
import { createRouter } from './router';
import { temporalRuns } from './runs';

let system: TestSystem;
beforeAll(async () => {
  system = await testSystem(journeys);
  await system.startWorkers(await bundleOf());
});
afterAll(() => system.close());

const run = (id: string) => system.store.enrolments.find(id);
const waiting = (id: string) => eventually(async () => (await run(id))?.step);
const track = (userId: string, event: string, properties: object) =>
  system.post('/v1/track', { userId, event, properties });

describe('with a worker', () => {
  it('an event that is routed again finds its run, which has continued as new, and leaves it alone', async () => {
    const id = uniqueName('again');
    await system.post('/v1/customers', { id });
    await waiting(`onboarding/${id}#1`);
    const handle = system.client.workflow.getHandle(`onboarding/${id}`);
    await eventually(async () => {
      const { raw, runId } = await handle.describe();
      return raw.workflowExecutionInfo?.firstRunId !== runId;
    });
    const [trigger] = await system.store.events.findMany([`signup:${id}`]);
    const log = pino({ level: 'silent' });
    const runs = temporalRuns(system.client);
    const router = createRouter({ store: system.store, runs, journeys, now: () => new Date(), log });
    const before = (await handle.describe()).runId;
    const routed = await router.route([{ note: 'again', events: trigger ? [trigger] : [] }]);
    expect(routed).toMatchObject([{ enrolments: [`onboarding/${id}#1`], postponed: false }]);
    expect((await handle.describe()).runId).toBe(before);
  });

  it('a booked service ends the cycle of its vehicle and opens the next', async () => {
    const id = uniqueName('cycle');
    const about = { vehicleId: 'v1', model: 'Uno', odometerKm: 10 };
    await system.post('/v1/customers', { id });
    await track(id, 'vehicle.delivered', about);
    await waiting(`maintenance/${id}/v1#1`);
    await track(id, 'service.booked', { ...about, odometerKm: 9_000 });
    await waiting(`maintenance/${id}/v1#2`);
    expect(await run(`maintenance/${id}/v1#1`)).toMatchObject({ open: false, outcome: 'converted' });
    await allRouted(system.store);
    expect(await run(`maintenance/${id}/v1#2`)).toMatchObject({ open: true });
    expect(await run(`maintenance/${id}/v1#3`)).toBeNull();
  });

  it('an erased customer’s runs end as erased', async () => {
    const id = uniqueName('erased');
    await system.post('/v1/customers', { id, email: 'gone@example.com' });
    await waiting(`onboarding/${id}#1`);
    await system.admin('DELETE', `/v1/customers/${id}`);
    const ended = await eventually(async () => {
      const found = await run(`onboarding/${id}#1`);
      return found?.open === false && found;
    });
    expect(ended).toMatchObject({ outcome: 'erased' });
  });
});
