import { z } from 'zod';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { Journey } from '../../workflows/engine/journey';
import type { ApiServer, Parts } from '../parts';
import { liftOf, resultsOf, resultsSchema } from '../journey-results';
import { journeyBody, journeyDetailSchema, journeySchema } from './journey-body';

/** The journeys of an installation by name. @throws the problem `not-found` */
export function journeyNamed(journeys: readonly Journey[], name: string): Journey {
  const journey = journeys.find((each) => each.name === name);
  if (!journey) throw problem('not-found', 'No journey has this name.');
  return journey;
}

export const journeyParams = z.object({ name: z.string().max(64) });

/** Journeys and how they go. */
export function journeyRoutes(app: ApiServer, parts: Parts): void {
  const { store, journeys, figures, now } = parts;
  const onRequest = requireKey('admin');
  const shared = { tags: ['Journeys'], params: journeyParams };
  const pausing = z.object({ name: z.string(), paused: z.boolean() });

  app.get(
    '/v1/journeys',
    {
      onRequest,
      schema: {
        tags: ['Journeys'],
        summary: 'Lists the journeys',
        response: { 200: z.object({ journeys: z.array(journeySchema) }), '4xx': problemSchema },
      },
    },
    async () => {
      const paused = await store.journeys.paused();
      const listed = journeys.map(async (journey) =>
        journeyBody(journey, await figures.of(journey.name), paused.has(journey.name)),
      );
      return { journeys: await Promise.all(listed) };
    },
  );

  app.get(
    '/v1/journeys/:name',
    {
      onRequest,
      schema: {
        ...shared,
        summary: 'Shows a journey: funnel by step, outcomes, lift against the holdout',
        response: { 200: journeyDetailSchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const journey = journeyNamed(journeys, request.params.name);
      const [numbers, counts, passed, pausedAt] = await Promise.all([
        figures.of(journey.name),
        figures.counts(journey.name),
        figures.passed(journey.name),
        store.journeys.pausedAt(journey.name),
      ]);
      const { waiting, treated, control } = numbers;
      const later = Object.keys(waiting).filter((step) => !passed.some((each) => each.step === step));
      return {
        ...journeyBody(journey, numbers, pausedAt !== undefined),
        steps: [...passed, ...later.map((step) => ({ step, count: 0 }))].map(({ step, count }) => ({
          step,
          passed: count,
          waiting: waiting[step] ?? 0,
        })),
        treated: { ...treated },
        control: { ...control },
        lift: liftOf(journey, counts),
      };
    },
  );

  app.get(
    '/v1/journeys/:name/results',
    {
      onRequest,
      schema: {
        ...shared,
        summary: 'Shows what a journey and its splits bring',
        description:
          'Of customers whose first run is over. Intervals are confidence sequences: they may be looked at daily, and a difference that is not there is ever seen in at most 5 % of cases.',
        response: { 200: resultsSchema, '4xx': problemSchema },
      },
    },
    async (request) => resultsOf(journeyNamed(journeys, request.params.name), parts),
  );

  app.post(
    '/v1/journeys/:name/pause',
    {
      onRequest,
      schema: {
        ...shared,
        summary: 'Holds the messages of a journey',
        description:
          'Customers go on entering and waiting; their messages are held until the journey resumes.',
        response: { 200: pausing, '4xx': problemSchema },
      },
    },
    async (request) => {
      const { name } = journeyNamed(journeys, request.params.name);
      await store.journeys.pause(name, now());
      return { name, paused: true };
    },
  );

  app.post(
    '/v1/journeys/:name/resume',
    {
      onRequest,
      schema: {
        ...shared,
        summary: 'Lets the messages of a paused journey go',
        response: { 200: pausing, '4xx': problemSchema },
      },
    },
    async (request) => {
      const { name } = journeyNamed(journeys, request.params.name);
      await store.journeys.resume(name);
      return { name, paused: false };
    },
  );
}
