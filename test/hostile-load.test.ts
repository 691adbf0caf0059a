import { signLink, type PublicLink } from '../activities/messaging/links';
import { seededRandom } from '../scoring/random';
import { testApi, testConfiguration, type TestApi } from './api';
import { customer } from './builders';
import { uniqueName } from './servers';

const { secret } = testConfiguration().keys;
const sms = {
  ratePerSecond: 10,
  twilio: {
    accountSid: `AC${'a'.repeat(32)}`,
    authToken: 'a token of the tests',
    messagingServiceSid: `MG${'b'.repeat(32)}`,
    baseUrl: 'https://api.twilio.com',
  },
};
let api: TestApi;
beforeAll(async () => (api = await testApi({ configuration: testConfiguration({ sms }) })));
afterAll(() => api.close());

/** Whom the attacks are after. */
const target = customer({ _id: uniqueName('target'), phone: '+5511987650007' });

/** Requests of each kind, and how many are under way at once. */
const [good, hostile, atOnce] = [600, 660, 40];

interface Request {
  readonly url: string;
  /** A string is sent as a form. */
  readonly body: object | string;
  readonly headers: Readonly<Record<string, string>>;
  readonly expects: readonly number[];
}

const withKey = (key: string) => ({ authorization: `Bearer ${key}` });
const form = { 'content-type': 'application/x-www-form-urlencoded' };

describe('a crowd of valid, repeated and hostile requests', () => {
  it('loses nothing and lets nothing in', async () => {
    await api.store.customers.collection.insertOne(target);
    const run = uniqueName('load');
    const write = withKey('write-key-of-a-test');
    const ids = Array.from({ length: good }, (_, n) => `${run}-${n}`);
    const valid = ids.map((messageId, n): Request => {
      const body = { userId: `${run}-c${n % 50}`, messageId, event: 'load.valid', properties: { n } };
      return { url: '/v1/track', body, headers: write, expects: [200] };
    });
    const attacks: readonly ((n: number) => Request)[] = [
      (n) => ({
        ...attack({ userId: { $ne: null }, event: 'load.hostile' }, n),
        headers: write,
        expects: [400],
      }),
      (n) => attack({ userId: 'a', event: 'load.hostile' }, n),
      (n) => ({ ...attack({ event: 'load.hostile' }, n), headers: write, expects: [400] }),
      (n) => ({ ...attack({ userId: 'a', event: 'x'.repeat(200) }, n), headers: write, expects: [400] }),
      (n) => ({
        ...attack({ userId: 'a', event: 'order.completed', properties: {} }, n),
        headers: write,
        expects: [400],
      }),
      (n) => ({
        ...attack({ customerId: 'a', slot: 'upsell' }, n),
        url: '/v1/decisions',
        headers: write,
        expects: [403],
      }),
      (n) => ({ ...attack({ rows: [] }, n), url: '/v1/consents/import', headers: write, expects: [403] }),
      (n) => forged({ kind: 'unsubscribe', customerId: target._id, channel: 'email', topic: 'offers' }, n),
      (n) => forged({ kind: 'preferences', customerId: target._id }, n),
      (n) => forged({ kind: 'survey', customerId: target._id, messageId: `onboarding/${target._id}#1/s` }, n),
      (n) => ({
        url: '/webhooks/twilio/inbound',
        body: new URLSearchParams({
          From: target.phone ?? '',
          Body: 'STOP',
          MessageSid: `SM${String(n).padStart(32, '0')}`,
        }).toString(),
        headers: { ...form, 'x-twilio-signature': Buffer.from(`a guess ${n}`).toString('base64') },
        expects: [403],
      }),
    ];
    const bad = Array.from({ length: hostile }, (_, n) =>
      (attacks[n % attacks.length] ?? attack.bind(null, {}))(n),
    );
    const crowd = shuffled([...valid, ...valid, ...bad]);
    const wrong: string[] = [];
    const counts: Record<number, number> = {};
    const queue = crowd.values();
    await Promise.all(
      Array.from({ length: atOnce }, async () => {
        for (const { url, body, headers, expects } of queue) {
          const { statusCode } = await api.app.inject({ method: 'POST', url, headers, payload: body });
          counts[statusCode] = (counts[statusCode] ?? 0) + 1;
          if (!expects.includes(statusCode)) wrong.push(`${url} ${statusCode}`);
        }
      }),
    );
    expect(wrong).toEqual([]);
    expect(counts[200]).toBe(2 * good);
    const stored = await api.store.events.collection
      .find()
      .project<{ _id: string; name: string }>({ name: 1 })
      .toArray();
    expect(stored.map(({ _id }) => _id).sort()).toEqual([...ids].sort());
    expect(new Set(stored.map(({ name }) => name))).toEqual(new Set(['load.valid']));
    expect(await api.store.customers.collection.countDocuments({ attributes: { $ne: {} } })).toBe(0);
    expect(await api.store.customers.find(target._id)).toEqual(target);
    expect(await api.store.consents.collection.countDocuments()).toBe(0);
    expect(await api.store.suppressions.collection.countDocuments()).toBe(0);
  });
});

/** A request with a key of nobody. */
const attack = (body: object, n: number): Request => ({
  url: '/v1/track',
  body: { messageId: `hostile-${n}`, ...body },
  headers: withKey(`guess-${n}-of-a-key`),
  expects: [401, 429],
});

/** A form that is sent to a link of a known customer, signed with a secret of nobody. */
const forged = (link: PublicLink, n: number): Request => ({
  url: `/${link.kind[0]}/${signLink(link, `${secret}${n}`)}`,
  body: 'List-Unsubscribe=One-Click&score=10&email=on&all=off',
  headers: form,
  expects: [400],
});

/** The same order in every run. */
function shuffled<Item>(items: Item[]): Item[] {
  const random = seededRandom('hostile load');
  return items
    .map((item) => ({ item, place: random.uniform() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
