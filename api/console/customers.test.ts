import { adminKey, eventually, testApi, type TestApi } from '../../test/api';
import { customer, event } from '../../test/builders';
import { run } from '../../test/console-data';
import { uniqueName } from '../../test/servers';

let api: TestApi;
let cookie = '';
beforeAll(async () => {
  api = await testApi();
  const answer = await api.app.inject({ url: `/?key=${adminKey}` });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const page = (url: string, headers: Record<string, string> = {}) =>
  api.app.inject({ url, headers: { cookie, 'accept-language': 'en', ...headers } });
const post = (url: string, fields: Record<string, string>, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: {
      ...{ cookie, 'accept-language': 'en', 'content-type': 'application/x-www-form-urlencoded' },
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  });
const find = (who: string) => post('/console/customers', { who });

it('finds a customer by the whole id, e-mail address or phone number, however that is written', async () => {
  const _id = uniqueName('ana');
  await api.store.customers.collection.insertOne(
    customer({ _id, email: `${_id}@example.com`, phone: '+5511912345678' }),
  );
  const theirs = `/console/customers?id=${_id}`;
  for (const who of [_id, ` ${_id} `, `${_id}@example.com`, `${_id}@EXAMPLE.com`, '(11) 91234-5678']) {
    expect([who, (await find(who)).headers.location]).toEqual([who, theirs]);
  }
  for (const who of [`${_id}@example`, _id.slice(0, -1), '1234', '']) {
    expect((await find(who)).body).toContain('Nobody has this id');
  }
});

it('finds somebody of whom only events are known, and lists those who share an address', async () => {
  const [known, first, second] = [uniqueName('eve'), uniqueName('rui'), uniqueName('lia')];
  await api.store.events.insert([event({ name: 'page.viewed', customerId: known })]);
  expect((await find(known)).headers.location).toBe(`/console/customers?id=${known}`);
  const email = `${uniqueName('family')}@example.com`;
  await api.store.customers.collection.insertMany([
    customer({ _id: first, email }),
    customer({ _id: second, email }),
  ]);
  const both = (await find(email)).body;
  expect(both).toContain('2 customers share this address.');
  for (const id of [first, second]) expect(both).toContain(`/console/customers?id=${id}`);
  expect(both).not.toContain(email);
});

it('lists the latest, and leads on through a long history', async () => {
  const _id = uniqueName('long');
  await api.store.customers.collection.insertOne(customer({ _id, createdAt: new Date(Date.now() + 60_000) }));
  const at = (n: number) => new Date(Date.UTC(2026, 0, 1) + n * 60_000);
  await api.store.events.insert(
    Array.from({ length: 230 }, (_, n) =>
      event({ name: 'page.viewed', customerId: _id, occurredAt: at(n), properties: { name: `page-${n}.` } }),
    ),
  );
  await eventually(async () => (await page('/console/customers')).body.includes(_id));
  const newest = (await page(`/console/customers?id=${_id}`)).body;
  const [, older = ''] = /<a href="([^"]*behind=[^"]*)"/.exec(newest) ?? [];
  const rest = (await page(older.replaceAll('&amp;', '&'))).body;
  for (let n = 0; n < 230; n++) {
    expect([n, newest.includes(`page-${n}.`), rest.includes(`page-${n}.`)]).toEqual([n, n >= 30, n < 30]);
  }
  expect(rest).not.toContain('>Older<');
});

it('asks before it takes a customer out of a journey', async () => {
  const [ana, rui] = [uniqueName('ana'), uniqueName('rui')];
  await api.store.enrolments.collection.insertMany([
    run(ana, { open: true, step: 'wait:14d' }),
    run(rui, { open: false, outcome: 'completed' }),
  ]);
  const asks = (of: string, id: string) =>
    page(`/console/customers?id=${of}&out=${encodeURIComponent(`upsell/${id}#1`)}`).then(({ body }) =>
      body.includes('The run ends at once'),
    );
  const theirs = (await page(`/console/customers?id=${ana}`)).body;
  expect(theirs).toContain(`&amp;out=${encodeURIComponent(`upsell/${ana}#1`)}`);
  expect(await asks(ana, ana)).toBe(true);
  expect(await asks(rui, rui)).toBe(false);
  expect(await asks(rui, ana)).toBe(false);
  expect((await api.store.enrolments.find(`upsell/${ana}#1`))?.open).toBe(true);
});

it('is closed to others, and to forms of other sites', async () => {
  const _id = uniqueName('secret');
  await api.store.customers.collection.insertOne(customer({ _id, firstName: 'Hidden' }));
  for (const { body } of [
    await page('/console/customers', { cookie: '' }),
    await post('/console/customers', { who: _id }, { cookie: '' }),
  ]) {
    expect(body).toContain('type="password"');
    expect(body).not.toContain(_id);
  }
  const foreign = await post('/console/customers', { who: _id }, { origin: 'https://evil.example' });
  expect(foreign.statusCode).toBe(403);
});
