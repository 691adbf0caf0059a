import type { AssignmentDocument } from '../../store/assignments';
import type { EnrolmentDocument } from '../../store/enrolments';
import { adminKey, testApi, type TestApi } from '../../test/api';

let api: TestApi;
let cookie = '';
/** What the API's clock is ahead, milliseconds: counts are kept for a while. */
let ahead = 0;
beforeAll(async () => {
  api = await testApi({ now: () => new Date(Date.now() + ahead) });
  const answer = await api.app.inject({
    method: 'POST',
    url: '/console/login',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    payload: `key=${adminKey}`,
  });
  cookie = answer.headers['set-cookie']?.toString().split(';')[0] ?? '';
});
afterAll(() => api.close());

const page = (url: string, language: string) =>
  api.app.inject({ url, headers: { cookie, 'accept-language': language } });
const text = async (journey: string, language = 'en') =>
  (await page(`/console/journeys/${journey}/results`, language)).body
    .replace(/<[^>]*>/g, ' ')
    .replace(/\s+/g, ' ');

/** Ended runs of a journey, of whom so many converted. */
const runs = (name: string, size: number, converted: number, holdout = false) =>
  Array.from({ length: size }, (_, n): EnrolmentDocument => {
    const outcome = n < converted ? 'converted' : 'completed';
    const customerId = `${name}-${holdout ? 'c' : 't'}${n}`;
    return {
      ...{
        _id: `${name}/${customerId}#1`,
        workflowId: `${name}/${customerId}`,
        n: 1,
        journey: name,
        customerId,
      },
      ...{ triggerEventId: `e-${customerId}`, holdout, startedAt: new Date(), endedAt: new Date() },
      ...{ open: false, outcome, trace: [] },
    };
  });
/** Customers in an arm, all of whose runs are over. */
const inArm = (journey: string, split: string, arm: string, size: number, converted: number) =>
  Array.from({ length: size }, (_, n): AssignmentDocument => {
    const customerId = `${journey}-${split}-${arm}${n}`;
    return {
      ...{ _id: `${journey}/${split}/${customerId}`, journey, split, customerId, arm, adaptive: false },
      ...{
        probabilities: { direct: 0.5, warm: 0.5 },
        holdout: false,
        enrolmentId: customerId,
        at: new Date(),
      },
      reward: n < converted ? 1 : 0,
    };
  });

it('says that nothing can be said where nobody’s run is over', async () => {
  const words = await text('winback');
  expect(words).toContain('Nothing can be said yet: runs have to be over in both groups.');
  expect(words).toContain('Nobody has come to a split yet.');
  expect(await text('winback', 'pt-BR')).toContain('Ainda não dá para dizer nada');
  expect((await page('/console/journeys/winback', 'en')).body).toContain(
    'href="/console/journeys/winback/results"',
  );
  expect((await page('/console/journeys/nonesuch/results', 'en')).statusCode).toBe(404);
});

it('says in both languages what the API says in numbers: lift, intervals of arms, and the alarm', async () => {
  await api.store.enrolments.insert([...runs('upsell', 900, 450), ...runs('upsell', 100, 10, true)]);
  await api.store.assignments.collection.insertMany([
    ...inArm('upsell', 'tone', 'direct', 400, 100),
    ...inArm('upsell', 'tone', 'warm', 400, 104),
    ...inArm('upsell', 'subject', 'direct', 400, 40),
    ...inArm('upsell', 'subject', 'warm', 100, 10),
  ]);
  ahead += 600_000;
  const { body } = await api.admin('GET', '/v1/journeys/upsell/results');
  const { holdout } = body as { holdout: { lift: { low: number; high: number } } };
  const points = (share: number, language: string) =>
    new Intl.NumberFormat(language, {
      minimumFractionDigits: 1,
      maximumFractionDigits: 1,
      signDisplay: 'exceptZero',
    }).format(share * 100);
  const english = await text('upsell');
  const { low, high } = holdout.lift;
  expect(english).toContain(`Better: +40.0 points (between ${points(low, 'en')} and ${points(high, 'en')}).`);
  expect(english).toContain('450 of 900');
  expect(english).toContain('No difference is proven yet: +1.0 points');
  expect(english).toContain('Customers are divided as they should be.');
  expect(english).toContain('Do not trust these figures');
  const portuguese = await text('upsell', 'pt-BR');
  expect(portuguese).toContain(
    `Melhor: +40,0 pontos (entre ${points(low, 'pt-BR')} e ${points(high, 'pt-BR')}).`,
  );
  expect(portuguese).toContain('Não confie nestes números');
});

it('is closed to others', async () => {
  const answer = await api.app.inject({ url: '/console/journeys/upsell/results' });
  expect(answer.body).toContain('type="password"');
});
