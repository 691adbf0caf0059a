import { z } from 'zod';
import { emailAddress } from '../../domain/customer-schemas';
import { deliveryName } from '../../domain/deliveries';
import type { AlertDocument } from '../../store/webhooks';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { deliveryParams } from './deliveries';

const alertRequest = z.strictObject({
  emails: z.array(emailAddress).max(20).default([]).describe('Addresses of the team'),
  webhook: z.string().regex(deliveryName).optional().describe('Name of a webhook that is called too'),
});
const alertSchema = alertRequest.extend({
  name: z.string(),
  updatedAt: z.string().describe('RFC 3339, in UTC'),
});
const tags = ['Deliveries'];

/** Whom the alerts of journeys reach. */
export function alertRoutes(app: ApiServer, { store, now }: Parts): void {
  const onRequest = requireKey('admin');

  app.put(
    '/v1/alerts/:name',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Sets whom an alert of journeys reaches',
        description: 'The alert `default` is for all that have no entry of their own.',
        params: deliveryParams,
        body: alertRequest,
        response: { 200: alertSchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const { emails, webhook } = request.body;
      const alert = {
        _id: request.params.name,
        emails,
        ...(webhook !== undefined && { webhook }),
        updatedAt: now(),
      };
      await store.alerts.save(alert);
      return alertBody(alert);
    },
  );

  app.get(
    '/v1/alerts',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Lists whom alerts reach',
        response: { 200: z.object({ alerts: z.array(alertSchema) }), '4xx': problemSchema },
      },
    },
    async () => ({ alerts: (await store.alerts.list()).map(alertBody) }),
  );

  app.delete(
    '/v1/alerts/:name',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Removes the entry of an alert',
        params: deliveryParams,
        response: { 204: z.null(), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      if (!(await store.alerts.remove(request.params.name))) {
        throw problem('not-found', 'No alert has this name.');
      }
      return reply.code(204).send(null);
    },
  );
}

const alertBody = ({
  _id: name,
  emails,
  webhook,
  updatedAt,
}: AlertDocument): z.infer<typeof alertSchema> => ({
  name,
  emails: [...emails],
  ...(webhook !== undefined && { webhook }),
  updatedAt: updatedAt.toISOString(),
});
