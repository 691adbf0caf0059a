import { join } from 'node:path';
import { demoClock } from '../../cli/demo/pace';
import { findBrokenRuns, healRun } from '../../worker/healing';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { testSystem, type TestSystem } from '../system';
import { before } from './journeys';

describe('a run whose journey was changed in the middle of a burst', () => {
  let system: TestSystem;
  beforeAll(async () => {
    system = await testSystem([before]);
  });
  afterAll(() => system.close());

  it('is found, and once reset goes on with the new code without repeating what was done', async () => {
    const [bundleBefore, bundleAfter] = await Promise.all([
      bundleOf(join(__dirname, 'workflows-before.ts')),
      bundleOf(join(__dirname, 'workflows-after.ts')),
    ]);
    await system.startWorkers(bundleBefore);
    const clock = demoClock(Date.now(), 2_000);
    await system.store.customers.collection.insertOne(
      customer({ _id: 'c1', email: 'c1@example.com', clock }),
    );
    // The provider takes no second e-mail until the edit is deployed.
    const away = Array.from({ length: 100 }, () => ({ kind: 'reject', code: 421 }) as const);
    system.mail.inject({ kind: 'delay', ms: 0 }, ...away);
    await system.post('/v1/customers', { id: 'c1' });
    await eventually(() =>
      system.store.messages.collection.findOne({ template: 'winback', heldBy: 'provider' }),
    );
    await system.stopWorkers();
    system.mail.heal();
    await system.startWorkers(bundleAfter);

    const [broken] = await eventually(async () => {
      const found = await findBrokenRuns(system.client);
      return found.length > 0 && found;
    });
    expect(broken).toMatchObject({ workflowId: 'healed/c1', journey: 'healed' });
    if (!broken) return;
    await healRun(system.client, broken);
    await healRun(system.client, broken);

    const run = await eventually(async () => {
      const found = await system.store.enrolments.find('healed/c1#1');
      return found?.open === false && found;
    });
    expect(run).toMatchObject({ outcome: 'completed' });
    expect(run.trace.map(({ step }) => step)).toEqual(['email:welcome', 'wait:2d']);
    expect(system.mail.received.filter(({ subject }) => /Boas-vindas|Welcome/.test(subject))).toHaveLength(1);
    await eventually(async () => (await findBrokenRuns(system.client)).length === 0);
  });
});
