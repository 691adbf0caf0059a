import { z } from 'zod';
import { rejectionSentence } from '../../activities/decisions/rejections';
import { customerId } from '../../domain/customer-schemas';
import { offerId } from '../../domain/offer-schemas';
import { slots } from '../../domain/offers';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const decisionRequest = z.strictObject({
  customerId,
  slot: z.enum(slots),
  count: z.number().int().min(1).max(20).default(1),
  diverse: z
    .boolean()
    .default(false)
    .describe('Offers of one group after the first count half each time: the list does not repeat itself'),
});

const decisionAnswer = z.object({
  decisionId: z.string(),
  offers: z
    .array(
      z.object({
        offerId: z.string(),
        score: z
          .number()
          .describe('Expected earnings: propensity x value x context weight x lever x fatigue'),
        propensity: z.number().describe('Chance that the customer accepts, 0 to 1'),
        value: z.number().describe('Margin if the customer accepts, in minor units'),
        reasons: z.array(z.string()),
      }),
    )
    .describe('Best first'),
  rejected: z.array(z.object({ offerId: z.string(), rule: z.string() })),
  rules: z
    .record(z.string(), z.string())
    .describe('For each rule that left an offer out a sentence, in the language of the business'),
});

const outcomeRequest = z.strictObject({
  offerId,
  response: z.enum(['viewed', 'accepted', 'dismissed']),
});

/** The next best offer, and what came of it. */
export function decisionRoutes(app: ApiServer, { configuration, decisions }: Parts): void {
  const onRequest = requireKey('admin');

  app.post(
    '/v1/decisions',
    {
      onRequest,
      schema: {
        tags: ['Decisions'],
        summary: 'Chooses the next best offers for one customer',
        body: decisionRequest,
        response: { 200: decisionAnswer, '4xx': problemSchema },
      },
    },
    async (request) => {
      const decision = await decisions.decideFor(request.body);
      if (!decision) throw problem('not-found', 'No customer has this id.');
      return {
        decisionId: decision.decisionId,
        offers: decision.offers.map((offer) => ({ ...offer, reasons: [...offer.reasons] })),
        rejected: decision.rejected.map((each) => ({ ...each })),
        rules: Object.fromEntries(
          [...new Set(decision.rejected.map(({ rule }) => rule))].map((rule) => [
            rule,
            rejectionSentence(rule, configuration.business.locale),
          ]),
        ),
      };
    },
  );

  app.post(
    '/v1/decisions/:id/outcomes',
    {
      onRequest,
      schema: {
        tags: ['Decisions'],
        summary: 'Says what the customer did with an offer',
        description:
          'The same outcome again changes nothing; a stronger one (accepted after dismissed) replaces a weaker.',
        params: z.object({ id: z.string().min(1).max(512) }),
        body: outcomeRequest,
        response: {
          202: z.object({ result: z.enum(['recorded', 'repeated', 'too-late']) }),
          '4xx': problemSchema,
        },
      },
    },
    async (request, reply) => {
      const result = await decisions.recordOutcome({ decisionId: request.params.id, ...request.body });
      if (result === 'unknown') throw problem('not-found', 'No decision with this id showed this offer.');
      return reply.code(202).send({ result });
    },
  );
}
