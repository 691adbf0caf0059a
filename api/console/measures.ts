import type { ApiServer, Parts } from '../parts';
import { recently } from '../recently';
import { allSurveyResults } from '../survey-measures';
import type { Reception } from './administration';
import { sendConsole } from './layout';
import { measureWords } from './measure-words';
import { measuresPage } from './measures-page';

const nightsOnPage = 14;

/** The console's page of lifetime value, renewal, churn and surveys. */
export function measuresConsole(
  app: ApiServer,
  { store, now }: Parts,
  { onlyTeam, deskFor }: Reception,
): void {
  const surveys = recently(() => allSurveyResults(store), { staleness: 10_000, now, isCostly: true });
  app.get('/console/measures', { onRequest: onlyTeam, schema: { hide: true } }, async (request, reply) => {
    const [nights, results] = await Promise.all([store.measures.latest(nightsOnPage), surveys()]);
    const desk = deskFor(request);
    return sendConsole(reply, desk, {
      title: measureWords[desk.locale].title,
      body: measuresPage(desk, { nights, ...results }),
    });
  });
}
