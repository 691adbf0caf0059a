import { adminKey, eventually, testApi, type TestApi } from '../../test/api';

let api: TestApi;
let cookie = '';
beforeAll(async () => {
  api = await testApi();
  const answer = await form('/console/login', { key: adminKey });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const form = (url: string, fields: Record<string, string> = {}, headers: Record<string, string> = {}) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: {
      cookie,
      'content-type': 'application/x-www-form-urlencoded',
      'accept-language': 'en',
      ...headers,
    },
    payload: new URLSearchParams(fields).toString(),
  });
const page = (url: string, headers: Record<string, string> = {}) =>
  api.app.inject({ url, headers: { cookie, 'accept-language': 'en', ...headers } });
const opens = async (key: string) =>
  (await api.app.inject({ url: '/v1/keys', headers: { authorization: `Bearer ${key}` } })).statusCode === 200;
const keyIn = (body: string) => /<code>((?:read|admin|write)_[\w-]{32})<\/code>/.exec(body)?.[1] ?? '';

it('makes a key and shows it once, exchanges it, and revokes it; the audit log has each act', async () => {
  const made = await form('/console/keys', { name: 'reports', scope: 'read', expiresInDays: '' });
  const key = keyIn(made.body);
  expect(await opens(key)).toBe(true);
  expect((await page('/console/keys')).body).toContain('reports');
  expect((await page('/console/keys')).body).not.toContain(key);

  const [old] = await api.store.apiKeys.list();
  const rotated = await form(`/console/keys/${old?._id ?? ''}/rotate`);
  const next = keyIn(rotated.body);
  expect(next).not.toBe(key);
  expect([await opens(key), await opens(next)]).toEqual([true, true]);
  const [fresh, before] = await api.store.apiKeys.list();
  expect(before?.expiresAt?.getTime()).toBeGreaterThan(Date.now() + 23 * 3_600_000);
  expect(fresh).not.toHaveProperty('expiresAt');

  expect((await form(`/console/keys/${fresh?._id ?? ''}/revoke`)).headers.location).toBe('/console/keys');
  expect(await opens(next)).toBe(false);
  expect((await form(`/console/keys/${fresh?._id ?? ''}/rotate`)).statusCode).toBe(404);
  expect((await page('/console/keys')).body).toContain('revoked');
  const acts = ['POST /console/keys', 'POST /console/keys/:id/rotate', 'POST /console/keys/:id/revoke'];
  await eventually(async () => {
    const log = (await page('/console/audit')).body;
    return acts.every((act) => log.includes(`<code>${act}</code>`));
  });
});

it('speaks both languages, and escapes what others wrote', async () => {
  await api.store.apiKeys.create({ name: '<b>x</b>', scope: 'write', createdAt: new Date() });
  const portuguese = (await page('/console/keys', { 'accept-language': 'pt-BR' })).body;
  for (const words of ['Chaves', 'Criar chave', 'Revogar', '&lt;b&gt;x']) expect(portuguese).toContain(words);
  expect(portuguese).not.toContain('<b>x');
  expect((await page('/console/audit', { 'accept-language': 'pt-BR' })).body).toContain('Auditoria');
});

it('is closed to others, and to forms of other sites', async () => {
  const count = (await api.store.apiKeys.list()).length;
  const wish = { name: 'evil', scope: 'admin', expiresInDays: '' };
  for (const url of ['/console/keys', '/console/audit']) {
    expect((await page(url, { cookie: '' })).body).toContain('type="password"');
  }
  expect((await form('/console/keys', wish, { cookie: '' })).body).toContain('type="password"');
  for (const site of ['cross-site', 'same-site']) {
    expect((await form('/console/keys', wish, { 'sec-fetch-site': site })).statusCode).toBe(403);
  }
  expect((await form('/console/keys', { name: 'a\nb', scope: 'admin', expiresInDays: '' })).statusCode).toBe(
    400,
  );
  expect((await form('/console/keys', wish, { origin: 'https://evil.example' })).statusCode).toBe(403);
  expect(await api.store.apiKeys.list()).toHaveLength(count);
  expect((await form('/console/keys', wish, { 'sec-fetch-site': 'same-origin' })).statusCode).toBe(200);
});

it('writes nothing into the audit log for strangers', async () => {
  await form('/console/journeys/onboarding/pause', {}, { cookie: '' });
  await form(`/console/keys/${'x'.repeat(60)}/revoke`, {}, { cookie: 'perene_session=1.x' });
  // Entries are written in order behind the answers: the one of the login comes after any of these.
  await form('/console/login', { key: 'a guess' }, { cookie: '' });
  const refused = await eventually(async () => {
    const acts = await api.store.audit.page(undefined, 50);
    const found = acts.filter(({ status }) => status === 401).map(({ act }) => act);
    return found.includes('POST /console/login') && found;
  });
  expect(refused).toEqual(['POST /console/login']);
});
