import { z } from 'zod';
import { surveyKinds } from '../../domain/surveys';
import { requireKey } from '../authentication';
import { problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { surveyResults } from '../survey-measures';

const resultSchema = z.object({
  journey: z.string().nullable().describe('The journey that asked; null for answers that none asked for'),
  survey: z.enum(surveyKinds),
  answers: z.number().int(),
  value: z
    .number()
    .describe(
      '`nps`: percentage of 9 and 10 minus that of 0 to 6, -100 to 100; `csat`: percentage of 4 and 5',
    ),
  low: z.number().describe('Bounds of the 95 % interval'),
  high: z.number(),
  scores: z.record(z.string(), z.number().int()).describe('How many gave each score'),
});

/** What customers answer to surveys. */
export function surveyRoutes(app: ApiServer, { configuration, store }: Parts): void {
  app.get(
    '/v1/surveys',
    {
      onRequest: requireKey(configuration.keys, 'admin'),
      schema: {
        tags: ['Journeys'],
        summary: 'Shows what customers answer to surveys, by journey',
        response: { 200: z.object({ surveys: z.array(resultSchema) }), '4xx': problemSchema },
      },
    },
    async () => {
      const results = await surveyResults(store);
      return {
        surveys: results.map(({ n, scores, ...rest }) => ({
          ...rest,
          answers: n,
          scores: Object.fromEntries([...scores].sort(([a], [b]) => a - b)),
        })),
      };
    },
  );
}
