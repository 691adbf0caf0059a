import { Client, Connection } from '@temporalio/client';
import { gzipSync } from 'node:zlib';
import { eventually, testApi, testConfiguration, adminKey, writeKey, type TestApi } from '../test/api';
import { uniqueName } from '../test/servers';

let api: TestApi;
const access = {
  trustedProxies: 0,
  corsOrigins: ['https://www.example.com'],
  requestsPerMinute: { write: 500, admin: 500, public: 20 },
};
beforeAll(async () => (api = await testApi({ configuration: testConfiguration({ access }) })));
afterAll(() => api.close());

const get = (url: string, key: string) =>
  api.app.inject({ method: 'GET', url, headers: { authorization: `Bearer ${key}` } });

async function makeKey(scope: string): Promise<{ id: string; key: string }> {
  const { status, body } = await api.admin('POST', '/v1/keys', { name: `a ${scope} key`, scope });
  expect(status).toBe(201);
  return body as { id: string; key: string };
}

describe('keys that are made', () => {
  it('open what their scope allows until they are revoked, and are stored as digests', async () => {
    const [write, read] = [await makeKey('write'), await makeKey('read')];
    const track = (key: string) =>
      api.app.inject({
        method: 'POST',
        url: '/v1/track',
        headers: { authorization: `Bearer ${key}` },
        payload: { userId: uniqueName('k'), event: 'a' },
      });
    expect((await track(write.key)).statusCode).toBe(200);
    expect((await track(read.key)).json()).toMatchObject({ code: 'forbidden', status: 403 });
    expect((await get('/v1/journeys', read.key)).statusCode).toBe(200);
    expect((await get('/v1/journeys', write.key)).statusCode).toBe(403);
    const inBody = { userId: uniqueName('k'), event: 'a', writeKey: write.key };
    const beacon = { method: 'POST', url: '/v1/track', payload: inBody } as const;
    expect((await api.app.inject(beacon)).statusCode).toBe(200);

    const stored = JSON.stringify(await api.store.apiKeys.collection.find().toArray());
    expect(stored).not.toContain(write.key);
    expect(JSON.stringify((await api.admin('GET', '/v1/keys')).body)).not.toContain(write.key);

    expect((await api.admin('DELETE', `/v1/keys/${write.id}`)).status).toBe(200);
    expect((await track(write.key)).statusCode).toBe(401);
    expect((await api.admin('DELETE', '/v1/keys/none')).status).toBe(404);
  });

  it('end at their time', async () => {
    const { key } = await api.store.apiKeys.create({
      ...{ name: 'old', scope: 'read', createdAt: new Date(0), expiresAt: new Date(1_000) },
    });
    api.app.keyring.forget();
    expect((await get('/v1/journeys', key)).statusCode).toBe(401);
  });
});

describe('the audit log', () => {
  it('says who did what, also what failed, and not what is daily business', async () => {
    const id = uniqueName('audited');
    await api.post('/v1/track', { userId: id, event: 'a' });
    await api.admin('GET', `/v1/customers/${id}/export`);
    await api.admin('DELETE', `/v1/customers/${id}`);
    await api.admin('POST', '/v1/journeys/none/pause');
    const acts = [
      { act: 'DELETE /v1/customers/:id', subject: { id }, status: 202, actor: 'PERENE_ADMIN_KEY' },
      { act: 'GET /v1/customers/:id/export', subject: { id }, status: 200 },
      { act: 'POST /v1/journeys/:name/pause', subject: { name: 'none' }, status: 404 },
    ];
    // An act is recorded once it was answered, those of one millisecond in any order.
    const entries = await eventually(async () => {
      const { body } = await api.admin('GET', '/v1/audit?limit=3');
      const latest = (body['entries'] as { act: string }[]).sort((a, b) => (a.act < b.act ? -1 : 1));
      return latest.every(({ act }, n) => act === acts[n]?.act) && latest;
    });
    expect(entries).toMatchObject(acts);
    const page = async (query: string) => {
      const { body } = await api.admin('GET', `/v1/audit?limit=2${query}`);
      return (body['entries'] as { id: string }[]).map((entry) => entry.id);
    };
    const [latest = '', second = ''] = await page('');
    expect((await page(`&before=${encodeURIComponent(latest)}`))[0]).toBe(second);
    expect((await api.admin('GET', '/v1/audit?before=2026-13-01T00:00:00.000Z%20x')).status).toBe(400);
    const uuid = 'ffffffff-ffff-ffff-ffff-ffffffffffff';
    for (const [before, status] of [
      [`0008-02-29T06:39:32.933Z ${uuid}`, 400],
      [`1900-01-01T00:00:00.000Z ${uuid}`, 200],
      [`2199-12-31T23:59:59.999Z ${uuid}`, 200],
    ] as const)
      expect((await api.admin('GET', `/v1/audit?before=${encodeURIComponent(before)}`)).status).toBe(status);
    expect((await api.admin('DELETE', '/v1/audit')).status).toBe(405);
  });
});

describe('limits', () => {
  it('refuse whoever guesses or asks too often, say when to come again, and leave others alone', async () => {
    const guess = () =>
      api.app.inject({ method: 'POST', url: '/console/login', payload: { key: 'a guess' } });
    const answers = [];
    for (let n = 0; n < 22; n++) answers.push(await guess());
    expect(answers.map(({ statusCode }) => statusCode).slice(18)).toEqual([401, 401, 429, 429]);
    expect(answers.at(-1)?.json()).toMatchObject({ code: 'rate-limited', status: 429 });
    expect(Number(answers.at(-1)?.headers['retry-after'])).toBeGreaterThan(0);
    const pages = [];
    for (let n = 0; n < 22; n++) pages.push((await api.app.inject('/u/none')).statusCode);
    expect(pages.slice(-2)).toEqual([429, 429]);
    expect((await get('/v1/journeys', adminKey)).statusCode).toBe(200);
    expect((await api.app.inject('/healthz')).statusCode).toBe(200);
  });

  it('hold for bodies, packed ones as well', async () => {
    const big = { userId: 'a', event: 'a', properties: { text: 'x'.repeat(2_000_000) } };
    expect(await api.post('/v1/track', big)).toMatchObject({ status: 413, body: { code: 'too-large' } });
    const packed = await api.app.inject({
      method: 'POST',
      url: '/v1/track',
      headers: {
        ...{ authorization: `Bearer ${writeKey}`, 'content-encoding': 'gzip' },
        'content-type': 'application/json',
      },
      payload: gzipSync(JSON.stringify(big)),
    });
    expect(packed.statusCode).toBe(413);
  });
});

describe('browsers', () => {
  const preflight = (url: string, origin: string) =>
    api.app.inject({
      method: 'OPTIONS',
      url,
      headers: { origin, 'access-control-request-method': 'POST', authorization: `Bearer ${writeKey}` },
    });

  it('may post events from origins that are allowed, and nothing else', async () => {
    const allowed = await preflight('/v1/batch', 'https://www.example.com');
    expect(allowed.headers['access-control-allow-origin']).toBe('https://www.example.com');
    for (const [url, origin] of [
      ['/v1/batch', 'https://evil.example'],
      ['/v1/customers', 'https://www.example.com'],
    ] as const) {
      expect((await preflight(url, origin)).headers['access-control-allow-origin']).toBeUndefined();
    }
  });

  it('get a policy with every answer that leaves pages no power but their own', async () => {
    for (const url of ['/v1/journeys', '/docs/static/index.html', '/', '/openapi.json']) {
      const { headers } = await get(url, adminKey);
      expect(headers['content-security-policy']).toMatch(/default-src '(none|self)'/);
      expect(headers['content-security-policy']).not.toMatch(/unsafe-eval|script-src[^;]*'unsafe-inline'/);
      expect(headers['x-content-type-options']).toBe('nosniff');
    }
  });
});

describe('hostile values', () => {
  it('are refused or stored as values: no operator reaches the database', async () => {
    const id = uniqueName('victim');
    await api.post('/v1/customers', { id, email: `${id}@example.com` });
    for (const operator of [{ $ne: null }, { $gt: '' }, ['a'], { $where: 'true' }]) {
      expect((await api.post('/v1/customers', { id: operator })).status).toBe(400);
      expect((await api.post('/v1/track', { userId: operator, event: 'a' })).status).toBe(400);
      expect(
        (await api.admin('POST', '/v1/decisions', { customerId: operator, slot: 'upsell' })).status,
      ).toBe(400);
    }
    expect((await api.admin('GET', '/v1/messages?customerId[$ne]=x')).status).toBe(400);
    expect((await api.admin('GET', '/v1/customers/%7B%22$ne%22:1%7D')).status).toBe(404);
    const traits = { '$set.email': 'x@example.com', 'consent.email.granted': true, a$b: 1, __proto__: 1 };
    await api.post('/v1/identify', { userId: id, traits });
    const held = await api.store.customers.find(id);
    expect(held).toMatchObject({ email: `${id}@example.com`, attributes: {}, consent: {} });
    const properties = { $where: 'sleep(1)', 'a.b': { $gt: 1 } };
    await api.post('/v1/track', { userId: id, event: 'hostile', properties });
    const event = await api.store.events.collection.findOne({ customerId: id, name: 'hostile' });
    expect(event?.properties).toEqual(properties);
  });
});

describe('while Temporal is away', () => {
  it('takes events in, keeps them for later, and is not ready', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
    const alone = await testApi({ temporal: new Client({ connection }) });
    try {
      const id = uniqueName('early');
      expect((await alone.post('/v1/customers', { id })).status).toBe(201);
      const ready = await alone.app.inject('/readyz');
      expect(ready.json()).toMatchObject({ status: 'not-ready', temporal: 'down' });
      expect(await alone.store.outbox.holds(`signup:${id}`)).toBe(true);
    } finally {
      await alone.close();
      await connection.close();
    }
  });
});
