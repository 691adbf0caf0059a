import { offerModels, priorModel } from '../../activities/decisions/model';
import { featureSpace } from '../../activities/decisions/features';
import { adminKey, testApi, type TestApi } from '../../test/api';
import { eventfulNight, evaluation, night } from '../../test/retrainings';

let api: TestApi;
let cookie: string;
beforeAll(async () => {
  api = await testApi();
  const answer = await api.app.inject({ url: `/?key=${adminKey}` });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const page = async (language: string, headers = { cookie }) =>
  api.app.inject({ url: '/console/models', headers: { ...headers, 'accept-language': language } });

describe('the page of models', () => {
  it('says that nothing has been learned before the first night', async () => {
    const { body } = await page('en');
    expect(body).toContain('No retraining yet');
    expect((await page('pt-BR')).body).toContain('Nenhum treinamento ainda');
    expect((await page('en', { cookie: '' })).body).toContain('type="password"');
  });

  it('tells in both languages what is live, what each night decided and why, drift, calibration and factors', async () => {
    const { store } = api;
    await store.retrainings.collection.insertMany([
      night(8, {
        status: 'rolled-back',
        reason: 'regressed',
        promoted: { version: 38, replaced: 37, at: new Date(Date.UTC(2026, 2, 8, 6)) },
        watched: {
          at: new Date(Date.UTC(2026, 2, 12, 6)),
          evaluation: evaluation({ verdict: 'worse', difference: { value: -510, low: -830, high: -190 } }),
        },
      }),
      night(9, { evaluation: null, reason: 'nothing-to-judge-by' }),
      night(10, { reason: 'few-effective-decisions', evaluation: evaluation({ verdict: 'undecided' }) }),
      eventfulNight,
    ]);
    const model = priorModel(featureSpace([]));
    await store.transaction((session) =>
      offerModels(store).add(0, model, { at: new Date(), origin: '2026-03-11T06:00:00.000Z', session }),
    );

    const english = (await page('en')).body;
    for (const words of [
      ...['Past decisions say that it is no worse.', 'It earned less than the model it had replaced.'],
      ...['rolled back', 'rejected', 'R$46.10', 'R$0.90 – R$6.70', '1,240', 'Watched since: worse'],
      ...['day of the week: saturday', 'customers like this one take it', '0.31', 'much', '8.4%'],
      ...[
        'Accepted over expected: 0.96',
        'ranks 24% of other offers higher',
        '4,210 customers and 48 offers',
      ],
    ]) {
      expect(english).toContain(words);
    }
    const portuguese = (await page('pt-BR')).body;
    for (const words of [
      ...['As decisões passadas dizem que não é pior.', 'Poucas decisões passadas se parecem', 'revertido'],
      ...[
        'dia da semana: sábado',
        'clientes parecidos costumam aceitar',
        '0,31',
        '4.210 clientes e 48 ofertas',
      ],
    ]) {
      expect(portuguese).toContain(words);
    }
    for (const body of [english, portuguese]) {
      expect(body).toContain('<a href="/console/models" aria-current="page">');
      expect(body.match(/<circle/g)).toHaveLength(10);
      expect(body.match(/<th(?=[ >])(?! scope=)/g)).toBeNull();
    }
  });
});
