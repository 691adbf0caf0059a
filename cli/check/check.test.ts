import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { openStore, type Store } from '../../store/store';
import { event } from '../../test/builders';
import { runPerene } from '../../test/perene-process';
import { testDatabase, type TestDatabase } from '../../test/servers';
import type { EnrolmentDocument } from '../../store/enrolments';
import type { JourneyContext } from '../../workflows/engine/context';
import { days, journey, never, on } from '../../workflows/engine/vocabulary';
import { checkJourneys, worstOf, type Checked } from './check';
import { describeChecked } from './report';

type Body = (c: JourneyContext<'customer.signed_up'>) => Promise<void>;

const at = new Date('2026-03-02T12:00:00Z');
const rules = { entry: on('customer.signed_up'), reentry: never };
const edited = (body: Body) => journey('edited', rules, body);
const sent = (step: string) => ({ step, at: at.getTime(), result: { state: 'sent' } });

let database: TestDatabase;
let store: Store;

beforeAll(async () => {
  database = await testDatabase();
  store = await openStore(database.db, database.client);
  await store.events.insert([event({ _id: 'signup', name: 'customer.signed_up' })]);
  const run = (customerId: string, change: Partial<EnrolmentDocument>): EnrolmentDocument => ({
    _id: `edited/${customerId}#1`,
    workflowId: `edited/${customerId}`,
    n: 1,
    journey: 'edited',
    customerId,
    triggerEventId: 'signup',
    holdout: false,
    startedAt: at,
    open: true,
    stepSince: at,
    waitsUntil: new Date(at.getTime() + days(2)),
    waitsFor: [],
    trace: [sent('email:welcome')],
    ...change,
  });
  const profile = [{ event: 'profile.completed' }];
  const past = [sent('email:welcome'), { ...sent('wait:2d'), result: null }, sent('sms:complete-profile')];
  await store.enrolments.insert([
    run('first-1', { step: 'wait:2d', waitKind: 'wait' }),
    run('first-2', { step: 'wait:2d', waitKind: 'wait' }),
    run('second', { step: 'waitFor:profile.completed', waitKind: 'waitFor', waitsFor: profile, trace: past }),
    run('put-off', { step: 'sms:complete-profile', waitKind: 'send', trace: past.slice(0, 2) }),
    run('over', { open: false, outcome: 'completed' }),
  ]);
});
afterAll(() => database.close());

async function check(body: Body): Promise<{ text: string; checked: Checked | undefined }> {
  const checked = await checkJourneys([edited(body)], store);
  return { text: describeChecked(checked), checked: checked[0] };
}

const original: Body = async (c) => {
  await c.email('welcome', { coupon: 'A' });
  await c.wait(days(2));
  await c.sms('complete-profile');
  await c.waitFor('profile.completed', { within: days(4) });
  await c.email('winback');
};

describe('a check', () => {
  it('of journeys that nobody edited says who is where and what comes next', async () => {
    const { text, checked } = await check(original);
    expect(text).toBe(
      [
        'edited: 4 customers inside',
        '  1 customer at sms:complete-profile: not affected',
        '    then: sms:complete-profile, waits at waitFor:profile.completed',
        '  2 customers at wait:2d: not affected',
        '    then: sms:complete-profile, waits at waitFor:profile.completed',
        '  1 customer at waitFor:profile.completed: not affected',
        '    when time is up: email:winback, the end',
        '    when it comes: email:winback, the end',
        '',
      ].join('\n'),
    );
    expect(checked && worstOf(checked)).toBe('none');
  });

  it('tells whose wait is gone and where they go on', async () => {
    const { text, checked } = await check(async (c) => {
      await c.email('welcome', { coupon: 'A' });
      await c.sms('complete-profile');
      await c.email('winback');
    });
    expect(text).toContain('2 customers at wait:2d: CHANGED\n    the step at which they wait is gone');
    expect(text).toContain('    then: sms:complete-profile, email:winback, the end');
    expect(checked && worstOf(checked)).toBe('changed');
  });

  it('tells which new steps are passed over, for whom, and which results are ignored', async () => {
    const { checked } = await check(async (c) => {
      await c.sms('complete-profile', {}, { id: 'hello' });
      await c.wait(days(2));
      await c.email('winback', {}, { id: 'new' });
      await c.sms('complete-profile');
      await c.waitFor('profile.completed', { within: days(4) });
    });
    const of = (step: string) => checked?.effects.find((effect) => effect.step === step);
    expect(of('wait:2d')?.byTime).toMatchObject({
      waitIsGone: false,
      passedOver: ['hello'],
      ignored: ['email:welcome'],
      next: ['new', 'sms:complete-profile'],
    });
    expect(of('waitFor:profile.completed')?.byTime).toMatchObject({
      passedOver: ['hello', 'new'],
      next: [],
      end: { kind: 'ends' },
    });
    expect(of('sms:complete-profile')).toMatchObject({ customers: 1, byTime: { waitIsGone: false } });
  });

  it('takes a changed wait for the one somebody stands at', async () => {
    const { checked } = await check(async (c) => {
      await c.email('welcome', { coupon: 'A' });
      await c.wait(days(5));
      await c.sms('complete-profile');
    });
    const first = checked?.effects.find(({ step }) => step === 'wait:2d');
    expect(first?.byTime).toMatchObject({ waitIsGone: false, next: ['sms:complete-profile'] });
  });

  it('says what fails, for whom', async () => {
    const { text, checked } = await check(async (c) => {
      await c.email('welcome', { coupon: 'A' });
      await c.wait(days(2));
      if (Date.now() > 0) await c.sms('complete-profile');
    });
    expect(text).toContain('2 customers at wait:2d: BROKEN');
    expect(text).toContain('use c.now()');
    expect(checked && worstOf(checked)).toBe('broken');
  });
});

describe('perene check', () => {
  it('exits with 1 where a journey with people inside is gone', async () => {
    const { status, stdout } = await runPerene(['check'], {
      MONGODB_URI: database.uri,
      TEMPORAL_ADDRESS: 'localhost:1',
      SMTP_URL: 'smtp://localhost:1',
      PERENE_WRITE_KEY: 'write-key-of-a-test',
      PERENE_ADMIN_KEY: 'admin-key-of-a-test',
      PERENE_SECRET: 'a secret of the tests, long enough to be one',
      PERENE_DATA_DIR: join(tmpdir(), 'perene-runs-nowhere'),
    });
    expect(stdout).toContain('edited: 4 customers inside\n  GONE: ');
    expect(stdout).toContain('onboarding: nobody is inside\n');
    expect(status).toBe(1);
  });
});
