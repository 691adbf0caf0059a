import { z } from 'zod';
import { offerId, offerSchema } from '../../domain/offer-schemas';
import type { OfferDocument } from '../../store/offers';
import { requireKey } from '../authentication';
import { problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const instant = z.string().describe('RFC 3339, in UTC');

/** An offer as the API shows it: as it was put, with its id and how many were taken. */
const offerAnswer = z.looseObject({
  id: z.string(),
  taken: z.number().int(),
  held: z.number().int().optional().describe('Pieces of the stock or budget held for customers'),
  createdAt: instant,
  updatedAt: instant,
});

function offerBody(offer: OfferDocument): z.infer<typeof offerAnswer> {
  const { _id: id, active, createdAt, updatedAt, ...rest } = offer;
  delete rest.changedAt;
  delete rest.countedAt;
  return {
    id,
    ...rest,
    active: {
      ...(active.from && { from: active.from.toISOString() }),
      ...(active.until && { until: active.until.toISOString() }),
    },
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}

/** The catalogue of offers. */
export function offerRoutes(app: ApiServer, { store, now }: Parts): void {
  const onRequest = requireKey('admin');

  app.put(
    '/v1/offers/:id',
    {
      onRequest,
      schema: {
        tags: ['Offers'],
        summary: 'Creates an offer or replaces it',
        params: z.object({ id: offerId }),
        body: offerSchema,
        response: { 200: offerAnswer, 201: offerAnswer, '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const at = now();
      const isNew = await store.offers.save(id, request.body, at);
      const saved = await store.offers.find(id);
      if (!saved) throw new Error('An offer that was just saved is gone.');
      return reply.code(isNew ? 201 : 200).send(offerBody(saved));
    },
  );

  app.get(
    '/v1/offers',
    {
      onRequest,
      schema: {
        tags: ['Offers'],
        summary: 'Lists the offers',
        response: { 200: z.object({ offers: z.array(offerAnswer) }), '4xx': problemSchema },
      },
    },
    async () => ({ offers: (await store.offers.list()).map(offerBody) }),
  );
}
