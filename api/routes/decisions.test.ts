import { offer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { eventually, testApi, type TestApi } from '../../test/api';

let api: TestApi;
let customerId: string;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());
beforeEach(async () => {
  customerId = uniqueName('ana');
  await api.post('/v1/customers', { id: customerId, consent: { email: true } });
});

interface Decision {
  readonly decisionId: string;
  readonly offers: readonly { readonly offerId: string; readonly propensity: number }[];
  readonly rules: Readonly<Record<string, string>>;
  readonly rejected: readonly { readonly offerId: string; readonly rule: string }[];
}
const decide = async () =>
  (await api.admin('POST', '/v1/decisions', { customerId, slot: 'upsell', count: 2 }))
    .body as unknown as Decision;

describe('offers', () => {
  it('are put, replaced and listed', async () => {
    expect((await api.admin('PUT', '/v1/offers/alignment', offer())).status).toBe(201);
    const replaced = await api.admin('PUT', '/v1/offers/alignment', offer({ lever: 2 }));
    expect(replaced).toMatchObject({ status: 200, body: { id: 'alignment', lever: 2, taken: 0 } });
    await api.admin('PUT', '/v1/offers/vip-only', offer({ rules: [{ rule: 'segment', segment: 'vip' }] }));
    const { body } = await api.admin('GET', '/v1/offers');
    expect(body['offers']).toMatchObject([{ id: 'alignment' }, { id: 'vip-only' }]);
  });

  it('say what is wrong with them', async () => {
    const { status, body } = await api.admin('PUT', '/v1/offers/free', {
      ...offer(),
      url: 'javascript:alert(1)',
    });
    expect(status).toBe(400);
    expect(body['issues']).toMatchObject([{ path: 'body.url' }]);
  });
});

describe('POST /v1/decisions', () => {
  it('chooses offers and names the rule that rejects one', async () => {
    const decision = await decide();
    expect(decision.offers).toMatchObject([{ offerId: 'alignment', reasons: expect.any(Array) as [] }]);
    expect(decision.rejected).toEqual([{ offerId: 'vip-only', rule: 'segment:vip' }]);
    expect(decision.rules).toEqual({ 'segment:vip': 'É só para clientes do segmento vip, e este não é.' });
  });

  it('knows no customer of another id', async () => {
    const body = { customerId: uniqueName('nobody'), slot: 'upsell' };
    expect((await api.admin('POST', '/v1/decisions', body)).status).toBe(404);
  });

  it('records outcomes once', async () => {
    const { decisionId } = await decide();
    const url = `/v1/decisions/${encodeURIComponent(decisionId)}/outcomes`;
    const outcome = { offerId: 'alignment', response: 'dismissed' };
    expect(await api.admin('POST', url, outcome)).toEqual({ status: 202, body: { result: 'recorded' } });
    expect((await api.admin('POST', url, outcome)).body).toEqual({ result: 'repeated' });
    expect((await api.admin('POST', url, { ...outcome, offerId: 'vip-only' })).status).toBe(404);
  });
});

describe('an event that tells the outcome of a decision', () => {
  it('is attributed when it is routed', async () => {
    const { decisionId } = await decide();
    await api.post('/v1/track', {
      userId: customerId,
      event: 'order.completed',
      properties: { orderId: 'o1', amount: 180_00, offerId: 'alignment' },
    });
    const outcome = await eventually(() => api.store.outcomes.collection.findOne({ decisionId }));
    expect(outcome).toMatchObject({ offerId: 'alignment', customerId, kind: 'accepted', reward: 1 });
  });
});

describe('GET /v1/customers/{id}/recommendations', () => {
  it('lists what may be shown, and decides nothing', async () => {
    const url = `/v1/customers/${customerId}/recommendations?slot=upsell&count=5`;
    const { body } = await api.admin('GET', url);
    expect(body).toEqual({ basis: 'popularity', offers: [{ offerId: 'alignment', score: 0 }] });
    expect(await api.store.decisions.collection.countDocuments({ customerId })).toBe(0);
    const unknown = await api.admin('GET', '/v1/customers/nobody/recommendations?slot=upsell');
    expect(unknown.status).toBe(404);
  });
});
