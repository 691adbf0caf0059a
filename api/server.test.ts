import { request } from 'node:http';
import { Client, Connection } from '@temporalio/client';
import { eventually, testApi, type TestApi } from '../test/api';
import { problems } from './errors';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

let address: Promise<string> | undefined;
const listening = () => (address ??= api.app.listen({ port: 0, host: '127.0.0.1' }));
const get = (url: string) => api.app.inject(url);

describe('an error', () => {
  it.each([
    ['not-found', { url: '/v2/nothing' }],
    ['unauthorized', { url: '/v1/journeys' }],
    ['invalid-json', { method: 'POST', url: '/v1/track', payload: '{', type: 'application/json' }],
    ['unsupported-media-type', { method: 'POST', url: '/v1/track', payload: 'x', type: 'text/csv' }],
    [
      'too-large',
      { method: 'POST', url: '/v1/track', payload: ' '.repeat(1_100_000), type: 'application/json' },
    ],
  ] as const)('is a problem with a code: %s', async (code, request) => {
    const { url } = request;
    const answer = await api.app.inject({
      url,
      ...('payload' in request && {
        method: request.method,
        payload: request.payload,
        headers: { 'content-type': request.type },
      }),
    });
    const { status, title } = problems[code];
    expect(answer.statusCode).toBe(status);
    expect(answer.headers['content-type']).toContain('application/problem+json');
    expect(answer.json()).toMatchObject({ type: `urn:perene:problem:${code}`, code, status, title });
  });
});

describe('a method that a path does not take', () => {
  it.each([
    ['TRACE', '/v1/keys/some-id', 'DELETE'],
    ['PATCH', '/v1/offers?limit=1', 'GET, HEAD'],
    ['DELETE', '/v1/journeys/upsell/enrolments', 'GET, HEAD, POST'],
  ] as const)('is refused with those that it takes: %s %s', async (method, url, allow) => {
    const answer = await api.app.inject({ method: method as 'PATCH', url });
    expect(answer.statusCode).toBe(405);
    expect(answer.headers.allow).toBe(allow);
    expect(answer.json()).toMatchObject({ code: 'method-not-allowed', detail: `It takes ${allow}.` });
  });
});

describe('a request that names the server as to a proxy', () => {
  it.each(['http://evil.example', 'https://x@evil.example:1', 'HTTP://[', ''])(
    'is answered by its path alone: %s',
    async (front) => {
      const { port } = new URL(await listening());
      const ask = (path: string) =>
        new Promise<number | undefined>((resolve, reject) => {
          const asking = request({ host: '127.0.0.1', port, path: front + path }, (answer) => {
            answer.resume().once('end', () => resolve(answer.statusCode));
          });
          asking.once('error', reject).end();
        });
      expect(await ask('/healthz')).toBe(200);
      expect(await ask('/?lang=en')).toBe(303);
      expect(await ask('/v1/journeys')).toBe(401);
    },
  );
});

describe('/openapi.json', () => {
  it('says that a 204 has no body, and that ids of customers may be numbers', async () => {
    const { paths } = (await get('/openapi.json')).json<{ paths: Record<string, Record<string, object>> }>();
    expect(paths['/v1/alerts/{name}']?.['delete']).toMatchObject({
      responses: { 204: { description: 'Default Response' } },
    });
    expect(JSON.stringify(paths['/v1/alerts/{name}']?.['delete'])).not.toContain('application/json"');
    const previousId = { anyOf: [{ type: 'string' }, { type: 'number' }] };
    expect(paths['/v1/alias']?.['post']).toMatchObject({
      requestBody: { content: { 'application/json': { schema: { properties: { previousId } } } } },
    });
  });
});

describe('/healthz and /readyz', () => {
  it('say that the process lives and can work', async () => {
    expect((await get('/healthz')).json()).toEqual({ status: 'ok' });
    // A part that takes two seconds to answer counts as down.
    const ready = await eventually(async () => {
      const answer = await get('/readyz');
      return answer.statusCode === 200 && answer;
    });
    expect(ready.json()).toEqual({ status: 'ready', mongodb: 'up', temporal: 'up' });
  });

  it('name the part that cannot be reached', async () => {
    const connection = Connection.lazy({ address: '127.0.0.1:1', interceptors: [] });
    const cut = await testApi({ temporal: new Client({ connection }) });
    await eventually(async () => {
      const ready = await cut.app.inject('/readyz');
      expect(ready.statusCode).toBe(503);
      expect(ready.json()).toMatchObject({ status: 'not-ready', temporal: 'down' });
      return ready.json<{ mongodb: string }>().mongodb === 'up';
    });
    expect((await cut.app.inject('/healthz')).statusCode).toBe(200);
    await cut.close();
    await connection.close();
  });
});

describe('/metrics', () => {
  it('counts events and requests by route, without ids', async () => {
    await api.post('/v1/track', { userId: 'somebody-special', event: 'wheel.turned', messageId: 'm1' });
    await api.post('/v1/track', { userId: 'somebody-special', event: 'wheel.turned', messageId: 'm1' });
    await api.admin('GET', '/v1/customers/somebody-special');
    // A request is counted once it was answered.
    const body = await eventually(async () => {
      const told = (await get('/metrics')).body;
      return told.includes('route="/v1/customers/:id",status="404"') && told;
    });
    expect(body).toContain('perene_events_received_total{outcome="stored"} 1');
    expect(body).toContain('perene_events_received_total{outcome="repeated"} 1');
    expect(body).not.toContain('somebody-special');
  });
});

describe('/openapi.json', () => {
  it('describes every route of the contract, and which need a key', async () => {
    interface Document {
      readonly paths: Readonly<Record<string, Readonly<Record<string, { summary?: string; security?: [] }>>>>;
    }
    const { paths } = (await get('/openapi.json')).json<Document>();
    const routes = Object.entries(paths).flatMap(([path, methods]) =>
      Object.keys(methods).map((method) => `${method.toUpperCase()} ${path}`),
    );
    expect(routes).toEqual(
      expect.arrayContaining([
        ...['identify', 'track', 'batch', 'page', 'screen', 'group', 'alias'].map(
          (call) => `POST /v1/${call}`,
        ),
        'POST /v1/customers',
        'GET /v1/customers/{id}',
        'DELETE /v1/customers/{id}',
        'GET /v1/customers/{id}/timeline',
        'GET /v1/customers/{id}/export',
        'GET /v1/journeys',
        'GET /v1/journeys/{name}',
        'GET /v1/journeys/{name}/enrolments',
        'POST /v1/journeys/{name}/enrolments',
        'POST /v1/journeys/{name}/pause',
        'POST /v1/journeys/{name}/resume',
        'PUT /v1/offers/{id}',
        'GET /v1/offers',
        'POST /v1/decisions',
        'POST /v1/decisions/{id}/outcomes',
        'GET /v1/messages',
        'POST /webhooks/twilio/status',
        'POST /webhooks/twilio/inbound',
        'GET /healthz',
        'GET /readyz',
      ]),
    );
    for (const methods of Object.values(paths)) {
      for (const operation of Object.values(methods)) expect(operation.summary).toEqual(expect.any(String));
    }
    expect(paths['/healthz']?.['get']?.security).toEqual([]);
    expect(paths['/v1/track']?.['post']?.security).toBeUndefined();
  });

  it('has a page', async () => {
    expect((await get('/docs/')).headers['content-type']).toContain('text/html');
  });
});
