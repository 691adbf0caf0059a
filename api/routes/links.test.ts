import { trackingCode } from '../../activities/messaging/tracking';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
const browser =
  'Mozilla/5.0 (iPhone; CPU iPhone OS 18_1) AppleWebKit/605.1.15 Version/18.1 Mobile Safari/604.1';
const target = 'https://example.com/alignment';
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

/** A customer with an e-mail that carries an offer. */
async function offered(change: Parameters<typeof customer>[0] = {}, sentAgo = 60_000) {
  const name = uniqueName('ana');
  await api.store.customers.collection.insertOne(customer({ _id: name, ...change }));
  const at = new Date(Date.now() - sentAgo);
  const messageId = `upsell/${name}#1/email:upsell-offer`;
  await api.store.messages.collection.insertOne({
    ...{ _id: messageId, customerId: name, journey: 'upsell', enrolmentId: `upsell/${name}#1` },
    ...{ step: 'email:upsell-offer', channel: 'email', template: 'upsell-offer', purpose: 'marketing' },
    ...{ topic: 'offers', priority: 0, offerId: 'tyres', decisionId: 'd1' },
    ...{ state: 'sent', createdAt: at, updatedAt: at, sentAt: at },
  });
  const code = trackingCode(messageId, secret);
  await api.store.links.put({
    _id: code,
    messageId,
    urls: [target],
    expireAt: new Date(Date.now() + 60_000),
  });
  return {
    code,
    messageId,
    state: async () => (await api.store.messages.find(messageId))?.state,
    events: async () =>
      (await api.store.events.collection.find({ customerId: name }).toArray())
        .map((event) => event.name)
        .sort(),
  };
}

const visit = (url: string, headers: Record<string, string> = {}, method: 'GET' | 'HEAD' = 'GET') =>
  api.app.inject({ method, url, headers: { 'user-agent': browser, ...headers } });

describe('/c/{token}', () => {
  it.each([
    ['https://example.com/ação?q=á b', 'https://example.com/a%C3%A7%C3%A3o?q=%C3%A1%20b'],
    ['https://example.com/a\r\nset-cookie: x=1', 'https://example.com/aset-cookie:%20x=1'],
    ['https://example.com/\u202e\u0000"><script>', 'https://example.com/%E2%80%AE%00%22%3E%3Cscript%3E'],
    ['javascript:alert(1)', undefined],
    ['//example.com', undefined],
    ['', undefined],
  ])('leads to %j as a header can name it, or nowhere', async (url, location) => {
    const { code } = await offered();
    await api.store.links.collection.updateOne({ _id: code }, { $set: { urls: [url] } });
    const answer = await visit(`/c/${code}0`);
    expect([answer.statusCode, answer.headers['location'], answer.headers['set-cookie']]).toEqual([
      location === undefined ? 400 : 302,
      location,
      undefined,
    ]);
  });

  it('leads on and records the click, once', async () => {
    const { code, messageId, state, events } = await offered();
    for (let n = 0; n < 2; n++) {
      const answer = await visit(`/c/${code}0`);
      expect([answer.statusCode, answer.headers['location']]).toEqual([302, target]);
    }
    expect(await state()).toBe('clicked');
    expect(await events()).toEqual(['message.clicked', 'offer.viewed']);
    expect(
      await api.store.events.collection.findOne({
        name: 'message.clicked',
        'properties.messageId': messageId,
      }),
    ).toMatchObject({ properties: { template: 'upsell-offer', offerId: 'tyres', decisionId: 'd1' } });
  });

  it('leads robots on too, and records nothing', async () => {
    const { code, state, events } = await offered();
    for (const answer of [
      await visit(`/c/${code}0`, {}, 'HEAD'),
      await visit(`/c/${code}0`, { 'user-agent': 'Mozilla/5.0 (compatible; Mimecast)' }),
      await visit(`/c/${code}0`, { purpose: 'prefetch' }),
    ])
      expect(answer.headers['location']).toBe(target);
    expect([await state(), await events()]).toEqual(['sent', []]);
    // Just sent, however long the test takes: by a clock that is ahead.
    const early = await offered({}, -60_000);
    await visit(`/c/${early.code}0`);
    expect(await early.state()).toBe('sent');
  });

  it('leads nowhere else: not for a changed code, another link, a planted document or an address in the query', async () => {
    const { code } = await offered();
    const planted = 'AAAAAAAAAAAA';
    const links = { messageId: 'some/message', urls: ['https://evil.example'] };
    await api.store.links.put({ _id: planted, ...links, expireAt: new Date(Date.now() + 60_000) });
    const changed = `${code.slice(0, -1)}${code.endsWith('A') ? 'B' : 'A'}`;
    for (const token of [
      `${changed}0`,
      `${code}1`,
      code.slice(1),
      `${planted}0`,
      'https:%2F%2Fevil.example',
    ]) {
      const answer = await visit(`/c/${token}`);
      expect([answer.statusCode, answer.headers['location']]).toEqual([400, undefined]);
    }
    expect((await visit(`/c/${code}0?url=https://evil.example`)).headers['location']).toBe(target);
  });

  it('records nothing of somebody who does not want it', async () => {
    const { code, state, events } = await offered({ tracking: false });
    expect((await visit(`/c/${code}0`)).headers['location']).toBe(target);
    await visit(`/o/${code}`);
    expect([await state(), await events()]).toEqual(['sent', []]);
  });
});

describe('/o/{token}', () => {
  it('is a picture, and records the opening', async () => {
    const { code, state, events } = await offered();
    const answer = await visit(`/o/${code}`);
    expect([answer.statusCode, answer.headers['content-type']]).toEqual([200, 'image/gif']);
    expect(await state()).toBe('opened');
    expect(await events()).toEqual(['message.opened']);
  });

  it("does not take the privacy proxy's visit for an opening, nor tell codes from what is none", async () => {
    const { code, state } = await offered();
    await visit(`/o/${code}`, { 'user-agent': 'Mozilla/5.0' });
    expect(await state()).toBe('sent');
    expect((await visit('/o/AAAAAAAAAAAA')).statusCode).toBe(200);
  });
});
