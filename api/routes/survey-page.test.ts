import type { MessageState } from '../../domain/messages';
import { signLink } from '../../activities/messaging/links';
import { planMessage } from '../../activities/messaging/plan';
import { customer } from '../../test/builders';
import { uniqueName } from '../../test/servers';
import { testApi, testConfiguration, type TestApi } from '../../test/api';

const { secret } = testConfiguration().keys;
let api: TestApi;
beforeAll(async () => (api = await testApi()));
afterAll(() => api.close());

/** Somebody to whom a survey was sent. */
async function asked({
  template = 'survey-nps',
  locale = 'pt-BR',
  journey = 'onboarding',
  state = 'sent',
}: { template?: string; locale?: string; journey?: string; state?: MessageState } = {}) {
  const person = customer({ _id: uniqueName('ana'), email: `${uniqueName('ana')}@example.com`, locale });
  await api.store.customers.collection.insertOne(person);
  const plan = planMessage({
    enrolment: { id: `${journey}/${person._id}#1`, journey, customerId: person._id, holdout: false },
    step: 'survey:nps',
    channel: 'email',
    template,
    variables: {},
    priority: 0,
  });
  const at = new Date();
  await api.store.messages.collection.insertOne({ ...plan, state, createdAt: at, updatedAt: at });
  const url = `/s/${signLink({ kind: 'survey', customerId: person._id, messageId: plan._id }, secret)}`;
  return {
    person,
    url,
    messageId: plan._id,
    message: () => api.store.messages.find(plan._id),
    answers: () => api.store.events.collection.find({ customerId: person._id }).toArray(),
    answer: (payload: string) =>
      api.app.inject({
        method: 'POST',
        url,
        headers: { 'content-type': 'application/x-www-form-urlencoded' },
        payload,
      }),
  };
}

describe('/s/{token}', () => {
  it('shows the score of the link chosen, in the language of the customer, and records nothing', async () => {
    const { url, answers, message } = await asked();
    const page = await api.app.inject(`${url}?score=7`);
    expect(page.statusCode).toBe(200);
    expect(page.body).toContain('Qual a chance de você indicar a Perene Motors');
    expect(page.body.match(/type="radio"/g)).toHaveLength(11);
    expect(page.body.match(/value="\d+"\s+required\s+checked/g)).toEqual([
      expect.stringMatching(/^value="7"/),
    ]);
    expect(page.headers['content-security-policy']).toContain("default-src 'none'");
    expect(page.headers['x-robots-tag']).toBe('noindex');
    for (const score of ['11', 'x', '7&score=8']) {
      expect((await api.app.inject(`${url}?score=${score}`)).body).not.toMatch(/\schecked/);
    }
    expect(await answers()).toEqual([]);
    expect(await message()).toMatchObject({ state: 'sent' });

    const english = await asked({ template: 'survey-csat', locale: 'en-GB' });
    const csat = await api.app.inject(english.url);
    expect(csat.body).toContain('How satisfied are you with Perene Motors?');
    expect(csat.body.match(/type="radio"/g)).toHaveLength(5);
  });

  it('takes the first answer, once, and says thank you to every further one', async () => {
    const { url, answer, answers, message, messageId } = await asked();
    expect((await answer('score=9&comment=')).body).toContain('Sua resposta chegou');
    expect((await answer('score=1&comment=changed')).body).toContain('Sua resposta chegou');
    expect((await api.app.inject(url)).body).toContain('Sua resposta chegou');
    expect(await answers()).toMatchObject([
      {
        _id: `survey:${messageId}`,
        name: 'survey.answered',
        properties: { messageId, survey: 'nps', score: 9, journey: 'onboarding', template: 'survey-nps' },
      },
    ]);
    expect((await answers())[0]?.properties).not.toHaveProperty('comment');
    const sent = await message();
    expect(sent?.state).toBe('replied');
    expect(sent?.repliedAt).toBeInstanceOf(Date);
  });

  it('takes one of many answers at once', async () => {
    const { answer, answers, message } = await asked();
    const pages = await Promise.all([0, 4, 8, 10].map((score) => answer(`score=${score}`)));
    expect(pages.map(({ statusCode }) => statusCode)).toEqual([200, 200, 200, 200]);
    const [one, ...others] = await answers();
    expect(others).toEqual([]);
    expect((await message())?.repliedAt).toEqual(one?.occurredAt);
  });

  it('keeps a hostile comment as the text it is, and no more of it than fits', async () => {
    const { answer, answers } = await asked();
    const hostile = '<script>alert(1)</script> {{7*7}} $where';
    const answered = await answer(
      `score=2&comment=${encodeURIComponent(`  ${hostile} ${'x'.repeat(5_000)}`)}`,
    );
    expect(answered.body).not.toContain('alert(1)');
    const comment = (await answers())[0]?.properties['comment'];
    expect(comment).toMatch(/^<script>alert\(1\)<\/script> \{\{7\*7\}\} \$where x+$/);
    expect(comment).toHaveLength(2_000);
  });

  it.each(['', 'score=', 'score=11', 'score=-1', 'score=7.5', 'score=1e1', 'score[$gt]=0'])(
    'asks again where no score of the scale was chosen: "%s"',
    async (payload) => {
      const { answer, answers } = await asked();
      const page = await answer(payload);
      expect(page.statusCode).toBe(400);
      expect(page.body).toContain('Escolha uma nota primeiro.');
      expect(await answers()).toEqual([]);
    },
  );

  it('does nothing for a link that was changed, and says that a survey is over whose message is gone', async () => {
    const { url, answers, messageId, person } = await asked();
    const forged = url.replace(/.$/, (last) => (last === 'A' ? 'B' : 'A'));
    const unsubscribe = signLink({ kind: 'preferences', customerId: person._id }, secret);
    for (const wrong of [forged, `/s/${unsubscribe}`, '/s/nonsense']) {
      for (const method of ['GET', 'POST'] as const) {
        expect((await api.app.inject({ method, url: wrong })).statusCode).toBe(400);
      }
    }
    const gone = await asked();
    await api.store.messages.collection.deleteOne({ _id: gone.messageId });
    const over = await gone.answer('score=3');
    expect(over.statusCode).toBe(404);
    expect(over.body).toContain('Esta pesquisa já terminou');
    const other = signLink({ kind: 'survey', customerId: gone.person._id, messageId }, secret);
    expect((await api.app.inject(`/s/${other}`)).statusCode).toBe(404);
    expect([...(await answers()), ...(await gone.answers())]).toEqual([]);
  });
});

it('lets nobody outside say which message was answered', async () => {
  const { messageId, person, answers } = await asked();
  const properties = { survey: 'nps', score: 1 };
  const said = { userId: person._id, event: 'survey.answered', properties };
  for (const forged of [
    { ...said, properties: { ...properties, messageId } },
    { ...said, messageId: `survey:${messageId}` },
  ]) {
    expect((await api.post('/v1/track', forged)).status).toBe(400);
  }
  expect(await answers()).toEqual([]);
  expect((await api.post('/v1/track', said)).status).toBe(200);
});

describe('GET /v1/surveys', () => {
  it('gives the measures of each journey, whatever else is stored as answers', async () => {
    const [first, second] = [uniqueName('first'), uniqueName('second')];
    await asked({ journey: first });
    await asked({ journey: first, state: 'suppressed' });
    const silent = uniqueName('third');
    await asked({ journey: silent });
    for (const score of [10, 9, 7, 2]) await (await asked({ journey: first })).answer(`score=${score}`);
    for (const score of [5, 4, 1])
      await (await asked({ journey: second, template: 'survey-csat' })).answer(`score=${score}`);
    const at = new Date();
    await api.store.events.collection.insertMany(
      [40, 'nine', { a: 0 }, null].map((score, i) => ({
        _id: `${first}-${i}`,
        name: 'survey.answered',
        customerId: null,
        properties: { survey: 'nps', journey: first, score },
        occurredAt: at,
        receivedAt: at,
      })),
    );
    const { status, body } = await api.admin('GET', '/v1/surveys');
    expect(status).toBe(200);
    const all = body['surveys'] as { journey: string }[];
    const ours = all.filter(({ journey }) => [first, second].includes(journey));
    expect(all.filter(({ journey }) => journey === silent)).toMatchObject([
      { answers: 0, value: null, response: { sent: 1, rate: 0 }, months: [] },
    ]);
    expect(ours).toMatchObject([
      {
        ...{ journey: first, survey: 'nps', answers: 4, value: 25, scores: { 2: 1, 7: 1, 9: 1, 10: 1 } },
        response: { sent: 5, rate: 80 },
        months: [{ month: at.toISOString().slice(0, 7), answers: 4, value: 25 }],
      },
      { journey: second, survey: 'csat', answers: 3, value: expect.closeTo(66.67, 1) as number },
    ]);
    expect((await api.app.inject('/v1/surveys')).statusCode).toBe(401);
  });
});
