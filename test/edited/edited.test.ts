import { join } from 'node:path';
import { demoClock } from '../../cli/demo/pace';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { failedWorkflowTasks } from '../histories';
import { testSystem, type TestSystem } from '../system';
import { before, edits, type Edit } from './journeys';

const names = Object.keys(edits) as Edit[];

/** For these customers a day lasts so long, milliseconds: seven of them are at the same wait for a good while. */
const dayLength = 4_000;

/** Messages each customer gets in all, when the edit is made while they wait at the first or the second wait. */
const expected: Record<Edit, { first: string[]; second: string[] }> = {
  'inserts a step before': {
    first: ['welcome', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
  'inserts a step after': {
    first: ['welcome', 'complete-profile', 'winback', 'maintenance-due'],
    second: ['welcome', 'complete-profile', 'winback', 'maintenance-due'],
  },
  'inserts a step between': {
    first: ['welcome', 'maintenance-overdue', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
  'removes a step': {
    first: ['welcome', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
  'renames a step': {
    first: ['welcome', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
  'changes a wait': {
    first: ['welcome', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
  'removes the waits': {
    first: ['welcome', 'complete-profile', 'winback'],
    second: ['welcome', 'complete-profile', 'winback'],
  },
};

describe('a journey edited while customers are inside', () => {
  let system: TestSystem;

  const idsAt = (position: string) => names.map((_, i) => `${position}-${i}`);

  async function signUp(id: string): Promise<void> {
    const { _id, ...about } = customer({ _id: id, clock: demoClock(Date.now(), dayLength) });
    await system.store.customers.collection.insertOne({ _id, ...about });
    const { email, phone } = { email: `${id}@example.com`, phone: '+5511987654321' };
    await system.post('/v1/customers', { id, email, phone, consent: { email: true, sms: true } });
  }

  const waitingAt = (step: string, ids: readonly string[]) =>
    eventually(async () => {
      const there = await system.store.enrolments.collection.countDocuments({
        customerId: { $in: [...ids] },
        step,
      });
      return there === ids.length;
    });

  beforeAll(async () => {
    const [bundleBefore, bundleAfter] = [
      await bundleOf(join(__dirname, 'workflows-before.ts')),
      await bundleOf(join(__dirname, 'workflows-after.ts')),
    ];
    system = await testSystem([before]);
    await system.startWorkers(bundleBefore);

    await Promise.all(idsAt('second').map(signUp));
    await waitingAt('waitFor:profile.completed', idsAt('second'));
    await Promise.all(idsAt('first').map(signUp));
    await waitingAt('wait:2d', idsAt('first'));

    await system.stopWorkers();
    await system.startWorkers(bundleAfter);
    const open = () => system.store.enrolments.collection.countDocuments({ open: true });
    await eventually(async () => (await open()) === 0, 120);
  }, 240_000);

  afterAll(() => system.close());

  it.each(
    names.flatMap(
      (name) =>
        [
          { name, position: 'first' },
          { name, position: 'second' },
        ] as const,
    ),
  )('$name while a customer is at the $position wait', async ({ name, position }) => {
    const customerId = `${position}-${names.indexOf(name)}`;
    const messages = await system.store.messages.collection
      .find({ customerId })
      .sort({ createdAt: 1 })
      .toArray();
    expect(messages.map(({ template, state }) => [template, state])).toEqual(
      expected[name][position].map((template) => [template, 'sent']),
    );
    const enrolment = await system.store.enrolments.find(`edited/${customerId}#1`);
    expect(enrolment?.outcome).toBe('completed');
    expect(await failedWorkflowTasks(system.client, `edited/${customerId}`)).toEqual([]);
  });
});
