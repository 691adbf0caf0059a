import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { BroadcastDocument } from '../../store/broadcasts';
import { problem } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { actOnBroadcast, broadcastActs, broadcastParams } from '../routes/broadcasts';
import type { Reception } from './administration';
import {
  broadcastPage,
  broadcastQuestions,
  broadcastsPage,
  type BroadcastQuestion,
  type BroadcastView,
} from './broadcast-pages';
import { broadcastWords } from './broadcast-words';
import { sendConsole } from './layout';

const hide = true;
const broadcastsOnPage = 30;

/** The console's pages of broadcasts: how far each is, and buttons to pause, resume and cancel it. */
export function broadcastConsole(app: ApiServer, parts: Parts, { onlyTeam, deskFor }: Reception): void {
  const { store } = parts;
  const onRequest = onlyTeam;
  const viewOf = async (broadcast: BroadcastDocument): Promise<BroadcastView> => ({
    broadcast,
    counts: await store.broadcasts.progress(broadcast._id),
  });
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    {
      id,
      asks,
      isPastThat = false,
    }: { id: string; asks?: BroadcastQuestion | undefined; isPastThat?: boolean },
  ): Promise<FastifyReply> => {
    const broadcast = await store.broadcasts.find(id);
    if (!broadcast) throw problem('not-found', 'No broadcast has this id.');
    const desk = deskFor(request);
    const body = broadcastPage(desk, await viewOf(broadcast), { asks, isPastThat });
    // Not while a question waits for its answer, nor behind a form: loading again would send it again.
    const changes = broadcast.state === 'running' && !asks && !isPastThat;
    return sendConsole(reply, desk, {
      title: id,
      body,
      changes,
      ...(isPastThat && { status: 409 }),
    });
  };

  app.get('/console/broadcasts', { onRequest, schema: { hide } }, async (request, reply) => {
    const views = await Promise.all((await store.broadcasts.latest(broadcastsOnPage)).map(viewOf));
    const desk = deskFor(request);
    const changes = views.some(({ broadcast }) => broadcast.state === 'running');
    return sendConsole(reply, desk, {
      title: broadcastWords[desk.locale].title,
      body: broadcastsPage(desk, views),
      changes,
    });
  });

  app.get(
    '/console/broadcasts/:id',
    {
      onRequest,
      schema: {
        hide,
        params: broadcastParams,
        querystring: z.object({ ask: z.enum(broadcastQuestions).optional() }),
      },
    },
    (request, reply) => show(request, reply, { id: request.params.id, asks: request.query.ask }),
  );

  for (const act of broadcastActs) {
    app.post(
      `/console/broadcasts/:id/${act}`,
      { onRequest, schema: { hide, params: broadcastParams } },
      async (request, reply) => {
        const { id } = request.params;
        try {
          await actOnBroadcast(parts, id, act);
        } catch (error) {
          if (!(error instanceof Error) || !('problem' in error) || error.problem !== 'broadcast-over')
            throw error;
          return show(request, reply, { id, isPastThat: true });
        }
        return reply.redirect(`/console/broadcasts/${encodeURIComponent(id)}`, 303);
      },
    );
  }
}
