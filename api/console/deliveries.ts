import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { deliveryName, deliveryStates } from '../../domain/deliveries';
import { instantText } from '../../domain/instant-schemas';
import { problem } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { deliveryId, deliveryParams, isReplayable, startReplay, startReplays } from '../routes/deliveries';
import type { Reception } from './administration';
import { deliveriesPage, type DeliveriesView } from './delivery-page';
import { deliveryWords } from './delivery-words';
import { sendConsole } from './layout';

const hide = true;
const deliveriesOnPage = 50;
const path = '/console/deliveries';

const query = z.object({
  state: z.enum(deliveryStates).optional(),
  before: instantText.optional(),
  ask: deliveryId.optional(),
  all: z.string().regex(deliveryName).optional(),
});

/** The console's page of webhooks and team alerts, and the buttons that enable a webhook and replay what was given up. */
export function deliveryConsole(app: ApiServer, parts: Parts, { onlyTeam, deskFor }: Reception): void {
  const { store, now } = parts;
  const onRequest = onlyTeam;

  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { state, before, ask, all, tooLate }: z.infer<typeof query> & Pick<DeliveriesView, 'tooLate'>,
  ): Promise<FastifyReply> => {
    const [webhooks, alerts, deliveries, asked] = await Promise.all([
      store.webhooks.list(),
      store.alerts.list(),
      store.deliveries.page(
        { ...(state && { state }), ...(before !== undefined && { before: new Date(before) }), now: now() },
        deliveriesOnPage,
      ),
      ask === undefined ? null : store.deliveries.find(ask),
    ]);
    const last = deliveries.length === deliveriesOnPage ? deliveries.at(-1) : undefined;
    const desk = { ...deskFor(request), ...(tooLate && { page: path }) };
    const body = deliveriesPage(desk, {
      ...{ webhooks, alerts, deliveries },
      ...(state && { state }),
      ...(last && { next: last.createdAt.toISOString() }),
      ...(asked && isReplayable(asked) && { asks: asked }),
      ...(all !== undefined && { asks: { all } }),
      ...(tooLate && { tooLate }),
    });
    return sendConsole(reply, desk, {
      ...{ title: deliveryWords[desk.locale].title, body },
      ...{ changes: state === 'replaying', status: tooLate === undefined ? 200 : 409 },
    });
  };

  app.get(path, { onRequest, schema: { hide, querystring: query } }, (request, reply) =>
    show(request, reply, request.query),
  );

  app.post(
    '/console/webhooks/:name/enable',
    { onRequest, schema: { hide, params: deliveryParams } },
    async (request, reply) => {
      if (!(await store.webhooks.enable(request.params.name, now()))) {
        throw problem('not-found', 'No webhook has this name.');
      }
      return reply.redirect(path, 303);
    },
  );

  app.post(
    `${path}/:id/replay`,
    { onRequest, schema: { hide, params: z.object({ id: deliveryId }) } },
    async (request, reply) => {
      const begun = await startReplay(parts, request.params.id);
      if (begun === 'not-found') throw problem(begun, 'No delivery has this id.');
      if (typeof begun === 'string') return show(request, reply, { tooLate: begun });
      return reply.redirect(`${path}?state=replaying`, 303);
    },
  );

  app.post(
    `${path}/:name/replay-all`,
    { onRequest, schema: { hide, params: deliveryParams } },
    async (request, reply) => {
      await startReplays(parts, request.params.name, new Date(0));
      return reply.redirect(`${path}?state=replaying`, 303);
    },
  );
}
