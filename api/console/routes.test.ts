import { customer, event, offer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { adminKey, testApi, testConfiguration, writeKey, type TestApi } from '../../test/api';
import type { EnrolmentDocument } from '../../store/enrolments';
import { createSessions } from './session';

let api: TestApi;
let cookie: string;
beforeAll(async () => {
  api = await testApi();
  ({ cookie } = await login(adminKey));
});
afterAll(() => api.close());

const form = (url: string, fields: Record<string, string>) =>
  api.app.inject({
    method: 'POST',
    url,
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: new URLSearchParams(fields).toString(),
  });

async function login(key: string) {
  const answer = await form('/console/login', { key });
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
        expect(page.body).not.toContain('order.completed');
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
    const page = await api.app.inject({ url, headers: { cookie, 'accept-language': 'en' } });
    const [, link = ''] = /<a href="([^"]*)" lang="pt-BR"/.exec(page.body) ?? [];
    const chosen = await api.app.inject({ url: link.replaceAll('&amp;', '&'), headers: { cookie } });
    expect(chosen.statusCode).toBe(303);
    expect(chosen.headers['set-cookie']).toContain('perene_lang=pt-BR');
    expect(chosen.headers.location).toBe(url);
  });

  it('shows a customer’s history, with what they wrote as text', async () => {
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
    expect(page.body).toContain('Response: none was sent');
    const other = await api.app.inject({ url: '/console/journeys/upsell', headers });
    expect(other.body).not.toContain('NPS');
  });

  it('pauses and resumes a journey, for the team alone', async () => {
    const press = (act: string, headers: Record<string, string>) =>
      api.app.inject({ method: 'POST', url: `/console/journeys/winback/${act}`, headers });
    await press('pause', {});
    expect(await api.store.journeys.paused()).toEqual(new Set());
    const paused = await press('pause', { cookie });
    expect(paused).toMatchObject({ statusCode: 303, headers: { location: '/console/journeys/winback' } });
    expect(await api.store.journeys.paused()).toEqual(new Set(['winback']));
    const page = await api.app.inject({ url: paused.headers.location ?? '', headers: { cookie } });
    expect(page.body).toContain('action="/console/journeys/winback/resume"');
    await press('resume', { cookie });
    expect(await api.store.journeys.paused()).toEqual(new Set());
    const again = await api.app.inject({ url: '/console/journeys/winback/pause', headers: { cookie } });
    expect(again.headers.location).toBe('/console/journeys/winback');
  });

  it('leads who logs in to the page they wanted, and never elsewhere', async () => {
    const locked = await api.app.inject('/console/journeys/upsell?step=x');
    expect(locked.body).toContain('name="to" value="/console/journeys/upsell?step=x"');
    const leads = async (to: string) =>
      (await form('/console/login', { key: adminKey, to })).headers.location;
    expect(await leads('/console/journeys/upsell?step=x')).toBe('/console/journeys/upsell?step=x');
    for (const to of [
      'https://evil.example/',
      '//evil.example/',
      '/\\evil.example',
      '/console/\r\nx: y',
      '/v1/keys',
    ]) {
      expect(await leads(to)).toBe('/');
    }
  });

  it('shows who is inside a journey, and who is through', async () => {
    const headers = { cookie: `${cookie}; perene_lang=en` };
    const [inside, through] = [uniqueName('inside'), uniqueName('through')];
    const enrolment = (
      customerId: string,
      change: Pick<EnrolmentDocument, 'open'> & Partial<EnrolmentDocument>,
    ) => ({
      ...{ _id: `aftercare/${customerId}#1`, workflowId: `aftercare/${customerId}`, n: 1, customerId },
      ...{
        journey: 'aftercare',
        triggerEventId: customerId,
        holdout: false,
        startedAt: new Date(),
        trace: [],
      },
      ...change,
    });
    await api.store.enrolments.collection.insertMany([
      enrolment(inside, { open: true, step: 'survey:csat' }),
      enrolment(through, { open: false, outcome: 'completed' }),
    ]);
    const page = async (query: string) =>
      (await api.app.inject({ url: `/console/journeys/aftercare${query}`, headers })).body;
    expect(await page('')).toContain(inside);
    expect(await page('')).not.toContain(through);
    expect(await page('?over=yes')).toContain(through);
    expect(await page('?over=yes')).not.toContain(inside);
  });

  it('tells what a customer consented to, and what they have not confirmed', async () => {
    const id = uniqueName('ana');
    const at = new Date();
    await api.store.customers.collection.insertOne(
      customer({
        _id: id,
        locale: 'not a tag',
        consent: {
          email: { granted: true, at, source: 'signup', except: ['offers'] },
          sms: { granted: false, at, source: 'signup', awaiting: { topics: ['service'], since: at } },
        },
      }),
    );
    await api.store.events.insert([
      event({
        name: 'order.completed',
        customerId: id,
        properties: { amount: 69_000, currency: 'BRL', orderId: 'o-7' },
      }),
    ]);
    const headers = { cookie: `${cookie}; perene_lang=en` };
    const { body } = await api.app.inject({ url: `/console/customers?id=${id}`, headers });
    const text = body.replace(/<[^>]*>/g, ' ').replace(/\s+/g, ' ');
    for (const words of [
      'E-mail: yes (not',
      'SMS: no',
      'not confirmed yet',
      'amount R$690.00',
      'orderId o-7',
      'not a tag',
    ]) {
      expect(text).toContain(words);
    }
  });

  it('says of every column and every table what it shows', async () => {
    for (const url of [
      '/',
      '/console/journeys/winback',
      '/console/keys',
      '/console/audit',
      '/console/measures',
    ]) {
      const { body } = await api.app.inject({ url, headers: { cookie } });
      expect(body.match(/<h1/g)).toHaveLength(1);
      expect(body.match(/<th(?=[ >])(?! scope=)/g)).toBeNull();
      expect(body.match(/<table/g) ?? []).toHaveLength(
        body.match(/role="region" aria-label="[^"]+"/g)?.length ?? 0,
      );
    }
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
