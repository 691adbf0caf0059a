import { createReplaying } from '../../activities/webhooks/replaying';
import { seal } from '../../activities/webhooks/seal';
import { newSecret } from '../../activities/webhooks/sign';
import { adminKey, eventually, testApi, testConfiguration, writeKey, type TestApi } from '../../test/api';
import { customer } from '../../test/builders';
import { delivery } from '../../test/console-data';
import { hookServer, type HookServer } from '../../test/hook-server';
import type { DeliveryDocument } from '../../store/deliveries';

let api: TestApi;
let server: HookServer;
let replayDue: () => Promise<number>;
beforeAll(async () => {
  [api, server] = await Promise.all([testApi(), hookServer()]);
  const configuration = { ...testConfiguration(), webhookHosts: [server.host] };
  const email = { send: () => Promise.reject(new Error('No e-mail is part of this.')) };
  replayDue = createReplaying({ store: api.store, configuration, email, now: Date.now });
  await api.store.customers.collection.insertOne(customer({ _id: 'ana' }));
  const at = new Date();
  const secret = seal(newSecret(), configuration.keys.secret);
  await api.store.webhooks.save({ _id: 'crm', url: server.url, secret, createdAt: at, updatedAt: at });
});
afterAll(async () => {
  await server.close();
  await api.close();
});
beforeEach(() => api.store.deliveries.collection.deleteMany({}));

const told = JSON.stringify({ data: { stage: 'booked' }, personal: [] });
const ids = [1, 2, 3].map((n) => `upsell/ana#${n}/webhook:crm`);
const [id = '', second = '', third = ''] = ids;
const failed = (change: Partial<DeliveryDocument> = {}): DeliveryDocument =>
  delivery({
    ...{ _id: id, state: 'failed', reason: 'http-503', status: 503, attempts: 9 },
    ...{ givenUp: { at: new Date('2026-03-05T12:00:00Z'), told } },
    ...change,
  });
const insert = (...documents: DeliveryDocument[]) => api.store.deliveries.collection.insertMany(documents);
const replay = (of: string, name = 'crm') =>
  api.admin('POST', `/v1/deliveries/${name}/${encodeURIComponent(of)}/replay`);
const replayAll = (since: string, name = 'crm') =>
  api.admin('POST', `/v1/deliveries/${name}/replay`, { since });
const stateOf = async (of: string) => (await api.store.deliveries.find(of))?.state;

describe('POST /v1/deliveries/{name}/{id}/replay', () => {
  it('begins a replay, once, that the workers carry out, and is on record', async () => {
    await insert(failed());
    const begun = await replay(id);
    expect(begun).toMatchObject({ status: 202, body: { id, state: 'replaying', replayable: false } });
    expect(begun.body['dueAt']).toEqual(begun.body['updatedAt']);
    expect(JSON.stringify(begun.body)).not.toContain('booked');
    const again = await replay(id);
    expect(again).toMatchObject({ status: 409, body: { code: 'not-replayable' } });
    expect(await replayDue()).toBe(1);
    expect(server.received.at(-1)?.body).toContain('"stage":"booked"');
    expect((await replay(id)).status).toBe(409);
    const { body } = await api.admin('GET', '/v1/deliveries/crm');
    expect(body['deliveries']).toMatchObject([{ id, state: 'delivered', attempts: 10, replayable: false }]);
    await eventually(async () =>
      (await api.store.audit.page(undefined, 20)).some(
        ({ act, status, subject }) =>
          act === 'POST /v1/deliveries/:name/:id/replay' && status === 202 && subject['id'] === id,
      ),
    );
  });

  it('says why it begins none: unknown, not given up, or no longer kept', async () => {
    const { givenUp, ...forgotten } = failed({ _id: second });
    expect(givenUp).toBeDefined();
    await insert(failed(), forgotten, failed({ _id: third, state: 'planned' }));
    expect(await replay('nothing')).toMatchObject({ status: 404, body: { code: 'not-found' } });
    expect((await replay(id, 'erp')).status).toBe(404);
    expect(await replay(second)).toMatchObject({ status: 410, body: { code: 'no-longer-kept' } });
    expect(await replay(third)).toMatchObject({ status: 409, body: { code: 'not-replayable' } });
    const { body } = await api.admin('GET', '/v1/deliveries/crm');
    const listed = body['deliveries'] as { readonly id: string; readonly replayable: boolean }[];
    expect(listed.filter(({ replayable }) => replayable).map((each) => each.id)).toEqual([id]);
    expect(listed).toHaveLength(3);
  });

  it('is for administrators', async () => {
    await insert(failed());
    const call = async (headers: Record<string, string>) =>
      (
        await api.app.inject({
          method: 'POST',
          url: `/v1/deliveries/crm/${encodeURIComponent(id)}/replay`,
          headers,
        })
      ).statusCode;
    expect(await call({})).toBe(401);
    expect(await call({ authorization: `Bearer ${writeKey}` })).toBe(403);
    expect(await stateOf(id)).toBe('failed');
    expect(await call({ authorization: `Bearer ${adminKey}` })).toBe(202);
  });
});

describe('POST /v1/deliveries/{name}/replay', () => {
  it('begins the replays of what was given up to a name since an instant', async () => {
    const before = { givenUp: { at: new Date('2026-03-01T12:00:00Z'), told } };
    await insert(failed(), failed({ _id: second, ...before }), failed({ _id: third, to: 'erp' }));
    const begun = await replayAll('2026-03-02T10:00:00-03:00');
    expect(begun).toEqual({ status: 202, body: { started: 1 } });
    expect(await Promise.all(ids.map(stateOf))).toEqual(['replaying', 'failed', 'failed']);
    expect((await replayAll('2026-02-01T00:00:00Z')).body).toEqual({ started: 1 });
    expect((await replayAll('2026-02-01T00:00:00Z', 'nobody')).body).toEqual({ started: 0 });
    expect((await replayAll('yesterday')).status).toBe(400);
  });

  it('begins a thousand at most, and says where the next request goes on', async () => {
    await insert(
      ...Array.from({ length: 1_002 }, (_, n) =>
        failed({ _id: `${id}${n}`, givenUp: { at: new Date(Date.UTC(2026, 2, 5) + n), told } }),
      ),
    );
    const first = await replayAll('2026-03-05T00:00:00Z');
    expect(first.body).toEqual({
      started: 1_000,
      next: new Date(Date.UTC(2026, 2, 5) + 1_000).toISOString(),
    });
    expect((await replayAll(String(first.body['next']))).body).toEqual({ started: 2 });
  });
});

it('is in the document of the API, with examples', async () => {
  const document = (await api.app.inject('/openapi.json')).json<{
    paths: Record<string, { post?: { responses: Record<string, unknown> } }>;
  }>();
  const one = document.paths['/v1/deliveries/{name}/{id}/replay']?.post;
  const all = document.paths['/v1/deliveries/{name}/replay']?.post;
  expect(JSON.stringify(one)).toContain('"example":"aftercare/ana#1/webhook:crm"');
  expect(Object.keys(one?.responses ?? {})).toEqual(expect.arrayContaining(['202', '4XX']));
  expect(JSON.stringify(all)).toContain('"example":{"started":1000');
});
