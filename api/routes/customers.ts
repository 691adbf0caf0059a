import { z } from 'zod';
import { createRecommendations } from '../../activities/decisions/recommendations';
import { customerId, signupSchema } from '../../domain/customer-schemas';
import { slots } from '../../domain/offers';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { Arrival } from '../ingestion/arrival';
import { consentStatements, signupProfile } from '../ingestion/profile';
import { noRoom, roomRule, withoutRoom } from '../ingestion/room';
import type { ApiServer, Parts } from '../parts';
import { customerBody, customerSchema } from './customer-body';

const params = z.object({ id: customerId });
const signupAnswer = z.object({ id: z.string(), created: z.boolean() });

/** People. */
export function customerRoutes(app: ApiServer, { configuration, store, ingestion, now }: Parts): void {
  const { currency } = configuration.business;
  const recommend = createRecommendations({ store, currency, now: () => now().getTime() });
  const defaults = { locale: configuration.business.locale };

  app.post(
    '/v1/customers',
    {
      onRequest: requireKey('write'),
      schema: {
        tags: ['Customers'],
        summary: 'Signs a customer up',
        description: `Stores the customer and the event \`customer.signed_up\`, then answers. The same id again changes nothing and is answered with 200. ${roomRule}`,
        body: signupSchema,
        response: { 200: signupAnswer, 201: signupAnswer, '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.body;
      const at = now();
      const eventId = `signup:${id}`;
      const arrival: Arrival = {
        profile: signupProfile(request.body, at, defaults),
        consents: consentStatements(request.body.consent ?? {}, { at, source: 'signup', eventId }),
        event: {
          _id: eventId,
          name: 'customer.signed_up',
          customerId: id,
          properties: {},
          occurredAt: at,
        },
      };
      if ((await withoutRoom(store, [arrival])).size > 0)
        throw problem('invalid-request', `attributes: ${noRoom.message}`);
      const [created = false] = await ingestion.accept([arrival]);
      if (!created && (await store.erasures.among([id])).size > 0) throw problem('customer-erased');
      return reply.code(created ? 201 : 200).send({ id, created });
    },
  );

  app.get(
    '/v1/customers/:id',
    {
      onRequest: requireKey('admin'),
      schema: {
        tags: ['Customers'],
        summary: 'Shows a customer',
        params,
        response: { 200: customerSchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const customer = await store.customers.find(request.params.id);
      if (!customer) throw problem('not-found', 'No customer has this id.');
      return customerBody(customer);
    },
  );

  app.get(
    '/v1/customers/:id/recommendations',
    {
      onRequest: requireKey('admin'),
      schema: {
        tags: ['Decisions'],
        summary: 'Lists offers that similar customers took',
        description:
          'Only offers that a decision could choose, without deciding: nothing is stored, held or learned from. A customer of whom nothing is known gets what is popular. To show an offer, ask `POST /v1/decisions`.',
        params,
        querystring: z.object({
          slot: z.enum(slots),
          count: z.coerce.number().int().min(1).max(100).default(10),
        }),
        response: {
          200: z.object({
            basis: z.enum(['affinity', 'popularity']),
            offers: z.array(z.object({ offerId: z.string(), score: z.number() })).describe('Best first'),
          }),
          '4xx': problemSchema,
        },
      },
    },
    async (request) => {
      const found = await recommend({ customerId: request.params.id, ...request.query });
      if (!found) throw problem('not-found', 'No customer has this id.');
      return { basis: found.basis, offers: [...found.offers] };
    },
  );
}
