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

it('is closed to others', async () => {
  expect((await page('', { cookie: '' })).body).toContain('type="password"');
});
