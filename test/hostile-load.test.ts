import { seededRandom } from '../scoring/random';
import { testApi, type TestApi } from './api';
import { uniqueName } from './servers';

let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

/** Requests of each kind, and how many are under way at once. */
const [good, hostile, atOnce] = [600, 400, 40];

type Request = { url: string; body: object; key: string; expects: readonly number[]; keeps?: string };

describe('a crowd of valid, repeated and hostile requests', () => {
  it('loses nothing and lets nothing in', async () => {
    const run = uniqueName('load');
    const write = 'write-key-of-a-test';
    const valid = Array.from({ length: good }, (_, n): Request => {
      const messageId = `${run}-${n}`;
      const body = { userId: `${run}-c${n % 50}`, messageId, event: 'load.valid', properties: { n } };
      return { url: '/v1/track', body, key: write, expects: [200], keeps: messageId };
    });
    const attacks: readonly ((n: number) => Request)[] = [
      (n) => ({ ...attack({ userId: { $ne: null }, event: 'load.hostile' }, n), key: write, expects: [400] }),
      (n) => attack({ userId: 'a', event: 'load.hostile' }, n),
      (n) => ({ ...attack({ event: 'load.hostile' }, n), key: write, expects: [400] }),
      (n) => ({ ...attack({ userId: 'a', event: 'x'.repeat(200) }, n), key: write, expects: [400] }),
      (n) => ({
        ...attack({ userId: 'a', event: 'order.completed', properties: {} }, n),
        key: write,
        expects: [400],
      }),
      (n) => ({
        ...attack({ customerId: 'a', slot: 'upsell' }, n),
        url: '/v1/decisions',
        key: write,
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
        for (const { url, body, key, expects } of queue) {
          const { statusCode } = await api.app.inject({
            method: 'POST',
            url,
            headers: { authorization: `Bearer ${key}` },
            payload: body,
          });
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
    expect(stored.map(({ _id }) => _id).sort()).toEqual(valid.map(({ keeps = '' }) => keeps).sort());
    expect(new Set(stored.map(({ name }) => name))).toEqual(new Set(['load.valid']));
    expect(await api.store.customers.collection.countDocuments({ attributes: { $ne: {} } })).toBe(0);
  });
});

/** A request with a key of nobody. */
const attack = (body: object, n: number): Request => ({
  url: '/v1/track',
  body: { messageId: `hostile-${n}`, ...body },
  key: `guess-${n}-of-a-key`,
  expects: [401, 429],
});

/** The same order in every run. */
function shuffled<Item>(items: Item[]): Item[] {
  const random = seededRandom('hostile load');
  return items
    .map((item) => ({ item, place: random.uniform() }))
    .sort((a, b) => a.place - b.place)
    .map(({ item }) => item);
}
