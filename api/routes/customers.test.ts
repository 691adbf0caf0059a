import { uniqueName } from '../../test/servers';
import { testApi, writeKey, type TestApi } from '../../test/api';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

describe('POST /v1/customers', () => {
  it('answers 201, then 200, and changes nothing the second time', async () => {
    const id = uniqueName('ana');
    const signup = {
      id,
      email: 'ana@example.com',
      phone: '11 98765-4321',
      locale: 'pt-BR',
      timeZone: 'America/Manaus',
      attributes: { tier: 'gold' },
      consent: { email: true, sms: false },
    };
    expect(await api.post('/v1/customers', signup)).toEqual({ status: 201, body: { id, created: true } });
    const again = await api.post('/v1/customers', {
      ...signup,
      email: 'other@example.com',
      firstName: 'Eva',
    });
    expect(again).toEqual({ status: 200, body: { id, created: false } });
    const { body } = await api.admin('GET', `/v1/customers/${id}`);
    expect(body).toMatchObject({
      id,
      email: 'ana@example.com',
      phone: '+5511987654321',
      timeZone: 'America/Manaus',
      attributes: { tier: 'gold' },
      consent: { email: { granted: true, source: 'signup' }, sms: { granted: false } },
    });
    expect(body).not.toHaveProperty('firstName');
  });

  it('keeps what an identify said before the signup', async () => {
    const id = uniqueName('ana');
    await api.post('/v1/identify', { userId: id, traits: { firstName: 'Ana', tier: 'gold' } });
    expect((await api.post('/v1/customers', { id, email: 'ana@example.com' })).status).toBe(201);
    const { body } = await api.admin('GET', `/v1/customers/${id}`);
    expect(body).toMatchObject({ firstName: 'Ana', email: 'ana@example.com', attributes: { tier: 'gold' } });
  });

  it('stores one event, one customer and one run of a thousand identical signups at once', async () => {
    const id = uniqueName('crowd');
    const answers = await Promise.all(
      Array.from({ length: 1_000 }, () => api.post('/v1/customers', { id, email: 'crowd@example.com' })),
    );
    const statuses = answers.map(({ status }) => status).sort((a, b) => b - a);
    expect(statuses.slice(0, 2)).toEqual([201, 200]);
    expect(new Set(statuses)).toEqual(new Set([201, 200]));
    await api.allRouted();
    expect(await api.store.events.collection.countDocuments({ customerId: id })).toBe(1);
    expect(await api.store.customers.collection.countDocuments({ _id: id })).toBe(1);
    expect(await api.store.enrolments.collection.countDocuments({ customerId: id })).toBe(1);
    const workflow = await api.temporal.client.workflow.getHandle(`onboarding/${id}`).describe();
    expect(workflow).toMatchObject({ type: 'onboarding', taskQueue: 'journeys' });
  });

  it('says what is wrong with a body, without repeating it', async () => {
    const { status, body } = await api.post('/v1/customers', { id: 'x', email: 'not-an-address', age: 7 });
    expect(status).toBe(400);
    expect(body).toMatchObject({ type: 'urn:perene:problem:invalid-request', status: 400 });
    expect(body['issues']).toEqual(expect.arrayContaining([expect.objectContaining({ path: 'body.email' })]));
    expect(JSON.stringify(body)).not.toContain('not-an-address');
  });

  it('accepts aliases of time zones and refuses names that are none', async () => {
    const id = uniqueName('zone');
    expect((await api.post('/v1/customers', { id, timeZone: 'Asia/Kolkata' })).status).toBe(201);
    expect((await api.post('/v1/customers', { id, timeZone: '+03:00' })).status).toBe(400);
    expect((await api.post('/v1/customers', { id, timeZone: 'Mars/Olympus' })).status).toBe(400);
  });
});

describe('keys', () => {
  const headers = (authorization: string) => ({ authorization });
  const signup = (authorization: string) =>
    api.app.inject({
      method: 'POST',
      url: '/v1/customers',
      headers: headers(authorization),
      payload: { id: 'key-test' },
    });

  it('are taken as Basic user name and as Bearer', async () => {
    const basic = Buffer.from(`${writeKey}:`).toString('base64');
    expect((await signup(`Basic ${basic}`)).statusCode).toBeLessThan(300);
    expect((await signup(`Bearer ${writeKey}`)).statusCode).toBeLessThan(300);
  });

  it('open only their own doors', async () => {
    const wrong = await signup('Bearer something-else');
    expect(wrong.statusCode).toBe(401);
    expect(wrong.headers['www-authenticate']).toBe('Basic realm="perene"');
    expect(wrong.headers['content-type']).toContain('application/problem+json');
    const read = await api.app.inject({
      url: '/v1/customers/key-test',
      headers: headers(`Bearer ${writeKey}`),
    });
    expect(read.statusCode).toBe(403);
  });
});
