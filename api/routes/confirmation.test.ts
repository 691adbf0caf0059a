import { addressMark, signLink } from '../../activities/messaging/links';
import { covers } from '../../domain/consent';
import { topics } from '../../domain/messages';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
let api: TestApi;
let time = Date.now();
beforeAll(async () => {
  const configuration = testConfiguration({ doubleOptIn: { topics: ['offers', 'account'], days: 7 } });
  api = await testApi({ configuration, now: () => new Date(time) });
});
afterAll(() => api.close());

async function signedUp(consent: object = { email: true }) {
  const id = uniqueName('ana');
  const email = `${id}@example.com`;
  await api.post('/v1/customers', { id, email, locale: 'en', consent });
  const link = (since = time, to = email) =>
    `/k/${signLink({ kind: 'confirm', customerId: id, since, mark: addressMark(to, secret) }, secret)}`;
  return { id, link };
}
const consentOf = async (id: string) => (await api.store.customers.find(id))?.consent.email;
const wanted = async (id: string) => {
  const consent = await consentOf(id);
  return topics.filter((topic) => covers(consent, topic));
};
const eventsOf = async (id: string) => {
  const found = await api.store.events.collection.find({ customerId: id }).toArray();
  return found.map(({ name }) => name).filter((name) => name.startsWith('consent.'));
};
const press = (url: string) => api.app.inject({ method: 'POST', url });

describe('double opt-in', () => {
  it('makes a yes to e-mail a request for the topics that need one, and tells journeys once', async () => {
    const { id } = await signedUp();
    expect(await wanted(id)).toEqual(['service']);
    expect(await consentOf(id)).toMatchObject({ awaiting: { topics: ['account', 'offers'] } });
    await api.post('/v1/identify', { userId: id, traits: { consent: { email: true } } });
    expect(await eventsOf(id)).toEqual(['consent.requested']);
  });

  it('confirms only by the button, with a proof, once', async () => {
    const { id, link } = await signedUp();
    const url = link();
    const page = await api.app.inject(url);
    expect(page.body).toContain('May Perene Motors write to you?');
    expect(page.body).toContain('<form method="post">');
    await api.app.inject({ method: 'HEAD', url });
    expect(await wanted(id)).toEqual(['service']);
    expect((await press(url)).body).toContain('it is confirmed');
    expect((await press(url)).body).toContain('it is confirmed');
    expect(await wanted(id)).toEqual([...topics]);
    expect((await api.app.inject(url)).body).not.toContain('<form');
    expect(await eventsOf(id)).toEqual(['consent.requested', 'consent.confirmed']);
    const { body } = await api.admin('GET', `/v1/customers/${id}/consent`);
    expect(body).toMatchObject({
      verified: true,
      entries: [
        { state: 'requested', topic: 'account' },
        { state: 'requested', topic: 'offers' },
        { state: 'given', topic: 'service' },
        {
          ...{ state: 'given', topic: 'account', source: 'confirmation' },
          textVersion: expect.stringMatching(/^confirmation-en-/) as string,
          proof: { page: '/k/', requestedAt: new Date(time).toISOString() },
        },
        { state: 'given', topic: 'offers', source: 'confirmation' },
      ],
    });
  });

  it('confirms nothing by a link that is too old, of another address, changed, or taken back', async () => {
    const { id, link } = await signedUp();
    expect((await press(link(time - 8 * 86_400_000))).body).toContain('no longer valid');
    expect((await press(link(time, 'other@example.com'))).body).toContain('no longer valid');
    const changed = link().replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    expect((await press(changed)).statusCode).toBe(400);
    expect(await wanted(id)).toEqual(['service']);
    time += 1_000;
    await api.post('/v1/identify', { userId: id, traits: { consent: { email: false } } });
    expect((await press(link())).body).toContain('no longer valid');
    expect(await wanted(id)).toEqual([]);
    expect(await eventsOf(id)).toEqual(['consent.requested', 'consent.refused']);
  });

  it('asks again for what was not confirmed only after thirty days', async () => {
    const { id } = await signedUp();
    const yes = () => api.post('/v1/identify', { userId: id, traits: { consent: { email: true } } });
    time += 29 * 86_400_000;
    await yes();
    expect(await eventsOf(id)).toEqual(['consent.requested']);
    time += 2 * 86_400_000;
    await yes();
    expect(await eventsOf(id)).toEqual(['consent.requested', 'consent.requested']);
  });

  it('takes nothing away from who said yes before, and needs nothing for text messages', async () => {
    const { id, link } = await signedUp({ email: true, sms: true });
    expect((await api.store.customers.find(id))?.consent.sms).toMatchObject({ granted: true });
    await press(link());
    await api.post('/v1/identify', { userId: id, traits: { consent: { email: true } } });
    expect(await wanted(id)).toEqual([...topics]);
  });
});
