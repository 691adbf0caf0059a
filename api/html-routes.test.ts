import { subscribe, unsubscribe } from 'node:diagnostics_channel';
import type { FastifyInstance } from 'fastify';
import { load } from 'cheerio';
import { addressMark } from '../activities/messaging/links';
import { locales, type Locale } from '../domain/locale';
import { adminKey, testApi, testConfiguration, type TestApi } from '../test/api';
import { expectStrict, faults, policyOf } from '../test/page-faults';
import { hostile, mark, plantHostile, type Victim } from '../test/hostile-store';

/** A request to a route, and what comes of it. */
interface Visit {
  readonly path: string;
  readonly form?: Readonly<Record<string, string>>;
  readonly as?: 'team' | 'caller';
  readonly status: number;
  /** A page, in the language of the reader or of its own; anything else is no HTML. */
  readonly page?: 'hostile' | 'plain' | 'documentation';
}

const at = new Date('2096-03-07T15:00:00Z');
const { secret } = testConfiguration().keys;
const bad = encodeURIComponent(hostile);
const routes: { readonly method: string; readonly url: string; readonly isHidden: boolean }[] = [];
const victims = new Map<Locale, Victim>();
let api: TestApi;
let session: string;
let keyId: string;

beforeAll(async () => {
  const begun = 'fastify.initialization';
  const note = (message: unknown): void => {
    const { fastify } = message as { readonly fastify: FastifyInstance };
    fastify.addHook('onRoute', ({ method, url, schema }) => {
      for (const each of [method].flat()) {
        if (each !== 'HEAD')
          routes.push({ method: each, url, isHidden: schema === undefined || 'hide' in schema });
      }
    });
  };
  subscribe(begun, note);
  const business = { ...testConfiguration().business, name: hostile };
  const temporal = { ...testConfiguration().temporal, uiUrl: 'https://temporal.example' };
  api = await testApi({ configuration: testConfiguration({ business, temporal }), now: () => at });
  unsubscribe(begun, note);
  for (const locale of locales) victims.set(locale, await plantHostile(api.store, locale, at));
  ({
    document: { _id: keyId },
  } = await api.store.apiKeys.create({ name: hostile, scope: 'read', createdAt: at }));
  const login = await api.app.inject({ method: 'POST', url: '/console/login', ...formOf({ key: adminKey }) });
  session = String(login.headers['set-cookie']).split(';')[0] ?? '';
});
afterAll(() => api.close());

const formOf = (fields: Readonly<Record<string, string>>) => ({
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload: new URLSearchParams(fields).toString(),
});

/** Every route that is not in the document of the API: those for people. One that is not here fails the test. */
function visits(
  locale: Locale,
  { id, decisionId, surveyId, tracked, token }: Victim,
): Record<string, readonly Visit[]> {
  const page = { status: 200, page: 'hostile' } as const;
  const plain = { status: 200, page: 'plain' } as const;
  const team = { ...page, as: 'team' } as const;
  const back = { as: 'team', status: 303 } as const;
  const invalid = (path: string): Visit => ({ path: `${path}${bad}`, status: 400, page: 'hostile' });
  const broadcast = `/console/broadcasts/${mark}-${locale.toLowerCase()}`;
  const lowSecret = { customerId: id, since: at.getTime(), mark: addressMark(hostile, secret) };
  const links = {
    unsubscribe: `/u/${token({ kind: 'unsubscribe', customerId: id, channel: 'email', topic: 'offers' })}`,
    preferences: `/p/${token({ kind: 'preferences', customerId: id })}`,
    confirm: `/k/${token({ kind: 'confirm', ...lowSecret })}`,
    confirmed: `/k/${token({ kind: 'confirm', ...lowSecret, mark: hostile })}`,
    survey: `/s/${token({ kind: 'survey', customerId: id, messageId: surveyId })}`,
    gone: `/s/${token({ kind: 'survey', customerId: id, messageId: hostile })}`,
  };
  return {
    'GET /': [
      { ...team, path: '/' },
      { ...plain, path: `/?key=${bad}` },
    ],
    'GET /console/journeys/:name': [
      { ...team, path: `/console/journeys/winback?step=${bad}` },
      { ...team, path: '/console/journeys/winback?over=yes' },
      { ...team, path: '/console/journeys/winback?ask=pause' },
      { ...plain, path: `/console/journeys/${bad}` },
    ],
    'GET /console/journeys/:name/results': [{ ...team, path: '/console/journeys/winback/results' }],
    'GET /console/customers': [
      { ...team, path: `/console/customers?id=${encodeURIComponent(id)}` },
      { ...team, path: `/console/customers?id=${encodeURIComponent(`${mark}">'<${mark}>`)}` },
      { ...team, path: '/console/customers' },
    ],
    'POST /console/customers': [
      { ...team, path: '/console/customers', form: { who: hostile.slice(0, 200) } },
      { ...back, path: '/console/customers', form: { who: id } },
    ],
    'GET /console/deliveries': [
      { ...team, path: '/console/deliveries' },
      { ...team, path: '/console/deliveries?state=planned' },
      {
        ...team,
        path: `/console/deliveries?state=failed&ask=${encodeURIComponent(`${hostile}/${locale}/alert`)}`,
      },
      { ...team, path: '/console/deliveries?state=failed&all=crm' },
      { as: 'team', path: `/console/deliveries?all=${bad}`, status: 400 },
    ],
    'POST /console/webhooks/:name/enable': [
      { as: 'team', path: `/console/webhooks/${bad}/enable`, form: {}, status: 400 },
      { as: 'team', path: `/console/webhooks/${mark}/enable`, form: {}, status: 404 },
    ],
    'POST /console/deliveries/:id/replay': [
      { as: 'team', path: `/console/deliveries/${bad}/replay`, form: {}, status: 404 },
      { ...back, path: `/console/deliveries/${bad}%2F${locale}%2Fwebhook/replay`, form: {} },
      {
        ...{ ...team, path: `/console/deliveries/${bad}%2F${locale}%2Fwebhook/replay` },
        ...{ form: {}, status: 409 },
      },
    ],
    'POST /console/deliveries/:name/replay-all': [
      { as: 'team', path: `/console/deliveries/${bad}/replay-all`, form: {}, status: 400 },
      { ...back, path: `/console/deliveries/${mark}/replay-all`, form: {} },
    ],
    'GET /console/models': [{ ...team, path: '/console/models' }],
    'GET /console/decisions': [{ ...team, path: `/console/decisions?id=${encodeURIComponent(decisionId)}` }],
    'GET /console/keys': [
      { ...team, path: '/console/keys' },
      { ...team, path: `/console/keys?revoke=${keyId}` },
    ],
    'POST /console/keys': [{ ...team, path: '/console/keys', form: { name: `${mark} key`, scope: 'read' } }],
    'POST /console/keys/:id/rotate': [
      { ...team, path: `/console/keys/${keyId}/rotate`, form: {} },
      { as: 'team', path: `/console/keys/${encodeURIComponent('<b>')}/rotate`, form: {}, status: 404 },
    ],
    'POST /console/keys/:id/revoke': [{ ...back, path: `/console/keys/${mark}/revoke`, form: {} }],
    'GET /console/audit': [{ ...team, path: '/console/audit' }],
    'GET /console/broadcasts': [{ ...team, path: '/console/broadcasts' }],
    'GET /console/broadcasts/:id': [
      { ...team, path: broadcast },
      { ...team, path: `${broadcast}?ask=cancel` },
      { ...team, path: `${broadcast}?ask=pause&live=yes` },
    ],
    ...Object.fromEntries(
      ['pause', 'resume', 'cancel'].map((act) => [
        `POST /console/broadcasts/:id/${act}`,
        [{ ...team, path: `${broadcast}/${act}`, form: {}, status: 409 }],
      ]),
    ),
    'GET /console/measures': [{ ...team, path: '/console/measures' }],
    ...Object.fromEntries(
      ['GET', 'POST'].flatMap((method) =>
        ['pause', 'resume'].map((act) => [
          `${method} /console/journeys/:name/${act}`,
          [{ ...back, path: `/console/journeys/winback/${act}`, ...(method === 'POST' && { form: {} }) }],
        ]),
      ),
    ),
    'POST /console/journeys/:name/enrolments/:id/exit': [
      { as: 'team', path: `/console/journeys/winback/enrolments/${bad}/exit`, form: {}, status: 404 },
    ],
    'POST /console/login': [
      { ...plain, path: '/console/login', form: { key: hostile, to: hostile }, status: 401 },
    ],
    'POST /console/logout': [{ path: '/console/logout', form: {}, status: 303 }],
    'GET /u/:token': [
      { ...page, path: links.unsubscribe },
      invalid('/u/'),
      { ...invalid(''), path: `/u/${'a'.repeat(9_000)}` },
    ],
    'POST /u/:token': [
      { ...page, path: links.unsubscribe, form: { [hostile]: hostile } },
      { ...invalid('/u/'), form: {} },
    ],
    'GET /p/:token': [{ ...page, path: links.preferences }, invalid('/p/')],
    'POST /p/:token': [
      { ...page, path: links.preferences, form: { [hostile]: hostile } },
      { ...invalid('/p/'), form: {} },
    ],
    'GET /k/:token': [{ ...page, path: links.confirm }, { ...page, path: links.confirmed }, invalid('/k/')],
    'POST /k/:token': [
      { ...page, path: links.confirmed, form: {} },
      { ...invalid('/k/'), form: {} },
    ],
    'GET /s/:token': [
      { ...page, path: `${links.survey}?score=${bad}` },
      { ...page, path: links.gone, status: 404 },
      invalid('/s/'),
    ],
    'POST /s/:token': [
      { ...page, path: links.survey, form: { score: hostile, comment: hostile }, status: 400 },
      { ...page, path: links.survey, form: { score: '3', comment: hostile } },
      { ...page, path: links.gone, form: {}, status: 404 },
      { ...invalid('/s/'), form: {} },
    ],
    'GET /c/:token': [{ path: `/c/${tracked}`, status: 302 }, invalid('/c/')],
    'GET /o/:token': [
      { path: `/o/${tracked.slice(0, -1)}`, status: 200 },
      { path: `/o/${bad}`, status: 200 },
    ],
    'GET /v1/customers/:id/export.html': [
      { ...page, as: 'caller', path: `/v1/customers/${encodeURIComponent(id)}/export.html` },
      { as: 'caller', path: `/v1/customers/${encodeURIComponent('<b>')}/export.html`, status: 404 },
    ],
    'GET /docs': ['/docs', '/docs/'].map((path) => ({ status: 200, page: 'documentation', path })),
    'GET /docs/static/*': [
      { path: '/docs/static/swagger-initializer.js', status: 200 },
      { path: `/docs/static/${bad}`, status: 400 },
    ],
  };
}

/** Those for programs. */
const others = /^(GET \/(openapi\.json|metrics|docs\/(json|yaml|static\/[\w.-]+))|OPTIONS \*)$/;

async function visit({ path: url, form, as }: Visit, method: string, locale: Locale) {
  const headers = {
    'accept-language': locale,
    ...(as === 'team' && { cookie: `${session}; perene_lang=${locale}` }),
    ...(as === 'caller' && { authorization: `Bearer ${adminKey}` }),
  };
  const sent = form && formOf(form);
  return api.app.inject({
    ...{ method: method as 'GET', url, headers: { ...headers, ...sent?.headers } },
    ...(sent && { payload: sent.payload }),
  });
}

it('every route that answers people is tried below', () => {
  const tried = Object.keys(visits('en', victims.get('en') as Victim));
  const there = routes.filter(({ isHidden }) => isHidden).map(({ method, url }) => `${method} ${url}`);
  expect(tried.sort()).toEqual([...new Set(there.filter((route) => !others.test(route)))].sort());
});

it.each(locales)(
  'shows hostile values as text on every page, under a strict policy, in %s',
  async (locale) => {
    const pages = new Set<string>();
    for (const [route, all] of Object.entries(visits(locale, victims.get(locale) as Victim))) {
      const [method = ''] = route.split(' ');
      for (const each of all) {
        const answer = await visit(each, method, locale);
        const isHtml = String(answer.headers['content-type']).startsWith('text/html');
        const is = { route, path: each.path, status: answer.statusCode, isHtml };
        expect(is).toEqual({ ...is, status: each.status, isHtml: each.page !== undefined });
        expectStrict(answer);
        if (!isHtml) continue;
        const isDocumentation = each.page === 'documentation';
        expect({ ...is, faults: faults(answer.body, isDocumentation) }).toEqual({ ...is, faults: [] });
        expect(policyOf(answer).get('script-src')).toBe(isDocumentation ? "'self'" : undefined);
        if (isDocumentation) continue;
        expect(load(answer.body)('html').attr('lang')).toBe(locale);
        expect(answer.headers['cache-control']).toBe('no-store');
        expect({ ...is, shows: load(answer.body)('body').text().includes(mark) }).toEqual({
          ...is,
          shows: each.page === 'hostile',
        });
        pages.add(route);
      }
    }
    expect(pages.size).toBeGreaterThan(25);
  },
);

it('gives programs no HTML, whatever they ask', async () => {
  const document = (await api.app.inject('/openapi.json')).json<{
    paths: Record<string, Record<string, unknown>>;
  }>();
  const operations = Object.entries(document.paths).flatMap(([path, methods]) =>
    Object.keys(methods).map((method) => ({
      method: method.toUpperCase(),
      path: path.replace(/\{\w+\}/g, bad),
    })),
  );
  expect(operations.length).toBeGreaterThan(45);
  const odd = [`/${bad}`, `/console/${bad}`, `/docs/${bad}`, `/v1/messages?customerId=x&${bad}=${bad}`];
  for (const { method, path } of [...operations, ...odd.map((path) => ({ method: 'GET', path }))]) {
    const answer = await visit(
      { path, as: 'caller', status: 0, ...(method !== 'GET' && { form: { [hostile]: hostile } }) },
      method,
      'en',
    );
    expect({ method, path, type: String(answer.headers['content-type']) }).not.toMatchObject({
      type: expect.stringContaining('html') as string,
    });
    expectStrict(answer);
  }
});
