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

/** Where customers are when the journey is edited has a system of its own: nobody waits for those elsewhere. */
const systems = {} as Record<Position, TestSystem>;
const toClose = new Set<TestSystem>();

const idsAt = (position: Position) => names.map((_, i) => `${position}-${i}`);
const phoneOf = (id: string) =>
  `+55119${String(Object.keys(positions).indexOf(id.split('-')[0] ?? '') + 7)}${(id.split('-')[1] ?? '').padStart(7, '6')}`;

async function signUp(system: TestSystem, id: string, dayLength: number): Promise<void> {
  const { _id, ...about } = customer({ _id: id, clock: demoClock(Date.now(), dayLength) });
  await system.store.customers.collection.insertOne({ _id, ...about });
  const { email, phone } = { email: `${id}@example.com`, phone: phoneOf(id) };
  await system.post('/v1/customers', { id, email, phone, consent: { email: true, sms: true } });
}

/** Whether all who are to come to a position are there, or were, within so many milliseconds. */
const haveReached = (system: TestSystem, position: Position, patience: number) =>
  eventually(async () => {
    const runs = await system.store.enrolments.collection.find().toArray();
    const reached = runs.filter(
      ({ step, trace }) =>
        step === positions[position] || trace.some((entry) => entry.step === positions[position]),
    );
    return reached.length === names.length;
  }, patience / 1_000).catch(() => false);

/** Brings customers to a position and stops the workers; false where some came late, and others have gone on. */
async function bring(system: TestSystem, position: Position, dayLength: number): Promise<boolean> {
  const ids = idsAt(position);
  const patience = 20 * dayLength;
  await Promise.all(ids.map((id) => signUp(system, id, dayLength)));
  if (position === 'third') {
    if (!(await haveReached(system, 'second', patience))) return false;
    await Promise.all(ids.map((userId) => system.post('/v1/track', { userId, event: 'profile.completed' })));
  }
  if (!(await haveReached(system, position, patience))) return false;
  await system.stopWorkers();
  const there = { step: positions[position] };
  return (await system.store.enrolments.collection.countDocuments(there)) === names.length;
}

/** How long a day of the customers lasts, milliseconds, and where a slow machine was too late for that. */
const dayLengths = [4_000, 12_000] as const;

/** A system whose customers are all at a position. */
async function systemAt(position: Position, bundle: { code: string }): Promise<TestSystem> {
  for (const dayLength of dayLengths) {
    const system = await testSystem([before]);
    toClose.add(system);
    await system.startWorkers(bundle);
    if (await bring(system, position, dayLength)) return system;
    toClose.delete(system);
    await system.close();
  }
  throw new Error(`The customers do not come to the ${position} wait together.`);
}

beforeAll(async () => {
  const [bundleBefore, bundleAfter] = await Promise.all([
    bundleOf(join(__dirname, 'workflows-before.ts')),
    bundleOf(join(__dirname, 'workflows-after.ts')),
  ]);
  await Promise.all(
    (Object.keys(positions) as Position[]).map(async (position) => {
      const system = await systemAt(position, bundleBefore);
      systems[position] = system;
      await system.startWorkers(bundleAfter);
      const open = () => system.store.enrolments.collection.countDocuments({ open: true });
      await eventually(async () => (await open()) === 0, 300);
    }),
  );
}, 900_000);

afterAll(() => Promise.all([...toClose].map((system) => system.close())));

describe('a journey edited while customers are inside', () => {
  it.each(
    names.flatMap((name) => (Object.keys(positions) as Position[]).map((position) => ({ name, position }))),
  )('$name while a customer is at the $position wait', async ({ name, position }) => {
    const system = systems[position];
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
