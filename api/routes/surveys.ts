import { z } from 'zod';
import { surveyKinds } from '../../domain/surveys';
import { requireKey } from '../authentication';
import { problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { surveyResults } from '../survey-measures';
import type { SurveyMeasure } from '../../scoring';

const bounds = {
  low: z.number().describe('Bounds of the 95 % interval'),
  high: z.number(),
};
const resultSchema = z.object({
  journey: z.string().nullable().describe('The journey that asked; null for answers that none asked for'),
  survey: z.enum(surveyKinds),
  answers: z.number().int(),
  value: z
    .number()
    .nullable()
    .describe(
      '`nps`: percentage of 9 and 10 minus that of 0 to 6, -100 to 100; `csat`: percentage of 4 and 5; null without answers',
    ),
  low: bounds.low.nullable(),
  high: bounds.high.nullable(),
  scores: z.record(z.string(), z.number().int()).describe('How many gave each score'),
  response: z
    .object({
      sent: z.number().int().describe('Surveys that a provider took'),
      rate: z.number().describe('Percentage of them that was answered on our page'),
      ...bounds,
    })
    .nullable()
    .describe('Null where none was sent'),
  months: z
    .array(
      z.object({
        month: z.string().describe('Of the answer, `YYYY-MM` in UTC'),
        answers: z.number().int(),
        value: z.number(),
        ...bounds,
      }),
    )
    .describe('The same by month, oldest first'),
});

const answersOf = ({ n, value, low, high }: SurveyMeasure) => ({ answers: n, value, low, high });

/** What customers answer to surveys. */
export function surveyRoutes(app: ApiServer, { store }: Parts): void {
  app.get(
    '/v1/surveys',
    {
      onRequest: requireKey('admin'),
      schema: {
        tags: ['Journeys'],
        summary: 'Shows what customers answer to surveys and how many do, by journey and month',
        response: { 200: z.object({ surveys: z.array(resultSchema) }), '4xx': problemSchema },
      },
    },
    async () => {
      const results = await surveyResults(store);
      return {
        surveys: results.map(({ journey, survey, measure, scores, response, months }) => ({
          journey,
          survey,
          ...(measure ? answersOf(measure) : { answers: 0, value: null, low: null, high: null }),
          scores: Object.fromEntries([...scores].sort(([a], [b]) => a - b)),
          response: response && {
            sent: response.n,
            rate: response.value,
            low: response.low,
            high: response.high,
          },
          months: months.map((each) => ({ month: each.month, ...answersOf(each.measure) })),
        })),
      };
    },
  );
}
