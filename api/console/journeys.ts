import { z } from 'zod';
import { liftOf } from '../journey-results';
import type { ApiServer, Parts } from '../parts';
import { journeyNamed, journeyParams } from '../routes/journeys';
import { surveyResults } from '../survey-measures';
import type { Reception } from './administration';
import { journeyPage } from './journey-page';
import { sendConsole } from './layout';

const hide = true;
const runsOnPage = 50;

/** The console's page of a journey: its rules, its funnel and who is where, and buttons to pause and resume it. */
export function journeyConsole(app: ApiServer, parts: Parts, { onlyTeam, deskFor }: Reception): void {
  const { store, journeys, figures, now } = parts;

  app.get(
    '/console/journeys/:name',
    {
      onRequest: onlyTeam,
      schema: {
        hide,
        params: journeyParams,
        querystring: z.object({
          step: z.string().max(256).optional(),
          over: z.literal('yes').optional(),
          after: z.string().max(512).optional(),
          ask: z.literal('pause').optional(),
        }),
      },
    },
    async (request, reply) => {
      const journey = journeyNamed(journeys, request.params.name);
      const { step, over, after, ask } = request.query;
      const [numbers, counts, passed, surveys, paused, runs] = await Promise.all([
        figures.of(journey.name),
        figures.counts(journey.name),
        figures.passed(journey.name),
        surveyResults(store, journey.name),
        store.journeys.paused(),
        store.enrolments.page(
          {
            journey: journey.name,
            open: over === undefined,
            ...(step !== undefined && { step }),
            ...(after !== undefined && { after }),
          },
          runsOnPage,
        ),
      ]);
      const next = runs.length === runsOnPage ? runs.at(-1)?._id : undefined;
      const desk = deskFor(request);
      const body = journeyPage(desk, {
        journey,
        figures: numbers,
        lift: liftOf(journey, counts),
        surveys,
        paused: paused.has(journey.name),
        asks: ask === 'pause',
        over: over !== undefined,
        passed,
        runs,
        ...(step !== undefined && { step }),
        ...(next !== undefined && { next }),
      });
      return sendConsole(reply, desk, { title: journey.name, body });
    },
  );

  for (const act of ['pause', 'resume'] as const) {
    app.post(
      `/console/journeys/:name/${act}`,
      { onRequest: onlyTeam, schema: { hide, params: journeyParams } },
      async (request, reply) => {
        const { name } = journeyNamed(journeys, request.params.name);
        await (act === 'pause' ? store.journeys.pause(name, now()) : store.journeys.resume(name));
        return reply.redirect(`/console/journeys/${name}`, 303);
      },
    );
    // Who logs in on the way to it, or loads the page again, comes by GET.
    app.get(`/console/journeys/:name/${act}`, { schema: { hide, params: journeyParams } }, (request, reply) =>
      reply.redirect(`/console/journeys/${journeyNamed(journeys, request.params.name).name}`, 303),
    );
  }
}
