import { gzipSync } from 'node:zlib';
import { Analytics } from '@segment/analytics-node';
import { uniqueName } from '../../test/servers';
import { eventually, testApi, writeKey, type TestApi } from '../../test/api';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

const track = (userId: string, event: string, properties: object = {}, rest: object = {}) => ({
  type: 'track',
  userId,
  event,
  properties,
  messageId: uniqueName('message'),
  ...rest,
});
const customer = async (id: string) => (await api.admin('GET', `/v1/customers/${id}`)).body;
const runOf = (workflowId: string) => api.store.enrolments.collection.findOne({ workflowId });

describe("Segment's official Node client", () => {
  it('delivers identify and track calls that start a journey', async () => {
    const host = await api.app.listen({ port: 0, host: '127.0.0.1' });
    const analytics = new Analytics({ writeKey, host });
    const failures: unknown[] = [];
    analytics.on('error', (error) => failures.push(error));
    const userId = uniqueName('segment');
    analytics.identify({ userId, traits: { email: 'seg@example.com', first_name: 'Sé', plan: 'gold' } });
    analytics.track({ userId, event: 'customer.signed_up', properties: { source: 'site' } });
    analytics.page({ userId, name: 'Home' });
    await analytics.closeAndFlush();
    expect(failures).toEqual([]);
    await eventually(() => runOf(`onboarding/${userId}`));
    expect(await customer(userId)).toMatchObject({
      email: 'seg@example.com',
      firstName: 'Sé',
      attributes: { plan: 'gold' },
    });
    const description = await eventually(() =>
      api.temporal.client.workflow
        .getHandle(`onboarding/${userId}`)
        .describe()
        .catch(() => null),
    );
    expect(description.status.name).toBe('RUNNING');
  });
});

describe('POST /v1/batch', () => {
  it('stores the good items and lists the bad ones by their index', async () => {
    const id = uniqueName('batch');
    const { status, body } = await api.post('/v1/batch', {
      batch: [
        track(id, 'page.scrolled', { depth: 3 }),
        track(id, 'order.completed', { amount: 1_00 }),
        { type: 'shout', userId: id },
        { type: 'track', event: 'nobody.did' },
        track(id, 'order.completed', { orderId: 'o1', amount: 250_00 }),
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, accepted: 2 });
    expect(body['rejected']).toEqual([
      { index: 1, issues: [expect.objectContaining({ path: 'properties.orderId' })] },
      { index: 2, issues: [expect.objectContaining({ path: 'type' })] },
      { index: 3, issues: [{ path: 'userId', message: 'give userId or anonymousId' }] },
    ]);
    expect(await api.store.events.collection.countDocuments({ customerId: id })).toBe(2);
  });

  it('takes gzip bodies, a write key in the body and a null anonymousId', async () => {
    const id = uniqueName('python');
    const send = (payload: Buffer) =>
      api.app.inject({
        method: 'POST',
        url: '/v1/batch',
        headers: { 'content-type': 'application/json', 'content-encoding': 'gzip' },
        payload,
      });
    const batch = [{ ...track(id, 'profile.completed'), anonymousId: null, context: { library: {} } }];
    const answer = await send(gzipSync(JSON.stringify({ writeKey, batch, sentAt: new Date() })));
    expect(answer.json()).toEqual({ success: true, accepted: 1 });
    expect(await customer(id)).toMatchObject({ attributes: { profileCompleted: true } });
    const broken = await send(Buffer.from('not gzip'));
    expect(broken.statusCode).toBe(400);
    expect(broken.json()).toMatchObject({ code: 'invalid-encoding' });
    const bomb = await send(gzipSync(Buffer.alloc(20_000_000, ' ')));
    expect(bomb.statusCode).toBe(413);
  });

  it('refuses properties that nest without end, or could not be stored', async () => {
    const nested = JSON.parse('{"a":'.repeat(40) + '1' + '}'.repeat(40)) as object;
    const { body } = await api.post('/v1/batch', {
      batch: [
        track('deep', 'x', nested),
        track('deep', 'x', { 'a\0b': 1 }),
        track('deep', 'x', { 'a.$b': 1 }),
      ],
    });
    expect(body).toMatchObject({ accepted: 1, rejected: [{ index: 0 }, { index: 1 }] });
  });
});

describe('an event that only Perene emits', () => {
  const forged = [
    ['message.replied', { answer: 'yes' }],
    ['message.bounced', { messageId: 'm', channel: 'email', template: 't', topic: 'offers', hard: true }],
    ['consent.confirmed', { channel: 'email' }],
    ['segment.entered', { segment: 'repeat-buyers' }],
    ['enrolment.requested', {}],
    ['enrolment.answered', { request: 'r', journey: 'upsell', started: true }],
    ['journey.ended', { journey: 'upsell', enrolment: 'upsell/x#1', outcome: 'converted' }],
  ] as const;

  it.each(forged)('is refused from outside: %s', async (name, properties) => {
    const id = uniqueName('forger');
    const { status, body } = await api.post('/v1/track', track(id, name, properties));
    expect({ status, code: body['code'] }).toEqual({ status: 400, code: 'invalid-request' });
    expect(body['detail']).toContain('event: only Perene itself emits');
    expect(await api.store.events.collection.countDocuments({ customerId: id })).toBe(0);
  });

  it('does not take the others of its batch with it, nor may anything come under an id of its kind', async () => {
    const id = uniqueName('forger');
    const { status, body } = await api.post('/v1/batch', {
      batch: [
        track(id, 'page.viewed'),
        ...forged.map(([name, properties]) => track(id, name, properties)),
        track(id, 'offer.viewed', { offerId: 'oil' }, { messageId: `ended:upsell/${id}#1` }),
        track(id, 'offer.viewed', { offerId: 'oil' }),
        track(id, 'survey.answered', { survey: 'nps', score: 9 }),
      ],
    });
    expect(status).toBe(200);
    expect(body).toMatchObject({ success: false, accepted: 3 });
    const rejected = [...forged.map(() => 'event'), 'messageId'];
    expect(body['rejected']).toMatchObject(
      rejected.map((path, n) => ({
        index: n + 1,
        issues: [{ path, message: expect.any(String) as string }],
      })),
    );
    const stored = await api.store.events.collection.find({ customerId: id }).toArray();
    expect(stored.map(({ name }) => name).sort()).toEqual(['offer.viewed', 'page.viewed', 'survey.answered']);
  });

  it('cannot be made up by a write key through an enrolment either', async () => {
    const body = { customerId: 'ana', event: 'consent.requested', properties: { channel: 'email' } };
    expect((await api.post('/v1/journeys/double-opt-in/enrolments', body)).status).toBe(403);
  });
});

describe('an event', () => {
  it('counts once in the totals of its customer, however often it is sent', async () => {
    const id = uniqueName('buyer');
    const orders = ['o1', 'o2'].map((orderId) => track(id, 'order.completed', { orderId, amount: 100_00 }));
    await Promise.all([
      api.post('/v1/batch', { batch: orders }),
      api.post('/v1/batch', { batch: [...orders, ...orders] }),
    ]);
    await api.post('/v1/track', orders[0] ?? {});
    expect(await customer(id)).toMatchObject({ attributes: { orders: 2, spent: 200_00 } });
  });

  it('of more than seven days ago is stored and counted but never routed', async () => {
    const id = uniqueName('history');
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000).toISOString();
    await api.post('/v1/batch', {
      batch: [
        track(id, 'customer.signed_up', {}, { timestamp: daysAgo(8), messageId: `${id}-old` }),
        track(id, 'order.completed', { orderId: 'o1', amount: 5_00 }, { timestamp: daysAgo(400) }),
        track(`${id}-new`, 'customer.signed_up', {}, { timestamp: daysAgo(6) }),
      ],
    });
    await eventually(() => runOf(`onboarding/${id}-new`));
    await api.allRouted();
    expect(await runOf(`onboarding/${id}`)).toBeNull();
    const stored = await api.store.events.collection.findOne({ _id: `${id}-old` });
    expect(stored).toMatchObject({ name: 'customer.signed_up' });
    expect(await customer(id)).toMatchObject({ attributes: { orders: 1, spent: 5_00 } });
  });

  it('of somebody unknown, or of a name that no journey knows, is stored and not routed', async () => {
    const anonymousId = uniqueName('anonymous');
    await api.post('/v1/page', { anonymousId, name: 'Home', properties: { path: '/' } });
    await api.post('/v1/track', { ...track('somebody', 'wheel.turned'), anonymousId });
    const stored = await api.store.events.collection.find({ anonymousId }).sort({ name: 1 }).toArray();
    expect(stored).toMatchObject([
      { name: 'page.viewed', customerId: null, properties: { name: 'Home', path: '/' } },
      { name: 'wheel.turned', customerId: 'somebody' },
    ]);
    for (const { _id } of stored) expect(await api.store.outbox.holds(_id)).toBe(false);
  });
});

describe('identify', () => {
  it('maps the traits that are known, keeps plain ones as attributes and drops the rest', async () => {
    const userId = uniqueName('traits');
    const { status } = await api.post('/v1/identify', {
      userId,
      traits: {
        email: 'T@example.com',
        phone: '+55 11 98765-4321',
        language: 'en',
        timezone: 'Europe/Lisbon',
        consent: { email: true },
        tier: 'silver',
        address: { city: 'Recife' },
      },
    });
    expect(status).toBe(200);
    expect(await customer(userId)).toMatchObject({
      email: 'T@example.com',
      phone: '+5511987654321',
      locale: 'en',
      timeZone: 'Europe/Lisbon',
      attributes: { tier: 'silver' },
      consent: { email: { granted: true, source: 'identify' } },
    });
    const event = await api.store.events.collection.findOne({ customerId: userId });
    expect(event).toMatchObject({ name: 'customer.identified', properties: {} });
  });

  it('says which trait is wrong', async () => {
    const { status, body } = await api.post('/v1/identify', { userId: 'u', traits: { email: 'nobody' } });
    expect(status).toBe(400);
    expect(body['detail']).toContain('traits.email');
  });
});

describe('a customer with very many traits', () => {
  const traitsOf = (call: number, count: number) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`trait${call}x${n}`, n]));

  it('is refused in one call', async () => {
    const answer = await api.post('/v1/identify', { userId: uniqueName('many'), traits: traitsOf(0, 257) });
    expect(answer).toMatchObject({ status: 400, body: { issues: [{ message: 'at most 256 traits' }] } });
  });

  it.each([{}, { consent: { email: true } }])(
    'keeps all of them from several calls at once: %p',
    async (said) => {
      const id = uniqueName('many');
      const batch = [0, 1, 2].map((call) => ({
        ...{ type: 'identify', userId: id },
        traits: { ...traitsOf(call, 250), last: call, ...said },
      }));
      expect((await api.post('/v1/batch', { batch })).body).toEqual({ success: true, accepted: 3 });
      const held = (await api.store.customers.find(id))?.attributes ?? {};
      expect(Object.keys(held)).toHaveLength(751);
      expect(held).toMatchObject({ trait0x0: 0, trait2x249: 249, last: 2 });
    },
  );
});

describe('a customer whose attributes have no room left', () => {
  const traitsOf = (call: number, value: string | number = 1, count = 250) =>
    Object.fromEntries(Array.from({ length: count }, (_, n) => [`trait${String(call)}x${String(n)}`, value]));
  const attributesOf = async (id: string) =>
    Object.keys((await api.store.customers.find(id))?.attributes ?? {}).length;

  it('gets no more from any call, and new values for those that are there', async () => {
    const id = uniqueName('full');
    const identify = (traits: object) => ({ type: 'identify', userId: id, traits });
    const batch = [0, 1, 2, 3].map((call) => identify(traitsOf(call)));
    const more = [identify(traitsOf(4, 1, 1)), identify({ ...traitsOf(3, 2), firstName: 'Ana' })];
    expect((await api.post('/v1/batch', { batch: [...batch, ...more] })).body).toMatchObject({
      success: false,
      accepted: 5,
      rejected: [
        { index: 4, issues: [{ path: 'traits', message: expect.stringContaining('1000') as string }] },
      ],
    });
    expect(await api.post('/v1/identify', { userId: id, traits: traitsOf(5, 1, 1) })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('as properties of an event') as string },
    });
    expect(await api.post('/v1/customers', { id, attributes: traitsOf(5, 1, 1) })).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('attributes: ') as string },
    });
    expect(await attributesOf(id)).toBe(1_000);
    expect(await api.store.customers.find(id)).toMatchObject({
      firstName: 'Ana',
      attributes: { trait3x0: 2, trait0x0: 1 },
    });
  });

  it('is told so too where it is the size of what they hold', async () => {
    const id = uniqueName('large');
    const traits = (call: number) => ({ userId: id, traits: traitsOf(call, 'é'.repeat(1_000), 20) });
    expect((await api.post('/v1/identify', traits(0))).status).toBe(200);
    expect((await api.post('/v1/identify', traits(1))).status).toBe(400);
    expect(await attributesOf(id)).toBe(20);
  });
});

describe('what the database cannot hold', () => {
  const calls = [
    { event: 'a', timestamp: '0000-01-01T00:00:00Z' },
    { event: 'a', timestamp: '0001-01-01' },
    { event: 'a', timestamp: '9999-12-31T23:59:59-14:00' },
    { event: 'vehicle.delivered', properties: { vehicleId: 'v', model: 'm', deliveredOn: '0000-01-01' } },
    { event: 'a', userId: 'half\ud800' },
  ];

  it('is refused before it is stored', async () => {
    for (const call of calls) {
      const answer = await api.post('/v1/track', { userId: uniqueName('odd'), ...call });
      expect(answer).toMatchObject({ status: 400, body: { code: 'invalid-request' } });
    }
  });
});
