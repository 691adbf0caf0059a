import { z } from 'zod';
import { deliveryStates } from '../../domain/deliveries';
import { instantText } from '../../domain/instant-schemas';
import { problem } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { deliveryParams } from '../routes/webhooks';
import type { Reception } from './administration';
import { deliveriesPage } from './delivery-page';
import { deliveryWords } from './delivery-words';
import { sendConsole } from './layout';

const hide = true;
const deliveriesOnPage = 50;

/** The console's page of webhooks and team alerts, and the button that enables a webhook again. */
export function deliveryConsole(
  app: ApiServer,
  { store, now }: Parts,
  { onlyTeam, deskFor }: Reception,
): void {
  const onRequest = onlyTeam;

  app.get(
    '/console/deliveries',
    {
      onRequest,
      schema: {
        hide,
        querystring: z.object({
          state: z.enum(deliveryStates).optional(),
          before: instantText.optional(),
        }),
      },
    },
    async (request, reply) => {
      const { state, before } = request.query;
      const [webhooks, alerts, deliveries] = await Promise.all([
        store.webhooks.list(),
        store.alerts.list(),
        store.deliveries.page(
          { ...(state && { state }), ...(before !== undefined && { before: new Date(before) }) },
          deliveriesOnPage,
        ),
      ]);
      const last = deliveries.length === deliveriesOnPage ? deliveries.at(-1) : undefined;
      const desk = deskFor(request);
      const body = deliveriesPage(desk, {
        ...{ webhooks, alerts, deliveries },
        ...(state && { state }),
        ...(last && { next: last.createdAt.toISOString() }),
      });
      return sendConsole(reply, desk, { title: deliveryWords[desk.locale].title, body });
    },
  );

  app.post(
    '/console/webhooks/:name/enable',
    { onRequest, schema: { hide, params: deliveryParams } },
    async (request, reply) => {
      if (!(await store.webhooks.enable(request.params.name, now()))) {
        throw problem('not-found', 'No webhook has this name.');
      }
      return reply.redirect('/console/deliveries', 303);
    },
  );
}
