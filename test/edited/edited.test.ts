import { join } from 'node:path';
import { demoClock } from '../../cli/demo/pace';
import { eventually } from '../api';
import { customer } from '../builders';
import { bundleOf } from '../bundle';
import { failedWorkflowTasks } from '../histories';
import { testSystem, type TestSystem } from '../system';
import { before, edits, type Edit } from './journeys';

const names = Object.keys(edits) as Edit[];

/** The waits at which customers are when the journey is edited. */
const positions = { first: 'wait:2d', second: 'waitFor:profile.completed', third: 'rest' } as const;
type Position = keyof typeof positions;

/** For these customers a day lasts so long, milliseconds: all of them are at the same wait for a good while. */
const dayLength = 4_000;

const all = ['email:welcome', 'sms:complete-profile', 'email:winback', 'goodbye'];
const without = (step: string) => all.filter((each) => each !== step);

/** Steps whose messages each customer gets in all; where nothing is said, those of the journey as it was. */
const expected: Partial<Record<Edit, Partial<Record<Position, string[]>>>> = {
  'inserts a step behind': {
    first: [...all, 'sms:maintenance-reminder'],
    second: [...all, 'sms:maintenance-reminder'],
    third: [...all, 'sms:maintenance-reminder'],
  },
  'inserts a step between': {
    first: ['email:welcome', 'email:maintenance-overdue', 'sms:complete-profile', 'email:winback', 'goodbye'],
  },
  'removes a step to come': { first: without('sms:complete-profile') },
  'swaps two steps': {
    first: ['email:welcome', 'email:winback', 'sms:complete-profile', 'goodbye'],
    second: without('email:winback'),
  },
  'puts a step into a branch': {
    first: ['email:welcome', 'sms:complete-profile', 'sms:maintenance-reminder', 'goodbye'],
    second: ['email:welcome', 'sms:complete-profile', 'sms:maintenance-reminder', 'goodbye'],
  },
  'puts a step into a loop': {
    first: ['email:welcome', 'sms:complete-profile', 'sms:complete-profile#2', 'email:winback', 'goodbye'],
  },
};

describe('a journey edited while customers are inside', () => {
  let system: TestSystem;

  const idsAt = (position: Position) => names.map((_, i) => `${position}-${i}`);
  const phoneOf = (id: string) =>
    `+55119${String(Object.keys(positions).indexOf(id.split('-')[0] ?? '') + 7)}${(id.split('-')[1] ?? '').padStart(7, '6')}`;

  async function signUp(id: string): Promise<void> {
    const { _id, ...about } = customer({ _id: id, clock: demoClock(Date.now(), dayLength) });
    await system.store.customers.collection.insertOne({ _id, ...about });
    const { email, phone } = { email: `${id}@example.com`, phone: phoneOf(id) };
    await system.post('/v1/customers', { id, email, phone, consent: { email: true, sms: true } });
  }

  /** Resolves when all customers who are to be at a position are there. */
  const areAt = (position: Position, step: string = positions[position]) =>
    eventually(async () => {
      const there = await system.store.enrolments.collection.countDocuments({
        customerId: { $in: idsAt(position) },
        step,
      });
      return there === names.length;
    });

  beforeAll(async () => {
    const [bundleBefore, bundleAfter] = [
      await bundleOf(join(__dirname, 'workflows-before.ts')),
      await bundleOf(join(__dirname, 'workflows-after.ts')),
    ];
    system = await testSystem([before]);
    await system.startWorkers(bundleBefore);

    await Promise.all(idsAt('third').map(signUp));
    await areAt('third', positions.second);
    const track = (userId: string) => system.post('/v1/track', { userId, event: 'profile.completed' });
    await Promise.all([...idsAt('third').map(track), ...idsAt('second').map(signUp)]);
    await Promise.all([areAt('second'), areAt('third')]);
    await Promise.all(idsAt('first').map(signUp));
    await areAt('first');

    await system.stopWorkers();
    await system.startWorkers(bundleAfter);
    const open = () => system.store.enrolments.collection.countDocuments({ open: true });
    await eventually(async () => (await open()) === 0, 120);
  }, 240_000);

  afterAll(() => system.close());

  it.each(
    names.flatMap((name) => (Object.keys(positions) as Position[]).map((position) => ({ name, position }))),
  )('$name while a customer is at the $position wait', async ({ name, position }) => {
    const customerId = `${position}-${names.indexOf(name)}`;
    const messages = await system.store.messages.collection
      .find({ customerId })
      .sort({ createdAt: 1 })
      .toArray();
    const wanted = expected[name]?.[position] ?? all;
    expect(messages.map(({ step, state }) => [step, state])).toEqual(wanted.map((step) => [step, 'sent']));
    const mails = system.mail.received.filter(({ to }) => to.includes(`${customerId}@example.com`));
    const texts = system.texts.received.filter(({ to }) => to === phoneOf(customerId));
    expect(mails).toHaveLength(messages.filter(({ channel }) => channel === 'email').length);
    expect(texts).toHaveLength(messages.filter(({ channel }) => channel === 'sms').length);
    const enrolment = await system.store.enrolments.find(`edited/${customerId}#1`);
    expect(enrolment?.outcome).toBe('completed');
    expect(await failedWorkflowTasks(system.client, `edited/${customerId}`)).toEqual([]);
  });
});
