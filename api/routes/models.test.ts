import { createLearning } from '../../activities/operations/learning';
import { createRetraining } from '../../activities/operations/retraining';
import { testApi, type TestApi } from '../../test/api';
import { customer, offer } from '../../test/builders';

let api: TestApi;
beforeAll(async () => {
  api = await testApi();
});
afterAll(() => api.close());

describe('GET /v1/models', () => {
  it('says that the prior decides before the first outcome', async () => {
    expect(await api.admin('GET', '/v1/models')).toEqual({
      status: 200,
      body: { inForce: null, retrainings: [] },
    });
  });

  it('tells what is in force and what each retraining came to', async () => {
    const { store } = api;
    await store.offers.save('oil', offer(), new Date());
    await store.customers.collection.insertOne(customer());
    const { body } = await api.admin('POST', '/v1/decisions', { customerId: 'ana', slot: 'upsell' });
    const url = `/v1/decisions/${String(body['decisionId'])}/outcomes`;
    await api.admin('POST', url, { offerId: 'oil', response: 'accepted' });
    await createLearning({ store }).foldOutcomes();
    await createRetraining({ store }).retrain('2026-03-10');
    const answer = await api.admin('GET', '/v1/models');
    expect(answer.body).toMatchObject({
      inForce: { version: 1, outcomes: 1, offers: 1 },
      retrainings: [{ id: '2026-03-10', status: 'rejected', reason: 'nothing-to-judge-by', base: 1 }],
    });
  });

  it('is for the team only', async () => {
    const answer = await api.app.inject({ method: 'GET', url: '/v1/models' });
    expect(answer.statusCode).toBe(401);
  });
});
