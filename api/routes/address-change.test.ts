import { addressMark, signLink } from '../../activities/messaging/links';
import { covers } from '../../domain/consent';
import { recordConsents } from '../../store/consent-ledger';
import { testApi, testConfiguration, type TestApi } from '../../test/api';
import { uniqueName } from '../../test/servers';

const { secret } = testConfiguration().keys;
/** The same for all: entries of one instant stand in their order. */
const time = Date.now();
const open = (needed: 'offers' | null) =>
  testApi({
    configuration: testConfiguration({ doubleOptIn: { topics: needed ? [needed] : [], days: 7 } }),
    now: () => new Date(time),
  });
let confirming: TestApi;
let plain: TestApi;
beforeAll(async () => {
  [confirming, plain] = await Promise.all([open('offers'), open(null)]);
});
afterAll(() => Promise.all([confirming.close(), plain.close()]));

const addressOf = (id: string, name: string) => `${id}.${name}@example.com`;

function somebody(api: TestApi) {
  const id = uniqueName('ana');
  const identify = (traits: object, messageId?: string) =>
    api.post('/v1/identify', { userId: id, traits, ...(messageId !== undefined && { messageId }) });
  const email = async () => (await api.store.customers.find(id))?.consent.email;
  return {
    id,
    identify,
    email,
    moveTo: (name: string, messageId?: string) => identify({ email: addressOf(id, name) }, messageId),
    signUp: (name = 'old', consent: object = { email: true, sms: true }) =>
      api.post('/v1/customers', { id, email: addressOf(id, name), phone: '+5511987654321', consent }),
    wantsOffers: async () => covers(await email(), 'offers'),
    /** Presses the button behind the link that was sent to an address. */
    press: async (name: string, since?: Date) => {
      const at = since ?? (await email())?.awaiting?.since ?? new Date(time);
      const mark = addressMark(addressOf(id, name), secret);
      const link = signLink({ kind: 'confirm', customerId: id, since: at.getTime(), mark }, secret);
      return (await api.app.inject({ method: 'POST', url: `/k/${link}` })).body;
    },
    said: async (from = 0) => {
      const entries = await api.store.consents.ofCustomer(id);
      expect((await api.admin('GET', `/v1/customers/${id}/consent`)).body['verified']).toBe(true);
      return entries
        .slice(from)
        .map(({ channel, topic, state, source }) => `${channel} ${topic} ${state} ${source}`);
    },
    requests: () => api.store.events.collection.countDocuments({ customerId: id, name: 'consent.requested' }),
  };
}

/** Somebody whose old address is confirmed. */
async function confirmed() {
  const ana = somebody(confirming);
  await ana.signUp();
  await ana.press('old');
  expect(await ana.wantsOffers()).toBe(true);
  return { ...ana, before: (await ana.said()).length };
}

describe('a new e-mail address, where a yes has to be confirmed', () => {
  it('takes back what was given for the old one and asks again, at the new one', async () => {
    const { id, moveTo, wantsOffers, said, before, requests, press } = await confirmed();
    await moveTo('new');
    expect(await wantsOffers()).toBe(false);
    expect(await said(before)).toEqual([
      'email offers revoked address-change',
      'email offers requested address-change',
      'email account carried address-change',
      'email service carried address-change',
    ]);
    expect(await requests()).toBe(2);
    const [entry] = (await confirming.store.consents.ofCustomer(id)).slice(before);
    expect(entry?.proof).toMatchObject({ from: expect.stringMatching(/^email:/) as string });
    expect(JSON.stringify(entry)).not.toContain('@');
    expect(await press('new')).toContain('está confirmado');
    expect(await wantsOffers()).toBe(true);
  });

  it('is confirmed by no link of the old one, whenever it is pressed', async () => {
    const { id, moveTo, wantsOffers, press } = await confirmed();
    await moveTo('new');
    expect(await press('old')).toContain('não vale mais');
    expect(await press('old', new Date(time))).toContain('não vale mais');
    expect(await wantsOffers()).toBe(false);
    // The page was shown before the address changed, and the button takes effect after it.
    const said = { channel: 'email', topic: 'offers', state: 'given', at: new Date(time) } as const;
    const from = { channel: 'email', address: addressOf(id, 'old') } as const;
    const act = { customerId: id, statements: [{ ...said, source: 'confirmation' as const }], from };
    expect(await recordConsents(confirming.store, [act], new Date(time))).toEqual([['address-changed']]);
  });

  it('is asked about by itself each time that it changes, however soon', async () => {
    const { moveTo, requests, press, wantsOffers } = await confirmed();
    await moveTo('second');
    await moveTo('third');
    expect(await requests()).toBe(3);
    expect(await press('second')).toContain('não vale mais');
    await press('third');
    expect(await wantsOffers()).toBe(true);
  });

  it('counts by whichever way it comes: a batch, consent said with it, a signup of somebody known', async () => {
    const batched = await confirmed();
    const call = (name: string) => ({
      ...{ type: 'identify', userId: batched.id },
      traits: { email: addressOf(batched.id, name) },
    });
    await confirming.post('/v1/batch', { batch: [call('new'), { ...call('new'), traits: { car: 'x' } }] });
    expect(await batched.said(batched.before)).toContain('email offers requested address-change');

    const saying = await confirmed();
    await saying.identify({ email: addressOf(saying.id, 'new'), consent: { email: true } });
    expect(await saying.wantsOffers()).toBe(false);

    const known = somebody(confirming);
    await known.identify({ email: addressOf(known.id, 'old'), consent: { email: true } });
    await known.press('old');
    await known.signUp('new', {});
    expect([await known.wantsOffers(), await known.requests()]).toEqual([false, 2]);
  });

  it('that ends where it began within one batch changes nothing, and neither do other letters of the same', async () => {
    const { id, moveTo, identify, said, before, wantsOffers } = await confirmed();
    await moveTo('OLD');
    await identify({ email: addressOf(id, 'old'), car: 'x' });
    expect(await said(before)).toEqual([]);
    expect(await wantsOffers()).toBe(true);
  });

  it('is not put back by an event that is told again', async () => {
    const { id, moveTo } = await confirmed();
    await moveTo('second', 'm-2');
    await moveTo('third', 'm-3');
    await moveTo('second', 'm-2');
    expect((await confirming.store.customers.find(id))?.email).toBe(addressOf(id, 'third'));
  });

  it('changes nothing for who had refused', async () => {
    const { moveTo, identify, said, before, requests } = await confirmed();
    await identify({ consent: { email: false } });
    await moveTo('new');
    expect(await said(before)).toEqual(['email all revoked identify']);
    expect(await requests()).toBe(1);
  });

  it('is asked about where it is the first one', async () => {
    const ana = somebody(confirming);
    await ana.identify({ consent: { email: true } });
    expect(await ana.requests()).toBe(1);
    await ana.moveTo('first');
    expect(await ana.requests()).toBe(2);
    await ana.press('first');
    expect(await ana.wantsOffers()).toBe(true);
  });

  it('never leaves what was given for one address to another, however many come at once', async () => {
    const ana = somebody(confirming);
    await ana.signUp();
    const names = ['b', 'c', 'd', 'e', 'f'];
    await Promise.all([
      ...names.map((name) => ana.moveTo(name)),
      ana.press('old'),
      ana.identify({ car: 'x' }),
    ]);
    expect(await ana.wantsOffers()).toBe(false);
    await ana.said();
  });
});

describe('a new address, where a yes counts at once', () => {
  it('keeps what was given, and the ledger notes it for each channel', async () => {
    const { identify, moveTo, signUp, said, wantsOffers } = somebody(plain);
    await signUp();
    await moveTo('new');
    await identify({ phone: '+5511987654322' });
    expect(await said(2)).toEqual(['email all carried address-change', 'sms all carried address-change']);
    expect(await wantsOffers()).toBe(true);
  });

  it('keeps what was refused', async () => {
    const { moveTo, signUp, said, wantsOffers } = somebody(plain);
    await signUp('old', { email: false });
    await moveTo('new');
    expect(await said()).toEqual(['email all revoked signup']);
    expect(await wantsOffers()).toBe(false);
  });
});
