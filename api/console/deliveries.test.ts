import { adminKey, eventually, testApi, type TestApi } from '../../test/api';
import { delivery, everything } from '../../test/console-data';

let api: TestApi;
let cookie = '';
beforeAll(async () => {
  api = await testApi();
  await everything(api);
  const answer = await api.app.inject({ url: `/?key=${adminKey}` });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const page = (query = '', headers: Record<string, string> = {}) =>
  api.app.inject({
    url: `/console/deliveries${query}`,
    headers: { cookie, 'accept-language': 'en', ...headers },
  });
const text = async (query = '', language = 'en') =>
  (await page(query, { 'accept-language': language })).body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const enable = (name: string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: `/console/webhooks/${name}/enable`,
    headers: { cookie, ...headers },
  });

it('tells what was delivered, what waits, and what was given up and why, in both languages', async () => {
  const english = await text();
  for (const words of ['given up it answered 404', 'waits no answer in time', 'suppressed control group']) {
    expect(english).toContain(words);
  }
  expect(english).toContain('team@example.com, Webhook crm');
  expect(english).toContain('the secret before signs too');
  const portuguese = await text('', 'pt-BR');
  for (const words of ['Webhooks e alertas', 'desistiu respondeu 404', 'espera não respondeu a tempo']) {
    expect(portuguese).toContain(words);
  }
  expect(english).not.toContain('sealed');
});

it('shows those of one state, page by page', async () => {
  const { collection } = api.store.deliveries;
  await collection.insertMany(
    Array.from({ length: 60 }, (_, n) =>
      delivery({ _id: `d${n}`, customerId: `told-${n}.`, createdAt: new Date(Date.UTC(2026, 0, 1, 0, n)) }),
    ),
  );
  const newest = await page('?state=delivered');
  expect(newest.body).not.toContain('it answered 404');
  const [, older = ''] = /<a href="([^"]*before=[^"]*)"/.exec(newest.body) ?? [];
  expect(older).toContain('state=delivered');
  const rest = (await page(older.replaceAll('&amp;', '&').replace('/console/deliveries', ''))).body;
  const known = (await collection.countDocuments({ state: 'delivered' })) - 60;
  for (let n = 0; n < 60; n++) {
    const isOld = n < 10 + known;
    expect([n, newest.body.includes(`told-${n}.`), rest.includes(`told-${n}.`)]).toEqual([n, !isOld, isOld]);
  }
});

it('enables a webhook again that said goodbye, which the audit log tells', async () => {
  const isOff = async () => (await api.store.webhooks.find('crm'))?.disabledAt !== undefined;
  await enable('crm', { cookie: '' });
  expect((await enable('crm', { origin: 'https://evil.example' })).statusCode).toBe(403);
  expect(await isOff()).toBe(true);
  expect((await enable('crm')).headers.location).toBe('/console/deliveries');
  expect(await isOff()).toBe(false);
  expect((await page()).body).not.toContain('/console/webhooks/crm/enable');
  expect((await enable('nobody')).statusCode).toBe(404);
  await eventually(async () =>
    (await api.store.audit.page(undefined, 20)).some(
      ({ act, status, subject }) =>
        act === 'POST /console/webhooks/:name/enable' && status === 303 && subject['name'] === 'crm',
    ),
  );
});

const post = (path: string, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url: `/console/deliveries/${path}`,
    headers: { cookie, 'accept-language': 'en', ...headers },
  });
const stateOf = async (id: string) => (await api.store.deliveries.find(id))?.state;
const given = (id: string) =>
  delivery({
    ...{ _id: id, state: 'failed', reason: 'http-503', to: 'erp', customerId: 'rui' },
    givenUp: { at: new Date(), told: '{"data":{},"personal":[]}' },
  });

it('replays a delivery that was given up, after a question, once', async () => {
  const id = 'upsell/rui#1/webhook:erp';
  await api.store.deliveries.collection.insertOne(given(id));
  const [, ask = ''] =
    /<a\s+class="quiet"\s+href="([^"]*ask=upsell[^"]*)"/.exec((await page('?state=failed')).body) ?? [];
  const asked = await text(ask.replaceAll('&amp;', '&').replace('/console/deliveries', ''));
  expect(asked).toContain('Replay what was told to erp about rui?');
  expect(await text(`?ask=${encodeURIComponent(id)}`, 'pt-BR')).toContain('Reenviar o que foi contado a erp');
  expect(await stateOf(id)).toBe('failed');
  const path = `${encodeURIComponent(id)}/replay`;
  await post(path, { cookie: '' });
  expect((await post(path, { origin: 'https://evil.example' })).statusCode).toBe(403);
  expect(await stateOf(id)).toBe('failed');
  expect((await post(path)).headers.location).toBe('/console/deliveries?state=replaying');
  expect(await stateOf(id)).toBe('replaying');
  expect(await text('?state=replaying')).toContain('being replayed it answered 503');
  const again = await post(path);
  expect(again.statusCode).toBe(409);
  expect(again.body).toContain('It cannot be replayed now');
  expect((await page(`?ask=${encodeURIComponent(id)}`)).body).not.toContain('class="card ask"');
  expect((await post('nothing/replay')).statusCode).toBe(404);
});

it('replays all that was given up to a name, after a question', async () => {
  await api.store.deliveries.collection.insertMany([given('x/1'), given('x/2')]);
  expect((await page('?state=failed')).body).toContain('state=failed&amp;all=erp');
  expect(await text('?state=failed&all=erp')).toContain('Replay what was given up to erp');
  expect((await post('erp/replay-all')).headers.location).toBe('/console/deliveries?state=replaying');
  expect([await stateOf('x/1'), await stateOf('x/2'), await stateOf('a')]).toEqual([
    ...['replaying', 'replaying', 'failed'],
  ]);
});

it('is closed to others', async () => {
  expect((await page('', { cookie: '' })).body).toContain('type="password"');
});
