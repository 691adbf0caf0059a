import type { ApiServer, Parts } from '../parts';
import { resultsOf } from '../journey-results';
import { journeyNamed, journeyParams } from '../routes/journeys';
import type { Reception } from './administration';
import { sendConsole } from './layout';
import { resultWords } from './result-words';
import { resultsPage } from './results-page';

/** The console's page of what a journey and its splits bring. */
export function resultsConsole(app: ApiServer, parts: Parts, { onlyTeam, deskFor }: Reception): void {
  app.get(
    '/console/journeys/:name/results',
    { onRequest: onlyTeam, schema: { hide: true, params: journeyParams } },
    async (request, reply) => {
      const journey = journeyNamed(parts.journeys, request.params.name);
      const results = await resultsOf(journey, parts);
      const desk = deskFor(request);
      return sendConsole(reply, desk, {
        title: `${resultWords[desk.locale].title}: ${journey.name}`,
        body: resultsPage(desk, journey, results),
      });
    },
  );
}
