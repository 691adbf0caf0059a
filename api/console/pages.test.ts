import { load } from 'cheerio';
import { HtmlValidate } from 'html-validate';
import { signLink } from '../../activities/messaging/links';
import { adminKey, eventually, testApi, testConfiguration, type TestApi } from '../../test/api';
import { message } from '../../test/builders';
import { everything } from '../../test/console-data';

let api: TestApi;
let cookie = '';
let decision = '';
beforeAll(async () => {
  api = await testApi();
  decision = await everything(api);
  const answer = await api.app.inject({ url: `/?key=${adminKey}` });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
  await eventually(async () => (await api.store.audit.collection.countDocuments()) > 0);
});
afterAll(() => api.close());

/** By route, every page that it gives. */
const pages: Readonly<Record<string, readonly string[]>> = {
  '/': ['/'],
  '/console/journeys/:name': [
    ...['/console/journeys/upsell', '/console/journeys/upsell?over=yes', '/console/journeys/double-opt-in'],
    ...['/console/journeys/upsell?step=wait%3A14d', '/console/journeys/upsell?ask=pause'],
  ],
  '/console/journeys/:name/results': [
    '/console/journeys/upsell/results',
    '/console/journeys/aftercare/results',
  ],
  '/console/customers': [
    ...['/console/customers', '/console/customers?id=ana', '/console/customers?id=nobody'],
    '/console/customers?id=ana&out=upsell%2Fana%231',
  ],
  '/console/models': ['/console/models'],
  '/console/measures': ['/console/measures'],
  '/console/decisions': ['/console/decisions?id='],
  '/console/keys': ['/console/keys', '/console/keys?revoke='],
  '/console/audit': ['/console/audit'],
  '/console/broadcasts': ['/console/broadcasts'],
  '/console/broadcasts/:id': [
    ...['/console/broadcasts/spring', '/console/broadcasts/spring?ask=cancel'],
    '/console/broadcasts/spring?ask=pause',
  ],
  '/console/deliveries': [
    ...['/console/deliveries', '/console/deliveries?state=failed', '/console/deliveries?state=replaying'],
    ...['/console/deliveries?state=failed&ask=a', '/console/deliveries?state=failed&all=crm'],
  ],
};
/** Routes that lead to another page. */
const ways = ['/console/journeys/:name/pause', '/console/journeys/:name/resume'];

/** The rules of structure and accessibility; their taste in spelling apart. */
const rules = new HtmlValidate({
  root: true,
  extends: ['html-validate:standard', 'html-validate:a11y', 'html-validate:document'],
  rules: {
    'void-style': 'off',
    'doctype-style': 'off',
    'no-trailing-whitespace': 'off',
    'attribute-boolean-style': 'off',
    'attribute-empty-style': 'off',
    'no-implicit-button-type': 'off',
    'long-title': 'off',
    // A section with a name would be another landmark; a region that scrolls has to be one.
    'prefer-native-element': 'off',
  },
});

/** What is wrong with a page, in words. */
async function faultsOf(body: string, language: string): Promise<string[]> {
  // The structure is the same in each language.
  const { results } = language === 'en' ? await rules.validateString(body) : { results: [] };
  const $ = load(body);
  const levels = $('h1,h2,h3,h4,h5,h6')
    .map((_, { tagName }) => Number(tagName[1]))
    .get();
  const skips = levels.filter((level, n) => level > (levels[n - 1] ?? 0) + 1);
  const own: readonly (readonly [string, boolean])[] = [
    [`says its language: ${language}`, $('html').attr('lang') === language],
    ['one h1', levels.filter((level) => level === 1).length === 1],
    [`headings without a gap: ${levels.join()}`, skips.length === 0],
    ['one main', $('main').length === 1],
    ['every table in a named region', $('table').length === $('[role=region][aria-label]:has(table)').length],
    ['every heading of a table with its scope', $('th:not([scope])').length === 0],
    ['no focus out of order', $('[tabindex]:not([tabindex=0],[tabindex=-1])').length === 0],
    ['no script', $('script').length === 0],
  ];
  return [
    ...results.flatMap(({ messages }) =>
      messages.map(({ ruleId, message: text, line }) => `${ruleId}: ${text} (line ${line})`),
    ),
    ...own.filter(([, holds]) => !holds).map(([rule]) => `not: ${rule}`),
  ];
}

const get = (url: string, language: string) =>
  api.app.inject({ url, headers: { cookie, 'accept-language': language } });

describe.each(['en', 'pt-BR'])('in %s', (language) => {
  it.each(Object.values(pages).flat())('%s can be used by everybody', async (url) => {
    const [key] = await api.store.apiKeys.list();
    const whole = `${url}${url.endsWith('decisions?id=') ? encodeURIComponent(decision) : url.endsWith('=') ? (key?._id ?? '') : ''}`;
    const { body, statusCode } = await get(whole, language);
    expect(statusCode).toBe(200);
    expect(await faultsOf(body, language)).toEqual([]);
    const $ = load(body);
    const skip = $('body > a').first();
    expect(skip.attr('href')).toBe(`#${$('main').attr('id') ?? ''}`);
    const form = $('main form.ask');
    expect(form.length).toBe(/[?&](ask|all|out|revoke)=/.test(url) ? 1 : 0);
  });

  it('the pages that an answer brings can, too', async () => {
    const post = (url: string, payload: string, headers: Record<string, string> = { cookie }) =>
      api.app.inject({
        method: 'POST',
        url,
        headers: {
          ...headers,
          'accept-language': language,
          'content-type': 'application/x-www-form-urlencoded',
        },
        payload,
      });
    const answers = [
      await get('/console/keys', language).then(() => post('/console/keys', 'name=new&scope=read')),
      await post('/console/customers', 'who=nobody@example.com'),
      await post('/console/deliveries/d/replay', ''),
      await post('/console/login', 'key=wrong', {}),
      await api.app.inject({ url: '/console/keys', headers: { 'accept-language': language } }),
    ];
    expect(answers.map(({ statusCode }) => statusCode)).toEqual([200, 200, 409, 401, 200]);
    for (const { body } of answers) expect(await faultsOf(body, language)).toEqual([]);
  });

  it('so can those that customers see', async () => {
    const { secret } = testConfiguration().keys;
    const customerId = `reader-${language}`;
    const { locale, ...reader } = (await api.store.customers.find('ana')) ?? {};
    expect(locale).toBe('pt-BR');
    const email = `${customerId}@example.com`;
    await api.store.customers.collection.insertOne({
      ...(reader as NonNullable<Awaited<ReturnType<typeof api.store.customers.find>>>),
      ...{ _id: customerId, email, locale: language },
    });
    const messageId = `${customerId}/nps`;
    await api.store.messages.collection.insertOne(
      message({ _id: messageId, customerId, template: 'survey-nps', survey: 'nps' }),
    );
    const link = (wish: Parameters<typeof signLink>[0]) => signLink(wish, secret);
    const urls = [
      `/u/${link({ kind: 'unsubscribe', customerId, channel: 'email', topic: 'offers' })}`,
      `/p/${link({ kind: 'preferences', customerId })}`,
      `/s/${link({ kind: 'survey', customerId, messageId })}`,
      '/p/nonsense',
    ];
    for (const url of urls) {
      const { body } = await get(url, language);
      expect([url, await faultsOf(body, language)]).toEqual([url, []]);
    }
  });
});

it('no page of the console is left out', () => {
  const prefixes: string[] = [];
  const routes = api.app
    .printRoutes()
    .split('\n')
    .flatMap((line) => {
      const [, indent = '', part = '', methods = ''] = /^(.*?)[├└]── (.*?)(?: \((.*)\))?$/.exec(line) ?? [];
      const depth = indent.length / 4;
      prefixes.splice(depth, Infinity, part === '(empty root node)' ? '' : part);
      return methods.includes('GET') ? [prefixes.join('')] : [];
    });
  const ours = routes.filter((route) => route === '/' || route.startsWith('/console/'));
  expect(ours.sort()).toEqual([...Object.keys(pages), ...ways].sort());
});
