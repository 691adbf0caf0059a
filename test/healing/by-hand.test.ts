import { closeCutOffRuns, takeUpBroadcasts } from '../../worker/reconcile';
import { eventually } from '../api';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { byHand } from './by-hand-journey';

let system: TestSystem;
beforeAll(async () => {
  system = await testSystem([byHand]);
  await system.startWorkers(await bundleOf(require.resolve('./workflows-by-hand')));
});
afterAll(() => system.close());

const enters = async (id: string, n: number) => {
  await system.post('/v1/track', { userId: id, event: 'order.delivered', properties: { orderId: `o${n}` } });
  return eventually(async () => {
    const found = await system.store.enrolments.find(`by-hand/${id}#${n}`);
    return found?.step !== undefined && found;
  });
};

describe('a run that an operator ends in the Temporal UI', () => {
  it('by termination is closed in the ledger, and the customer may come in again', async () => {
    await enters('ana', 1);
    const since = Date.now() - 60_000;
    await system.client.workflow.getHandle('by-hand/ana').terminate('by hand');
    const closed = await eventually(async () => {
      const found = await closeCutOffRuns(system.client, system.store, since);
      return found.length > 0 && found;
    });
    expect(closed).toEqual(['by-hand/ana#1']);
    expect(await system.store.enrolments.find('by-hand/ana#1')).toMatchObject({
      open: false,
      outcome: 'exited',
    });
    await enters('ana', 2);
    expect(await closeCutOffRuns(system.client, system.store, since)).toEqual([]);
    expect(await system.store.enrolments.find('by-hand/ana#2')).toMatchObject({ open: true });
  });

  it('by cancellation ends as one that left', async () => {
    await enters('bia', 1);
    await system.client.workflow.getHandle('by-hand/bia').cancel();
    const run = await eventually(async () => {
      const found = await system.store.enrolments.find('by-hand/bia#1');
      return found?.open === false && found;
    });
    expect(run.outcome).toBe('exited');
  });
});

describe('a broadcast', () => {
  const document = {
    segment: 'vip',
    channel: 'email',
    template: 'winback',
    variables: {},
    holdout: 0,
    state: 'running',
    createdAt: new Date(),
    startsAt: new Date(Date.now() + 3_600_000),
  } as const;

  it('that a crash kept from starting is started, and one that was ended by hand is cancelled', async () => {
    await system.store.broadcasts.insert({ ...document, _id: 'spring' });
    expect(await takeUpBroadcasts(system.client, system.store, Date.now())).toEqual(['spring']);
    expect(await takeUpBroadcasts(system.client, system.store, Date.now())).toEqual([]);
    await system.client.workflow.getHandle('broadcast/spring').terminate('by hand');
    expect(await takeUpBroadcasts(system.client, system.store, Date.now())).toEqual([]);
    expect(await system.store.broadcasts.find('spring')).toMatchObject({ state: 'cancelled' });
  });
});
