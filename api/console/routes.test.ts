import { customer, event, offer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { adminKey, testApi, testConfiguration, writeKey, type TestApi } from '../../test/api';
import { createSessions } from './session';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

async function login(key: string) {
  const answer = await api.app.inject({
    method: 'POST',
    url: '/console/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams({ key }).toString(),
  });
  return { answer, cookie: answer.headers['set-cookie']?.toString().split(';')[0] ?? '' };
}

describe('the console', () => {
  it('shows nothing without the admin key', async () => {
    const id = uniqueName('ana');
    await api.store.customers.collection.insertOne(customer({ _id: id, email: 'secret@example.com' }));
    const forged = 'perene_session=9999999999.AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA';
    for (const url of ['/', '/console/journeys/onboarding', `/console/customers?id=${id}`]) {
      for (const cookie of ['', forged, 'perene_session=x']) {
        const page = await api.app.inject({ url, headers: { cookie } });
        expect(page.body).toContain('type="password"');
        expect(page.body).not.toContain('secret@example.com');
        expect(page.body).not.toContain('onboarding');
      }
    }
    for (const wrong of [writeKey, '', 'x']) {
      const { answer, cookie } = await login(wrong);
      expect(answer.statusCode).toBe(401);
      expect(cookie).toBe('');
    }
  });

  it('opens with the admin key, in a cookie that scripts and other sites cannot use', async () => {
    const { answer, cookie } = await login(adminKey);
    expect(answer.headers['set-cookie']).toMatch(/HttpOnly; SameSite=Lax$/);
    const page = await api.app.inject({ url: '/', headers: { cookie, 'accept-language': 'en' } });
    expect(page.statusCode).toBe(200);
    for (const name of ['onboarding', 'upsell', 'winback', 'maintenance', 'Latest messages']) {
      expect(page.body).toContain(name);
    }
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    const link = await api.app.inject({ url: `/?key=${adminKey}` });
    expect(link.headers).toMatchObject({ location: '/', 'set-cookie': expect.any(String) as string });
  });

  it('speaks the language that was chosen, else the browser’s, else the business’s', async () => {
    const { cookie } = await login(adminKey);
    const title = async (headers: Record<string, string>) =>
      /<title>([^<]*) · Perene<\/title>/.exec((await api.app.inject({ url: '/', headers })).body)?.[1];
    expect(await title({ cookie })).toBe('Visão geral');
    expect(await title({ cookie, 'accept-language': 'en-GB,en;q=0.9' })).toBe('Overview');
    const chosen =
      (await api.app.inject('/?lang=pt-BR')).headers['set-cookie']?.toString().split(';')[0] ?? '';
    expect(await title({ cookie: `${cookie}; ${chosen}`, 'accept-language': 'en' })).toBe('Visão geral');
  });

  it.each([
    '/console/customers?id=ana',
    '/console/journeys/upsell?step=email%3Aupsell-offer',
    '/console/keys',
    '/console/audit',
    '/console/models',
  ])('stays on the page where another language is chosen: %s', async (url) => {
    const { cookie } = await login(adminKey);
    const page = await api.app.inject({ url, headers: { cookie, 'accept-language': 'en' } });
    const [, link = ''] = /<a href="([^"]*)" lang="pt-BR"/.exec(page.body) ?? [];
    const chosen = await api.app.inject({ url: link.replaceAll('&amp;', '&'), headers: { cookie } });
    expect(chosen.statusCode).toBe(303);
    expect(chosen.headers['set-cookie']).toContain('perene_lang=pt-BR');
    expect(chosen.headers.location).toBe(url);
  });

  it('shows a customer’s history, with what they wrote as text', async () => {
    const { cookie } = await login(adminKey);
    const id = uniqueName('ana');
    await api.store.customers.collection.insertOne(
      customer({ _id: id, firstName: '<script>alert(1)</script>' }),
    );
    await api.store.events.insert([
      event({ name: 'form.sent', customerId: id, properties: { text: '<img src=x>' } }),
    ]);
    const page = await api.app.inject({ url: `/console/customers?id=${id}`, headers: { cookie } });
    expect(page.body).toContain('&lt;script&gt;alert(1)&lt;/script&gt;');
    expect(page.body).toContain('&lt;img src=x&gt;');
    expect(page.body).not.toContain('<script');
  });

  it('shows what a decision chose and why, and why it left the others out', async () => {
    const { cookie } = await login(adminKey);
    const id = uniqueName('ana');
    await api.store.customers.collection.insertOne(customer({ _id: id }));
    await api.store.offers.save('alignment', offer({ lever: 2 }), new Date());
    await api.store.offers.save('club', offer({ rules: [{ rule: 'segment', segment: 'vip' }] }), new Date());
    const { body } = await api.admin('POST', '/v1/decisions', { customerId: id, slot: 'upsell' });
    const url = `/console/decisions?id=${String(body['decisionId'])}`;
    const history = await api.app.inject({ url: `/console/customers?id=${id}`, headers: { cookie } });
    expect(history.body).toContain(url);
    const page = (language: string, headers: Record<string, string>) =>
      api.app.inject({ url, headers: { 'accept-language': language, ...headers } });
    const english = (await page('en', { cookie })).body;
    expect(english).toContain('marketer’s lever: × 2');
    expect(english).toContain('It is only for customers in the segment vip, and this one is not.');
    const portuguese = (await page('pt-BR', { cookie })).body;
    expect(portuguese).toContain('ajuste do marketing: × 2');
    expect(portuguese).toContain('É só para clientes do segmento vip, e este não é.');
    expect((await page('en', {})).body).toContain('type="password"');
  });

  it('shows what customers answered to the surveys of a journey', async () => {
    const { cookie } = await login(adminKey);
    const at = new Date();
    await api.store.events.collection.insertMany(
      [10, 9, 3].map((score) => ({
        _id: uniqueName('answer'),
        name: 'survey.answered',
        customerId: null,
        properties: { survey: 'nps', journey: 'winback', score },
        occurredAt: at,
        receivedAt: at,
      })),
    );
    const headers = { cookie: `${cookie}; perene_lang=en` };
    const page = await api.app.inject({ url: '/console/journeys/winback', headers });
    expect(page.body).toContain('Would recommend (NPS)');
    expect(page.body).toMatch(/\+33\.3[^]*Answers: 3 \(95 % sure: -[\d.]+ to \+[\d.]+\)/);
    const other = await api.app.inject({ url: '/console/journeys/upsell', headers });
    expect(other.body).not.toContain('NPS');
  });

  it('pauses and resumes a journey, for the team alone', async () => {
    const { cookie } = await login(adminKey);
    const press = (act: string, headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: `/console/journeys/winback/${act}`, headers });
    await press('pause', {});
    expect(await api.store.journeys.paused()).toEqual(new Set());
    expect((await press('pause', { cookie })).statusCode).toBe(303);
    expect(await api.store.journeys.paused()).toEqual(new Set(['winback']));
    await press('resume', { cookie });
    expect(await api.store.journeys.paused()).toEqual(new Set());
  });
});

describe('sessions', () => {
  const at = new Date('2026-03-01T09:00:00Z');
  const later = (hours: number) => new Date(at.getTime() + hours * 3_600_000);
  const cookieOf = (header: string) => header.split(';')[0];

  it('last twelve hours', () => {
    const sessions = createSessions(testConfiguration());
    const cookie = cookieOf(sessions.begin(at));
    expect(sessions.isOpen(cookie, later(11.99))).toBe(true);
    expect(sessions.isOpen(`other=1; ${cookie ?? ''}`, later(1))).toBe(true);
    expect(sessions.isOpen(cookie, later(12))).toBe(false);
    expect(sessions.isOpen(cookieOf(sessions.end()), at)).toBe(false);
  });

  it('end with the admin key', () => {
    const cookie = cookieOf(createSessions(testConfiguration()).begin(at));
    const keys = { ...testConfiguration().keys, admin: 'another-admin-key-entirely' };
    expect(createSessions(testConfiguration({ keys })).isOpen(cookie, at)).toBe(false);
  });

  it('travel only encrypted where the API is reached by https', () => {
    const http = { port: 3000, publicUrl: 'https://perene.example' };
    expect(createSessions(testConfiguration({ http })).begin(at)).toContain('; Secure');
  });
});
