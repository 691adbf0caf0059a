import { signLink } from '../../activities/messaging/links';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

async function somebody(change: Parameters<typeof customer>[0] = {}) {
  const person = customer({ _id: uniqueName('ana'), email: `${uniqueName('ana')}@example.com`, ...change });
  await api.store.customers.collection.insertOne(person);
  const address = { channel: 'email', address: person.email ?? '' } as const;
  return {
    person,
    unsubscribed: async () => (await api.store.suppressions.find(address))?.unsubscribed ?? {},
    unsubscribe: `/u/${signLink({ kind: 'unsubscribe', customerId: person._id, channel: 'email', topic: 'offers' }, secret)}`,
  };
}
const form = (payload: string) => ({
  method: 'POST' as const,
  headers: { 'content-type': 'application/x-www-form-urlencoded' },
  payload,
});

describe('/u/{token}', () => {
  it('only shows a page on GET, in the language of the customer', async () => {
    const { unsubscribe, unsubscribed } = await somebody();
    const page = await api.app.inject(unsubscribe);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Quer deixar de receber “Ofertas” por e-mail?');
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(await unsubscribed()).toEqual({});
    const english = await somebody({ locale: 'en-GB' });
    expect((await api.app.inject(english.unsubscribe)).body).toContain(
      'Do you want to stop getting “Offers”',
    );
  });

  it.each([
    ['as a form', form('List-Unsubscribe=One-Click')],
    [
      'as multipart',
      {
        method: 'POST' as const,
        headers: { 'content-type': 'multipart/form-data; boundary=x' },
        payload:
          '--x\r\nContent-Disposition: form-data; name="List-Unsubscribe"\r\n\r\nOne-Click\r\n--x--\r\n',
      },
    ],
    ['without a body', { method: 'POST' as const }],
  ])('unsubscribes on one click, posted %s', async (_how, request) => {
    const { unsubscribe, unsubscribed } = await somebody();
    const answer = await api.app.inject({ ...request, url: unsubscribe });
    expect(answer.statusCode).toBe(200);
    expect(answer.body).toContain('Inscrição cancelada');
    expect(Object.keys(await unsubscribed())).toEqual(['offers']);
  });

  it('does nothing for a link that was changed', async () => {
    const { unsubscribe, unsubscribed } = await somebody();
    const changed = unsubscribe.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const answer = await api.app.inject({ ...form(''), url: changed });
    expect(answer.statusCode).toBe(400);
    expect(answer.body).toContain('Este link não funciona');
    expect(await unsubscribed()).toEqual({});
  });
});
