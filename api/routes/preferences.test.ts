import { addressMark, signLink } from '../../activities/messaging/links';
import { covers } from '../../domain/consent';
import { topics } from '../../domain/messages';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
const day = 86_400_000;
let api: TestApi;
let time = Date.parse('2096-03-07T15:00:00Z');
beforeAll(async () => (api = await testApi({ now: () => new Date(time) })));
afterAll(() => api.close());

async function somebody(change: Parameters<typeof customer>[0] = {}, { store, app } = api) {
  const person = customer({ _id: uniqueName('ana'), email: `${uniqueName('ana')}@example.com`, ...change });
  const id = person._id;
  await store.customers.collection.insertOne(person);
  const address = { channel: 'email', address: person.email ?? '' } as const;
  const link = (mark?: string) =>
    `/p/${signLink({ kind: 'preferences', customerId: id, ...(mark !== undefined && { mark }) }, secret)}`;
  const preferences = link();
  return {
    id,
    preferences,
    unsubscribed: async () => (await store.suppressions.find(address))?.unsubscribed ?? {},
    consent: async () => (await store.customers.find(id))?.consent,
    page: async () => (await app.inject(preferences)).body,
    post: async (payload: string, url = preferences) => (await app.inject({ ...form(payload), url })).body,
    fromMailbox: (mailbox = person.email ?? '') => link(addressMark(mailbox, secret)),
  };
}
const form = (payload: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload,
});

describe('/p/{token}', () => {
  it('shows what somebody gets and saves what they choose', async () => {
    const { id, preferences, unsubscribed } = await somebody();
    const page = await api.app.inject(preferences);
    expect(page.body.match(/\schecked\b/g)).toHaveLength(7);
    const saved = await api.app.inject({
      ...form('email=shown&email.service=on&sms=shown'),
      url: preferences,
    });
    expect(saved.body).toContain('Sua escolha foi salva.');
    expect(saved.body.match(/\schecked\b/g)).toHaveLength(2);
    expect(Object.keys(await unsubscribed()).sort()).toEqual(['account', 'offers']);
    const { consent } = (await api.store.customers.find(id)) ?? {};
    expect(consent).toMatchObject({
      email: { granted: true },
      sms: { granted: false, source: 'preferences' },
    });
  });

  it('takes no for everything, and yes again', async () => {
    const { id, preferences } = await somebody();
    await api.app.inject({ ...form('email=shown&email.offers=on&sms=shown&none=yes'), url: preferences });
    const refused = await api.store.customers.find(id);
    expect(refused?.consent).toMatchObject({ email: { granted: false }, sms: { granted: false } });
    const again = await api.app.inject({ ...form('email=shown&email.offers=on'), url: preferences });
    expect(again.body.match(/\schecked\b/g)).toHaveLength(2);
    const consenting = await api.store.customers.find(id);
    expect(consenting?.consent).toMatchObject({
      email: { granted: true, source: 'preferences' },
      sms: { granted: false },
    });
  });

  it('lets somebody refuse that openings and clicks are noted', async () => {
    const { id, preferences } = await somebody();
    const choice = async () => (await api.store.customers.find(id))?.tracking;
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

describe('a pause', () => {
  it('of thirty days is asked for by a button, told with its end, noted in the ledger, and ended at any moment', async () => {
    const { id, page, post, consent } = await somebody({ locale: 'en' });
    const at = new Date(time);
    const until = new Date(time + 30 * day);
    const ticked = (body: string) => body.match(/\schecked\b/g);
    const before = await page();
    expect(before).toContain('Pause for 30 days');
    const paused = await post('pause=begin');
    expect(paused).toContain('Paused: nothing before April 6, 2096');
    expect(paused).not.toContain('Pause for 30 days');
    // What is ticked stays so.
    expect(ticked(paused)).toEqual(ticked(before));
    expect(await consent()).toMatchObject({
      email: { granted: true, pausedUntil: until },
      sms: { granted: true, pausedUntil: until },
    });
    const ledger = await api.admin('GET', `/v1/customers/${id}/consent`);
    expect(ledger.body).toMatchObject({
      verified: true,
      current: { email: { pausedUntil: until.toISOString() } },
    });
    const entries = ledger.body['entries'] as object[];
    expect(entries.slice(1, 2)).toMatchObject([
      {
        ...{ channel: 'email', topic: 'all', state: 'paused', source: 'preferences' },
        ...{ at: at.toISOString(), until: until.toISOString() },
        textVersion: expect.stringMatching(/^preferences-en-/) as string,
        proof: { page: '/p/' },
      },
    ]);
    expect(await post('pause=end')).toContain('Pause for 30 days');
    expect(await consent()).not.toHaveProperty('email.pausedUntil');
    const { body } = await api.admin('GET', `/v1/customers/${id}/timeline`);
    const said = (body['items'] as { kind: string; title: string }[]).filter(
      ({ kind }) => kind === 'consent',
    );
    expect(said.map(({ title }) => title).slice(0, 4)).toEqual(['resumed', 'resumed', 'paused', 'paused']);
    const held = await api.admin('GET', `/v1/customers/${id}/export.html`);
    expect(held.body['text']).toContain(until.toISOString());
  });

  it('ends by itself, holds for channels that come later, and another choice leaves it as it is', async () => {
    const { page, post, consent } = await somebody({ consent: {} });
    await post('pause=begin');
    await post('email=shown&email.offers=on&sms=shown&sms.offers=on');
    expect(await consent()).toMatchObject({
      email: { granted: true, pausedUntil: expect.any(Date) as Date },
      sms: { granted: true, pausedUntil: expect.any(Date) as Date },
    });
    expect(await page()).toContain('Em pausa: nada antes de 6 de abril de 2096');
    time += 30 * day;
    expect(await page()).toContain('Pausar por 30 dias');
  });

  it('is not offered to who gets nothing', async () => {
    const { page, post } = await somebody({ locale: 'en' });
    await post('email=shown&sms=shown&none=yes');
    expect(await page()).not.toContain('Pause for 30 days');
  });
});

describe('a yes on the page, where it has to be confirmed', () => {
  let confirming: TestApi;
  beforeAll(async () => {
    const configuration = testConfiguration({ doubleOptIn: { topics: ['offers'], days: 7 } });
    confirming = await testApi({ configuration, now: () => new Date(time) });
  });
  afterAll(() => confirming.close());
  const ticked = 'email=shown&email.offers=on&email.service=on';
  const newcomer = () => somebody({ consent: {}, locale: 'en' }, confirming);
  const eventsOf = async (customerId: string) => {
    const found = await confirming.store.events.collection.find({ customerId }).toArray();
    return found.map(({ name }) => name);
  };
  const wanted = async ({ consent }: Awaited<ReturnType<typeof somebody>>) => {
    const email = (await consent())?.email;
    return topics.filter((topic) => covers(email, topic));
  };

  it('is confirmed by the link that came to the mailbox itself', async () => {
    const ana = await newcomer();
    await ana.post(ticked, ana.fromMailbox());
    expect(await wanted(ana)).toEqual(['offers', 'service']);
    expect(await eventsOf(ana.id)).toEqual([]);
  });

  it('is a request by any other link, that of an older mailbox too, until it is confirmed', async () => {
    const ana = await newcomer();
    const asked = await ana.post(ticked, ana.fromMailbox('old@example.com'));
    expect(asked).toContain('One step is left');
    expect(asked).toContain('Waits for your confirmation.');
    expect(await wanted(ana)).toEqual(['service']);
    // Saving the page as it stands takes no request back, and asks no second time.
    await ana.post(ticked);
    expect(await eventsOf(ana.id)).toEqual(['consent.requested']);
    await ana.post(ticked, ana.fromMailbox());
    expect(await wanted(ana)).toEqual(['offers', 'service']);
    expect(await eventsOf(ana.id)).toEqual(['consent.requested', 'consent.confirmed']);
    await ana.post('email=shown', ana.fromMailbox('old@example.com'));
    expect(await wanted(ana)).toEqual([]);
  });
});
