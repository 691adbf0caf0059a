import { signLink } from '../../activities/messaging/links';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

async function somebody(change: Parameters<typeof customer>[0] = {}) {
  const person = customer({ _id: uniqueName('ana'), email: `${uniqueName('ana')}@example.com`, ...change });
  await api.store.customers.collection.insertOne(person);
  const address = { channel: 'email', address: person.email ?? '' } as const;
  return {
    person,
    unsubscribed: async () => (await api.store.suppressions.find(address))?.unsubscribed ?? {},
    unsubscribe: `/u/${signLink({ kind: 'unsubscribe', customerId: person._id, channel: 'email', topic: 'offers' }, secret)}`,
    preferences: `/p/${signLink({ kind: 'preferences', customerId: person._id }, secret)}`,
  };
}
const form = (payload: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload,
});

describe('/u/{token}', () => {
  it('only shows a page on GET, in the language of the customer', async () => {
    const { unsubscribe, unsubscribed } = await somebody();
    const page = await api.app.inject(unsubscribe);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Quer deixar de receber “Ofertas” por e-mail?');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(await unsubscribed()).toEqual({});
    const english = await somebody({ locale: 'en-GB' });
    expect((await api.app.inject(english.unsubscribe)).body).toContain(
      'Do you want to stop getting “Offers”',
    );
  });

  it.each([
    ['as a form', form('List-Unsubscribe=One-Click')],
    [
      'as multipart',
      {
        method: 'POST' as const,
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        payload:
          '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
      },
    ],
    ['without a body', { method: 'POST' as const }],
  ])('unsubscribes on one click, posted %s', async (_how, request) => {
    const { unsubscribe, unsubscribed } = await somebody();
    const answer = await api.app.inject({ ...request, url: unsubscribe });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('Inscrição cancelada');
    expect(Object.keys(await unsubscribed())).toEqual(['offers']);
  });

  it('does nothing for a link that was changed', async () => {
    const { unsubscribe, unsubscribed } = await somebody();
    const changed = unsubscribe.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const answer = await api.app.inject({ ...form(''), url: changed });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('Este link não funciona');
    expect(await unsubscribed()).toEqual({});
  });
});

describe('/p/{token}', () => {
  it('shows what somebody gets and saves what they choose', async () => {
    const { person, preferences, unsubscribed } = await somebody();
    const page = await api.app.inject(preferences);
    expect(page.body.match(/\schecked\b/g)).toHaveLength(7);
    const saved = await api.app.inject({
      ...form('email=shown&email.service=on&sms=shown'),
      url: preferences,
    });
    expect(saved.body).toContain('Sua escolha foi salva.');
    expect(saved.body.match(/\schecked\b/g)).toHaveLength(2);
    expect(Object.keys(await unsubscribed()).sort()).toEqual(['account', 'offers']);
    const { consent } = (await api.store.customers.find(person._id)) ?? {};
    expect(consent).toMatchObject({
      email: { granted: true },
      sms: { granted: false, source: 'preferences' },
    });
  });

  it('takes no for everything, and yes again', async () => {
    const { person, preferences } = await somebody();
    await api.app.inject({ ...form('email=shown&email.offers=on&sms=shown&none=yes'), url: preferences });
    const refused = await api.store.customers.find(person._id);
    expect(refused?.consent).toMatchObject({ email: { granted: false }, sms: { granted: false } });
    const again = await api.app.inject({ ...form('email=shown&email.offers=on'), url: preferences });
    expect(again.body.match(/\schecked\b/g)).toHaveLength(2);
    const consenting = await api.store.customers.find(person._id);
    expect(consenting?.consent).toMatchObject({
      email: { granted: true, source: 'preferences' },
      sms: { granted: false },
    });
  });

  it('lets somebody refuse that openings and clicks are noted', async () => {
    const { person, preferences } = await somebody();
    const choice = async () => (await api.store.customers.find(person._id))?.tracking;
    await api.app.inject({ ...form('email=shown&email.offers=on'), url: preferences });
    expect(await choice()).toBeUndefined();
    const saved = await api.app.inject({
      ...form('email=shown&email.offers=on&measuring=shown'),
      url: preferences,
    });
    expect(await choice()).toBe(false);
    expect(saved.body).not.toMatch(/name="measure"\s+checked/);
    await api.app.inject({ ...form('email=shown&measuring=shown&measure=on'), url: preferences });
    expect(await choice()).toBe(true);
  });

  it('shows what saving says and under which version it is remembered', async () => {
    const { preferences } = await somebody({ locale: 'en' });
    const { body } = await api.app.inject(preferences);
    expect(body).toContain('By saving you agree that we send you what is ticked here');
    expect(body).toMatch(/Wording: preferences-en-[0-9a-f]{8}/);
  });

  it('leaves a number alone that answered STOP', async () => {
    const phone = '+5511912345678';
    const { preferences } = await somebody({ phone });
    await api.store.suppressions.block({ channel: 'sms', address: phone }, 'stopped', new Date());
    const page = await api.app.inject(preferences);
    expect(page.body).toContain('Você respondeu PARAR');
    expect(page.body).not.toContain('sms.offers');
  });
});
