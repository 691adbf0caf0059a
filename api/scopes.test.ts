import { testApi, writeKey, type TestApi } from '../test/api';
import { uniqueName } from '../test/servers';

let api: TestApi;
const keys = new Map<string, string>();
beforeAll(async () => {
  api = await testApi();
  const { body } = await api.admin('POST', '/v1/keys', { name: 'reads', scope: 'read' });
  keys.set('read', String(body['key'])).set('write', writeKey).set('wrong', 'no key of ours');
});
afterAll(() => api.close());

type Method = 'GET' | 'POST' | 'PUT' | 'DELETE';

/** All operations of the document, with an id in the place of each parameter. */
async function operations(): Promise<{ method: Method; url: string; isOpen: boolean }[]> {
  const { paths } = (await api.app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, { readonly security?: readonly object[] }>>;
  }>();
  return Object.entries(paths).flatMap(([path, methods]) =>
    Object.entries(methods).map(([method, { security }]) => ({
      method: method.toUpperCase() as Method,
      url: path.replace(/\{\w+\}/g, uniqueName('none')),
      isOpen: security !== undefined,
    })),
  );
}

/** Those that the write key is for; every other is for administrators. */
const writes = /^\/v1\/(identify|track|batch|page|screen|group|alias|customers)$/;

/** Status and problem of a call without a body. */
async function refusal({ method, url }: { method: Method; url: string }, key?: string): Promise<string> {
  const headers = key === undefined ? {} : { authorization: `Bearer ${key}` };
  const answer = await api.app.inject({ method, url, headers });
  return [401, 403].includes(answer.statusCode) ? answer.json<{ code: string }>().code : 'open';
}

it('every operation of the document wants a key of its scope, but those that are open to all', async () => {
  const all = await operations();
  expect(all.filter(({ isOpen }) => isOpen).map(({ url }) => url)).toEqual([
    '/healthz',
    '/readyz',
    '/webhooks/twilio/status',
    '/webhooks/twilio/inbound',
  ]);
  for (const operation of all.filter(({ isOpen }) => !isOpen)) {
    const isWrite = operation.method === 'POST' && writes.test(operation.url);
    const refusals = {
      none: await refusal(operation),
      wrong: await refusal(operation, keys.get('wrong')),
      read: await refusal(operation, keys.get('read')),
      write: await refusal(operation, keys.get('write')),
    };
    expect([operation, refusals]).toEqual([
      operation,
      {
        none: 'unauthorized',
        wrong: 'unauthorized',
        read: operation.method === 'GET' ? 'open' : 'forbidden',
        write: isWrite ? 'open' : 'forbidden',
      },
    ]);
  }
});
