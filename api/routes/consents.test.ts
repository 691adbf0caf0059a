import { signLink } from '../../activities/messaging/links';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { eventually, testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

const ledger = async (id: string) => (await api.admin('GET', `/v1/customers/${id}/consent`)).body;
const entries = (id: string) => api.store.consents.ofCustomer(id);
const consentOf = async (id: string) => (await api.store.customers.find(id))?.consent;
const identify = (userId: string, consent: object, timestamp?: Date) =>
  api.post('/v1/identify', { userId, traits: { consent }, ...(timestamp && { timestamp }) });

async function signedUp(consent: object = { email: true, sms: true }): Promise<string> {
  const id = uniqueName('ana');
  await api.post('/v1/customers', { id, email: `${id}@example.com`, phone: '+5511987654321', consent });
  return id;
}

describe('what customers say of marketing', () => {
  it('is recorded at signup with the wording and the form, once', async () => {
    const consent = { email: true, sms: false, textVersion: 'signup-3', url: 'https://motors.example/join' };
    const id = await signedUp(consent);
    await api.post('/v1/customers', { id, consent: { sms: true } });
    expect(await ledger(id)).toMatchObject({
      customerId: id,
      current: { email: { granted: true, source: 'signup' }, sms: { granted: false } },
      verified: true,
      entries: [
        {
          ...{ seq: 1, channel: 'email', topic: 'all', state: 'given', source: 'signup' },
          ...{ textVersion: 'signup-3', proof: { event: `signup:${id}`, url: consent.url } },
        },
        { seq: 2, channel: 'sms', state: 'revoked' },
      ],
    });
  });

  it('is recorded by identify where it changes something, in the order in which it was said', async () => {
    const id = await signedUp();
    await identify(id, { email: true });
    expect(await entries(id)).toHaveLength(2);
    await identify(id, { email: false });
    await identify(id, { email: true }, new Date(Date.now() - 3_600_000));
    expect(await consentOf(id)).toMatchObject({ email: { granted: false, source: 'identify' } });
    await identify(id, { email: true });
    expect(await consentOf(id)).toMatchObject({ email: { granted: true } });
    const unknown = uniqueName('new');
    const traits = [{ email: false }, { email: true }].map((consent) => ({ consent }));
    await api.post('/v1/batch', {
      batch: traits.map((each) => ({ type: 'identify', userId: unknown, traits: each })),
    });
    expect(await consentOf(unknown)).toMatchObject({ email: { granted: true } });
    expect(await ledger(unknown)).toMatchObject({ verified: true });
  });

  it('is recorded from links and pages of ours, with the wording and no network address', async () => {
    const id = await signedUp();
    const one = signLink({ kind: 'unsubscribe', customerId: id, channel: 'email', topic: 'offers' }, secret);
    const form = { 'content-type': 'application/x-www-form-urlencoded' };
    await api.app.inject({
      ...{ method: 'POST', url: `/u/${one}`, headers: form, payload: 'List-Unsubscribe=One-Click' },
    });
    const page = `/p/${signLink({ kind: 'preferences', customerId: id }, secret)}`;
    const payload = 'email=shown&email.offers=on&email.service=on&email.account=on&sms=shown';
    await api.app.inject({ method: 'POST', url: page, headers: form, payload });
    const { body } = await api.admin('GET', `/v1/customers/${id}/consent`);
    expect(body).toMatchObject({
      verified: true,
      entries: [
        {},
        {},
        { topic: 'offers', state: 'revoked', source: 'unsubscribe', proof: { page: '/u/', oneClick: true } },
        {
          ...{ topic: 'offers', state: 'given', source: 'preferences' },
          textVersion: expect.stringMatching(/^preferences-pt-BR-[0-9a-f]{8}$/) as string,
        },
        { channel: 'sms', topic: 'all', state: 'revoked', source: 'preferences' },
      ],
    });
    expect(JSON.stringify(body)).not.toContain('127.0.0.1');
  });

  it('stays refused when somebody moves to another address', async () => {
    const id = await signedUp();
    const token = signLink(
      { kind: 'unsubscribe', customerId: id, channel: 'email', topic: 'offers' },
      secret,
    );
    await api.app.inject({ method: 'POST', url: `/u/${token}` });
    await api.post('/v1/identify', { userId: id, traits: { email: `moved-${id}@example.com` } });
    expect(await consentOf(id)).toMatchObject({ email: { granted: true, except: ['offers'] } });
    const page = await api.app.inject(`/p/${signLink({ kind: 'preferences', customerId: id }, secret)}`);
    expect(page.body).toMatch(/name="email.service"\s+checked/);
    expect(page.body).not.toMatch(/name="email.offers"\s+checked/);
  });

  it('is taken from somebody of the business, and stands in the export', async () => {
    const id = await signedUp();
    const said = { channel: 'email', topic: 'service', state: 'revoked', proof: { call: 'ticket 4711' } };
    const path = `/v1/customers/${id}/consent`;
    expect((await api.admin('POST', path, said)).body).toEqual({ outcome: 'recorded' });
    expect((await api.admin('POST', path, said)).body).toEqual({ outcome: 'unchanged' });
    const { body } = await api.admin('GET', `/v1/customers/${id}/export`);
    expect(body).toMatchObject({
      consents: [
        {},
        {},
        { source: 'admin', proof: { call: 'ticket 4711' }, salt: expect.any(String) as string },
      ],
    });
    expect((await api.admin('POST', '/v1/customers/nobody/consent', said)).status).toBe(404);
    expect((await api.admin('GET', '/v1/customers/nobody/consent')).status).toBe(404);
    expect((await api.post(path, said)).status).toBe(403);
  });

  it('is put off and taken up again by somebody of the business, on one channel', async () => {
    const id = await signedUp();
    const say = (said: object) =>
      api.admin('POST', `/v1/customers/${id}/consent`, { channel: 'email', ...said });
    const proof = { call: 'ticket 4712' };
    const until = new Date(Date.now() + 90 * 86_400_000);
    expect((await say({ state: 'resumed' })).body).toEqual({ outcome: 'unchanged' });
    expect((await say({ state: 'paused', until: until.toISOString(), proof })).body).toEqual({
      outcome: 'recorded',
    });
    expect(await consentOf(id)).toMatchObject({ email: { granted: true, pausedUntil: until } });
    expect(await consentOf(id)).not.toHaveProperty('sms.pausedUntil');
    expect((await say({ state: 'resumed', proof })).body).toEqual({ outcome: 'recorded' });
    expect(await consentOf(id)).not.toHaveProperty('email.pausedUntil');
    await say({ state: 'paused' });
    const days = ((await consentOf(id))?.email?.pausedUntil?.getTime() ?? 0) - Date.now();
    expect(Math.round(days / 86_400_000)).toBe(30);
    for (const wrong of [
      { state: 'paused', until: '2020-01-01T00:00:00Z' },
      { state: 'paused', until: 'soon' },
      { state: 'paused', topic: 'offers' },
      { state: 'given', until: until.toISOString() },
    ]) {
      expect((await say(wrong)).status).toBe(400);
    }
    const entries = ((await ledger(id))['entries'] as object[]).slice(2);
    expect(entries).toMatchObject([
      { state: 'paused', source: 'admin', until: until.toISOString(), proof },
      { state: 'resumed', source: 'admin', proof },
      { state: 'paused' },
    ]);
    // An act is recorded once it was answered.
    await eventually(async () =>
      (await api.store.audit.page(undefined, 50)).some(
        ({ act, subject, status }) =>
          act === 'POST /v1/customers/:id/consent' && subject['id'] === id && status === 400,
      ),
    );
    expect(
      (await api.post(`/v1/customers/${id}/consent`, { channel: 'email', state: 'paused' })).status,
    ).toBe(403);
  });

  it('shows where the ledger was tampered with', async () => {
    const id = await signedUp();
    await api.store.consents.collection.updateOne({ _id: `${id}#1` }, { $set: { source: 'admin' } });
    expect(await ledger(id)).toMatchObject({ verified: false, broken: { seq: 1, reason: 'changed' } });
  });

  it('is left as it is for customers from before the ledger until they say something', async () => {
    const old = customer({ _id: uniqueName('old') });
    await api.store.customers.collection.insertOne(old);
    expect(await ledger(old._id)).toMatchObject({
      ...{ current: { email: { granted: true } }, verified: true, entries: [] },
    });
  });
});
