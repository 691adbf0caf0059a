import { unseal } from '../../activities/webhooks/seal';
import { eventually, testApi, testConfiguration, type TestApi } from '../../test/api';

let api: TestApi;
beforeAll(async () => {
  api = await testApi({ configuration: { ...testConfiguration(), webhookHosts: ['crm.internal:8080'] } });
});
afterAll(() => api.close());

const put = (name: string, body: object) => api.admin('PUT', `/v1/webhooks/${name}`, body);
const key = 'a-secret-of-thirty-two-characters';
const url = 'https://crm.example/hook';

describe('/v1/webhooks', () => {
  it('are set with a secret that is told once and kept encrypted, on record without it', async () => {
    const made = await put('crm', { url });
    expect(made).toMatchObject({
      status: 201,
      body: { name: 'crm', url, secret: expect.stringMatching(/^whsec_/) as string },
    });
    const stored = await api.store.webhooks.find('crm');
    const told = String(made.body['secret']);
    expect(unseal(stored?.secret ?? '', key)).toBe(told);
    expect(JSON.stringify(stored)).not.toContain(told);
    const { body } = await api.admin('GET', '/v1/webhooks');
    expect(JSON.stringify(body)).toContain(url);
    expect(JSON.stringify(body)).not.toContain('whsec_');
    const [entry] = await eventually(async () => {
      const entries = await api.store.audit.page(undefined, 1);
      return entries.length > 0 && entries;
    });
    expect(entry).toMatchObject({ act: 'PUT /v1/webhooks/:name', subject: { name: 'crm' }, status: 201 });
    expect(JSON.stringify(entry)).not.toContain(told);
  });

  it('change their secret with a day in which both sign, and are enabled again when put', async () => {
    const { body } = await put('rotated', { url });
    await api.store.webhooks.disable('rotated', new Date());
    const rotated = await api.admin('POST', '/v1/webhooks/rotated/rotate');
    expect(rotated.body['secret']).not.toBe(body['secret']);
    const stored = await api.store.webhooks.find('rotated');
    expect(unseal(stored?.previous?.secret ?? '', key)).toBe(body['secret']);
    expect(stored?.previous?.until.getTime()).toBeGreaterThan(Date.now() + 86_000_000);
    const own = `whsec_${Buffer.alloc(24, 7).toString('base64')}`;
    const again = await put('rotated', { url, secret: own });
    expect(again.status).toBe(200);
    expect(again.body).not.toHaveProperty('secret');
    expect(again.body).not.toHaveProperty('disabledAt');
    const last = await api.store.webhooks.find('rotated');
    expect(unseal(last?.secret ?? '', key)).toBe(own);
    expect(unseal(last?.previous?.secret ?? '', key)).toBe(rotated.body['secret']);
    await put('rotated', { url: `${url}/2`, secret: own });
    expect((await api.store.webhooks.find('rotated'))?.previous).toEqual(last?.previous);
  });

  it('lead over HTTPS, except to hosts that the configuration names', async () => {
    const bad = await put('plain', { url: 'http://crm.example/' });
    expect(bad).toMatchObject({
      status: 400,
      body: { detail: expect.stringContaining('WEBHOOK_HOSTS') as string },
    });
    expect((await put('plain', { url: 'https://me:secret@crm.example/' })).status).toBe(400);
    expect((await put('plain', { url, secret: 'short' })).status).toBe(400);
    expect((await put('Not A Name', { url })).status).toBe(400);
    expect((await put('plain', { url: 'http://crm.internal:8080/' })).status).toBe(201);
    expect((await api.admin('DELETE', '/v1/webhooks/plain')).status).toBe(204);
    expect((await api.admin('DELETE', '/v1/webhooks/plain')).status).toBe(404);
    expect((await api.admin('POST', '/v1/webhooks/plain/rotate')).status).toBe(404);
  });
});

describe('/v1/alerts', () => {
  it('are set, listed and removed', async () => {
    const emails = ['desk@motors.example'];
    const set = await api.admin('PUT', '/v1/alerts/detractor', { emails, webhook: 'crm' });
    expect(set).toMatchObject({ status: 200, body: { name: 'detractor', emails, webhook: 'crm' } });
    expect((await api.admin('PUT', '/v1/alerts/x', { emails: ['nobody'] })).status).toBe(400);
    const { body } = await api.admin('GET', '/v1/alerts');
    expect(body['alerts']).toHaveLength(1);
    expect((await api.admin('DELETE', '/v1/alerts/detractor')).status).toBe(204);
    expect((await api.admin('DELETE', '/v1/alerts/detractor')).status).toBe(404);
  });
});
