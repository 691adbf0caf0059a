import { offerModels, priorModel } from '../../activities/decisions/model';
import { featureSpace } from '../../activities/decisions/features';
import type { PolicyEvaluation, RetrainingDocument } from '../../store/retrainings';
import { adminKey, testApi, type TestApi } from '../../test/api';

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

const evaluation = (change: Partial<PolicyEvaluation> = {}): PolicyEvaluation => ({
  n: 1_240,
  logged: { value: 4_120, low: 3_700, high: 4_540 },
  candidate: {
    dr: { value: 4_610, low: 4_150, high: 5_070 },
    snips: { value: 4_580, low: 4_000, high: 5_160 },
  },
  incumbent: {
    dr: { value: 4_230, low: 3_800, high: 4_660 },
    snips: { value: 4_200, low: 3_690, high: 4_710 },
  },
  difference: { value: 380, low: 90, high: 670 },
  margin: 206,
  verdict: 'better',
  gaps: [],
  ...change,
});

const night = (day: number, change: Partial<RetrainingDocument>): RetrainingDocument => ({
  _id: `2026-03-${String(day)}T06:00:00.000Z`,
  at: new Date(Date.UTC(2026, 2, day, 6)),
  status: 'rejected',
  reason: 'undecided',
  base: 40,
  lessons: { learned: 11_800, heldOut: 1_240 },
  evaluation: evaluation(),
  drift: null,
  calibration: null,
  ...change,
});

const calibration = {
  ...{ n: 13_040, error: 0.011, brier: 0.06, logLoss: 0.2, ratio: 0.96 },
  bins: Array.from({ length: 10 }, (_, n) => ({
    n: 1_304,
    predicted: 0.01 + n * 0.018,
    observed: 0.012 + n * 0.017,
    low: 0.005 + n * 0.0155,
    high: 0.02 + n * 0.0185,
  })),
};

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
      night(11, {
        status: 'in-force',
        reason: 'no-worse',
        promoted: { version: 41, replaced: 40, at: new Date(Date.UTC(2026, 2, 11, 6)) },
        drift: {
          decisions: { before: 9_780, now: 3_260 },
          reward: { before: 0.084, now: 0.079, index: 0.004 },
          features: [
            { name: 'context.weekday=saturday', index: 0.31 },
            { name: 'pair.affinity', index: 0.14 },
            { name: 'customer.orders', index: 0.02 },
          ],
        },
        calibration,
        factors: {
          ...{ customers: 4_210, offers: 48, interactions: 15_320, outcome: 'in-force' },
          ranks: {
            n: 3_000,
            affinity: { value: 0.21, low: 0.2, high: 0.22 },
            leaning: { value: 0.24, low: 0.23, high: 0.25 },
            popularity: { value: 0.33, low: 0.32, high: 0.34 },
          },
        },
      }),
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
