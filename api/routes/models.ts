import { z } from 'zod';
import { offerModels } from '../../activities/decisions/model';
import { requireKey } from '../authentication';
import { problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const instant = z.string().describe('RFC 3339, in UTC');
const valued = z.object({ value: z.number(), low: z.number(), high: z.number() });

const evaluation = z.object({
  n: z.number().int().describe('Decisions it was judged by'),
  logged: valued,
  candidate: z.object({ dr: valued, snips: valued }),
  incumbent: z.object({ dr: valued, snips: valued }),
  difference: valued.describe('Candidate less incumbent, doubly robust, minor units per decision'),
  margin: z.number().describe('How much less still counts as no worse'),
  verdict: z.enum(['better', 'no worse', 'worse', 'undecided']),
  gaps: z.array(z.string()).describe('Why the decisions bear no conclusion'),
});

const retraining = z.object({
  id: z.string(),
  at: instant,
  status: z.enum(['candidate', 'rejected', 'in-force', 'superseded', 'rolled-back']),
  reason: z.string(),
  base: z.number().int().describe('Version in force that it was compared with'),
  lessons: z.object({
    learned: z.number().int(),
    heldOut: z.number().int(),
    skipped: z
      .number()
      .int()
      .optional()
      .describe('Held out, but it is not known any more among which offers'),
  }),
  recipe: z.object({ expected: z.number(), tilt: z.number() }).optional(),
  evaluation: evaluation.nullable(),
  drift: z
    .object({
      decisions: z.object({ before: z.number().int(), now: z.number().int() }),
      features: z.array(z.object({ name: z.string(), index: z.number() })),
      reward: z.object({ before: z.number(), now: z.number(), index: z.number() }),
    })
    .nullable()
    .describe('Population stability index, the latest quarter of decisions against those before'),
  calibration: z
    .object({
      n: z.number().int(),
      error: z.number(),
      brier: z.number(),
      logLoss: z.number(),
      ratio: z.number(),
      bins: z.array(
        z.object({
          n: z.number().int(),
          predicted: z.number(),
          observed: z.number(),
          low: z.number(),
          high: z.number(),
        }),
      ),
    })
    .nullable(),
  promoted: z.object({ version: z.number().int(), replaced: z.number().int(), at: instant }).optional(),
  watched: z.object({ at: instant, evaluation }).optional(),
  factors: z
    .object({
      customers: z.number().int(),
      offers: z.number().int(),
      interactions: z.number().int(),
      outcome: z.enum(['in-force', 'few-interactions', 'no-better-than-chance']),
      ranks: z
        .object({ n: z.number().int(), affinity: valued, leaning: valued, popularity: valued })
        .optional()
        .describe('Share of other offers ranked above what was kept apart: 0.5 is chance, less is better'),
    })
    .optional()
    .describe('Which customers take which offers, learned the same night'),
});

const answer = z.object({
  inForce: z
    .object({
      version: z.number().int(),
      at: instant,
      origin: z.string().optional().describe('The retraining that it grew out of'),
      outcomes: z.number().describe('Weight of all outcomes it holds: an old one counts less'),
      offers: z.number().int(),
      features: z.number().int(),
    })
    .nullable()
    .describe('Null before the first outcome: the prior decides'),
  retrainings: z.array(retraining).describe('Latest first'),
});

/** The model of acceptance: what is in force, and what each night's retraining came to. */
export function modelRoutes(app: ApiServer, { store }: Parts): void {
  const models = offerModels(store);
  app.get(
    '/v1/models',
    {
      onRequest: requireKey('admin'),
      schema: {
        tags: ['Decisions'],
        summary: 'Says which model decides, and how each retraining was valued',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
        response: { 200: answer, '4xx': problemSchema },
      },
    },
    async (request): Promise<z.input<typeof answer>> => {
      const [latest, retrainings] = await Promise.all([
        models.latest(),
        store.retrainings.latest(request.query.limit),
      ]);
      return {
        inForce: latest && {
          version: latest.version,
          at: latest.at.toISOString(),
          ...(latest.origin !== undefined && { origin: latest.origin }),
          outcomes: latest.state.weight,
          offers: latest.state.offers.length,
          features: latest.state.features.length,
        },
        retrainings: plain(retrainings.map(({ _id: id, ...rest }) => ({ id, ...rest }))),
      };
    },
  );
}

/** Instants as text and arrays that may be changed: what the answer's schema takes. */
function plain(retrainings: readonly object[]): z.input<typeof retraining>[] {
  return z.array(retraining).parse(JSON.parse(JSON.stringify(retrainings)));
}
