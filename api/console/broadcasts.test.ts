import type { BroadcastDocument } from '../../store/broadcasts';
import { adminKey, eventually, testApi, type TestApi } from '../../test/api';

let api: TestApi;
let cookie = '';
beforeAll(async () => {
  api = await testApi();
  const answer = await send('/console/login', { payload: `key=${adminKey}` });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const send = (
  url: string,
  { headers = {}, payload = '' }: { headers?: Record<string, string>; payload?: string } = {},
) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: { cookie, 'content-type': 'application/x-www-form-urlencoded', ...headers },
    payload,
  });
const page = (url: string, headers: Record<string, string> = {}) =>
  api.app.inject({ url, headers: { cookie, 'accept-language': 'en', ...headers } });
const text = async (url: string, language = 'en') =>
  (await page(url, { 'accept-language': language })).body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
const stateOf = async (id: string) => (await api.store.broadcasts.find(id))?.state;

async function broadcast(id: string, change: Partial<BroadcastDocument> = {}): Promise<void> {
  await api.store.broadcasts.insert({
    ...{
      _id: id,
      segment: 'repeat-buyers',
      channel: 'email',
      template: 'winback',
      variables: {},
      holdout: 10,
    },
    ...{ state: 'running', createdAt: new Date(), startsAt: new Date(), audience: 1_200, ...change },
  });
  const counts = { sent: 700, suppressed: 300, failed: 5, unknown: 1, waiting: 94 };
  await api.store.broadcasts.recordPart(id, { after: null }, counts);
}

it('lists broadcasts with how many people are in each group, in both languages', async () => {
  expect(await text('/console/broadcasts')).toContain('No broadcast yet.');
  await broadcast('spring');
  const listed = await text('/console/broadcasts');
  for (const words of ['spring', 'running', 'Repeat buyers', '700 sent', '300 suppressed', '5 failed'])
    expect(listed).toContain(words);
  expect(listed).toContain('1 unknown');
  expect(listed).toContain('94 waiting');
  expect(listed).toContain('100 not looked at yet');
  await broadcast('ahead', { startsAt: new Date(Date.now() + 3_600_000) });
  expect(await text('/console/broadcasts/ahead')).toContain('scheduled');
  expect((await page('/')).body).toContain('href="/console/broadcasts"');

  const one = await text('/console/broadcasts/spring', 'pt-BR');
  for (const words of [
    'Envios em massa',
    'em andamento',
    '1.200 pessoas',
    'ainda não vistas',
    '58,3%',
    '10%',
  ])
    expect(one).toContain(words);
  expect((await page('/console/broadcasts/nonesuch')).statusCode).toBe(404);
});

it('pauses, resumes and cancels, says so where it is too late, and the audit log has each act', async () => {
  await broadcast('autumn');
  const paused = await send('/console/broadcasts/autumn/pause');
  expect([paused.statusCode, paused.headers.location]).toEqual([303, '/console/broadcasts/autumn']);
  expect(await stateOf('autumn')).toBe('paused');
  expect(await text('/console/broadcasts/autumn')).toContain('Resume');
  await send('/console/broadcasts/autumn/resume');
  expect(await stateOf('autumn')).toBe('running');

  expect((await page('/console/broadcasts/autumn')).body).not.toContain('http-equiv="refresh"');
  expect((await page('/console/broadcasts/autumn?live=yes')).body).toContain('http-equiv="refresh"');
  const asked = await page('/console/broadcasts/autumn?ask=cancel&live=yes');
  expect(asked.body).toContain('194 more will get nothing');
  expect(asked.body).not.toContain('http-equiv="refresh"');
  expect(await stateOf('autumn')).toBe('running');
  await send('/console/broadcasts/autumn/cancel');
  expect(await stateOf('autumn')).toBe('cancelled');
  expect(await text('/console/broadcasts/autumn')).toContain('never reached');

  const late = await send('/console/broadcasts/autumn/pause', { headers: { 'accept-language': 'pt-BR' } });
  expect(late.statusCode).toBe(409);
  expect(late.body).toContain('Nada mudou: o envio já está cancelado.');
  expect((await send('/console/broadcasts/nonesuch/pause')).statusCode).toBe(404);
  const acts = await eventually(async () => {
    const entries = await api.store.audit.page(undefined, 20);
    const own = entries.filter(({ subject }) => subject['id'] === 'autumn');
    return own.length === 4 && own.map(({ act, status }) => `${act} ${status}`).sort();
  });
  expect(acts).toEqual([
    'POST /console/broadcasts/:id/cancel 303',
    'POST /console/broadcasts/:id/pause 303',
    'POST /console/broadcasts/:id/pause 409',
    'POST /console/broadcasts/:id/resume 303',
  ]);
});

it('is closed to others, and to forms of other sites', async () => {
  await broadcast('winter');
  for (const url of ['/console/broadcasts', '/console/broadcasts/winter']) {
    expect((await page(url, { cookie: '' })).body).toContain('type="password"');
  }
  await send('/console/broadcasts/winter/cancel', { headers: { cookie: '' } });
  const foreign = await send('/console/broadcasts/winter/cancel', {
    headers: { 'sec-fetch-site': 'cross-site' },
  });
  expect(foreign.statusCode).toBe(403);
  expect(await stateOf('winter')).toBe('running');
});
