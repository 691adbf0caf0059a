import { uniqueName } from '../../test/servers';
import { eventually, testApi, type TestApi } from '../../test/api';
import type { EnrolmentDocument } from '../../store/enrolments';
import { resultsSchema } from '../journey-results';

let api: TestApi;
/** What the API's clock is ahead, milliseconds: counts are kept for a while. */
let ahead = 0;
beforeAll(async () => (api = await testApi({ now: () => new Date(Date.now() + ahead) })));
afterAll(() => api.close());

const run = (n: number, change: Partial<EnrolmentDocument>): EnrolmentDocument => ({
  _id: `winback/p${n}#1`,
  workflowId: `winback/p${n}`,
  n: 1,
  journey: 'winback',
  customerId: `p${n}`,
  triggerEventId: `t${n}`,
  holdout: false,
  startedAt: new Date(),
  open: true,
  trace: [],
  ...change,
});
const ended = (outcome: 'converted' | 'completed') => ({ open: false, outcome, endedAt: new Date() });
const entry = (step: string) => ({ step, at: 0, result: null });

describe('GET /v1/journeys', () => {
  it('gives the funnel by step, outcomes, and lift against the control group', async () => {
    await api.store.enrolments.insert([
      run(1, { step: 'wait:1', trace: [entry('email:winback')] }),
      run(2, { step: 'wait:1', trace: [entry('email:winback')] }),
      run(3, { ...ended('converted'), trace: [entry('email:winback'), entry('wait:1'), entry('sms:last')] }),
      run(4, { ...ended('completed'), trace: [entry('email:winback'), entry('wait:1')] }),
      run(5, { ...ended('completed'), holdout: true }),
      run(6, { ...ended('completed'), holdout: true }),
    ]);
    const { body } = await api.admin('GET', '/v1/journeys/winback');
    expect(body).toMatchObject({
      name: 'winback',
      open: 2,
      waiting: { 'wait:1': 2 },
      outcomes: { converted: 1, completed: 3 },
      treated: { runs: 4, converted: 1 },
      control: { runs: 2, converted: 0 },
      // Of those whose run is over: one of two against none of two.
      lift: { difference: 0.5 },
    });
    expect(body['steps']).toEqual([
      { step: 'email:winback', passed: 4, waiting: 0 },
      { step: 'wait:1', passed: 2, waiting: 2 },
      { step: 'sms:last', passed: 1, waiting: 0 },
    ]);
    const list = await api.admin('GET', '/v1/journeys');
    expect(list.body['journeys']).toEqual(
      expect.arrayContaining([expect.objectContaining({ name: 'winback', open: 2, paused: false })]),
    );
  });

  it('knows no journey of another name', async () => {
    expect((await api.admin('GET', '/v1/journeys/nonesuch')).status).toBe(404);
    expect((await api.admin('GET', '/v1/journeys/nonesuch/results')).status).toBe(404);
  });
});

describe('GET /v1/journeys/{name}/results', () => {
  it('gives groups and arms with intervals, the same lift as the journey, and alarms', async () => {
    const group = (
      from: number,
      { size, converted, ...change }: Partial<EnrolmentDocument> & { size: number; converted: number },
    ) =>
      Array.from({ length: size }, (_, i) =>
        run(from + i, {
          _id: `upsell/m${from + i}/v#1`,
          workflowId: `upsell/m${from + i}/v`,
          journey: 'upsell',
          customerId: `m${from + i}`,
          ...ended(i < converted ? 'converted' : 'completed'),
          ...change,
        }),
      );
    await api.store.enrolments.insert([
      ...group(1_000, { size: 300, converted: 240 }),
      ...group(2_000, { size: 200, converted: 20, holdout: true }),
      ...group(3_000, { size: 2, converted: 1, holdout: true, globalHoldout: true }),
    ]);
    await api.store.assignments.collection.insertMany(
      ['a', 'b'].flatMap((arm, n) =>
        Array.from({ length: 40 }, (_, i) => ({
          _id: `upsell/tone/${arm}${i}`,
          journey: 'upsell',
          split: 'tone',
          customerId: `${arm}${i}`,
          enrolmentId: `upsell/${arm}${i}#1`,
          arm,
          adaptive: false,
          holdout: false,
          probabilities: { a: 0.5, b: 0.5 },
          at: new Date(),
          reward: i < 10 + 20 * n ? 1 : 0,
        })),
      ),
    );
    ahead += 3_600_000;
    const { status, body } = await api.admin('GET', '/v1/journeys/upsell/results');
    expect(status).toBe(200);
    const { holdout, splits } = resultsSchema.parse(body);
    expect(holdout).toMatchObject({
      treated: { customers: 300, converted: 240, open: 0 },
      control: { customers: 200, converted: 20 },
      untouched: { customers: 2, converted: 1 },
      // Two of five in the control group are not the share that the journey names.
      ratioAlarm: true,
    });
    expect(holdout.lift?.difference).toBeCloseTo(0.7, 10);
    expect(holdout.lift?.low).toBeGreaterThan(0.5);
    expect(holdout.treated.low).toBeLessThan(0.8);
    expect(holdout.treated.high).toBeGreaterThan(0.8);
    expect(splits).toMatchObject([{ name: 'tone', adaptive: false, ratioAlarm: false }]);
    expect(splits[0]?.arms).toMatchObject([
      { arm: 'a', customers: 40, converted: 10, difference: null },
      { arm: 'b', customers: 40, converted: 30, difference: { difference: 0.5 } },
    ]);
    const journey = await api.admin('GET', '/v1/journeys/upsell');
    expect(journey.body['lift']).toEqual(holdout.lift);
  });
});

describe('POST /v1/journeys/{name}/pause and resume', () => {
  it('hold and free its messages', async () => {
    expect((await api.admin('POST', '/v1/journeys/upsell/pause')).body).toEqual({
      name: 'upsell',
      paused: true,
    });
    expect((await api.admin('GET', '/v1/journeys/upsell')).body).toMatchObject({ paused: true });
    await api.admin('POST', '/v1/journeys/upsell/resume');
    expect((await api.admin('GET', '/v1/journeys/upsell')).body).toMatchObject({ paused: false });
  });
});

describe('/v1/journeys/{name}/enrolments', () => {
  it('enrols a customer in this journey alone, once', async () => {
    const customerId = uniqueName('byhand');
    const body = { customerId, id: uniqueName('request') };
    const first = await api.admin('POST', '/v1/journeys/onboarding/enrolments', body);
    expect(first).toMatchObject({ status: 201, body: { id: `onboarding/${customerId}#1`, open: true } });
    const again = await api.admin('POST', '/v1/journeys/onboarding/enrolments', body);
    expect(again).toMatchObject({ status: 200, body: { id: `onboarding/${customerId}#1` } });
    const other = await api.admin('POST', '/v1/journeys/onboarding/enrolments', { customerId });
    expect(other).toMatchObject({ status: 409, body: { code: 'not-enrolled' } });
    const workflow = await api.temporal.client.workflow.getHandle(`onboarding/${customerId}`).describe();
    expect(workflow.status.name).toBe('RUNNING');
    expect(await api.store.enrolments.collection.countDocuments({ customerId })).toBe(1);
  });

  it('needs what the entry event needs', async () => {
    const body = { customerId: 'ana', event: 'vehicle.delivered', properties: { model: 'Uno' } };
    const { status, body: answer } = await api.admin('POST', '/v1/journeys/maintenance/enrolments', body);
    expect(status).toBe(400);
    expect(answer['detail']).toContain('properties.vehicleId');
    const wrong = await api.admin('POST', '/v1/journeys/maintenance/enrolments', {
      ...body,
      event: 'page.viewed',
    });
    expect(wrong.status).toBe(400);
  });

  it('lists who is at a step, page by page', async () => {
    const people = Array.from({ length: 5 }, (_, i) => `q${i}`);
    await api.store.enrolments.insert(
      people.map((customerId, i) =>
        run(100 + i, {
          _id: `upsell/${customerId}#1`,
          journey: 'upsell',
          customerId,
          step: i < 3 ? 'wait:7' : 'wait:14',
        }),
      ),
    );
    const page = async (query: string) =>
      (await api.admin('GET', `/v1/journeys/upsell/enrolments?${query}`)).body as {
        enrolments: { customerId: string; step: string }[];
        next?: string;
      };
    const first = await page('step=wait:7&open=true&limit=2');
    expect(first.enrolments.map(({ customerId }) => customerId)).toEqual(['q0', 'q1']);
    const second = await page(`step=wait:7&open=true&limit=2&after=${encodeURIComponent(first.next ?? '')}`);
    expect(second).toMatchObject({ enrolments: [{ customerId: 'q2', step: 'wait:7' }] });
    expect(second).not.toHaveProperty('next');
  });
});

describe('events through the queue', () => {
  it('move an open run at once, without the sweeper', async () => {
    const customerId = uniqueName('moving');
    await api.post('/v1/customers', { id: customerId });
    await api.allRouted();
    await api.post('/v1/track', {
      userId: customerId,
      event: 'order.completed',
      properties: { orderId: 'o1' },
      messageId: customerId,
    });
    const { events } = await eventually(async () => {
      const history = await api.temporal.client.workflow.getHandle(`onboarding/${customerId}`).fetchHistory();
      return history.events?.some((event) => event.workflowExecutionSignaledEventAttributes) && history;
    });
    expect(events).toHaveLength(3);
    await api.allRouted();
  });
});
