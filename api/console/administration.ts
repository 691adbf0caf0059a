import type { FastifyReply, FastifyRequest } from 'fastify';
import { z } from 'zod';
import { problem } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { auditPlace, keyParams, keyRequest } from '../routes/keys';
import { auditPage, keysPage, type KeysView } from './administration-pages';
import { administrationWords } from './administration-words';
import { sendConsole, type Desk } from './layout';

/** What the console's routes lend to these. */
export interface Reception {
  readonly onlyTeam: (request: FastifyRequest, reply: FastifyReply) => Promise<void>;
  readonly deskFor: (request: FastifyRequest) => Desk;
}

const hide = true;
const day = 86_400_000;
const entriesOnPage = 100;

/** A form sends an empty field as an empty text. */
const keyForm = keyRequest.extend({
  expiresInDays: z.preprocess(
    (days) => (days === '' ? undefined : days),
    z.coerce.number().int().min(1).max(3_650).optional(),
  ),
});

/** The console's pages of keys and of the audit log. A new key is shown once, in the answer that made it. */
export function administrationRoutes(
  app: ApiServer,
  { store, now }: Parts,
  { onlyTeam, deskFor }: Reception,
): void {
  const onRequest = onlyTeam;
  const show = async (
    request: FastifyRequest,
    reply: FastifyReply,
    { made, asks }: Pick<KeysView, 'made' | 'asks'> = {},
  ) => {
    const desk = { ...deskFor(request), page: '/console/keys' };
    const keys = await store.apiKeys.list();
    const body = keysPage(desk, { keys, asks, now: now(), ...(made !== undefined && { made }) });
    return sendConsole(reply, desk, { title: administrationWords[desk.locale].keys, body });
  };

  app.get(
    '/console/keys',
    { onRequest, schema: { hide, querystring: z.object({ revoke: keyParams.shape.id.optional() }) } },
    (request, reply) => show(request, reply, { asks: request.query.revoke }),
  );

  app.post('/console/keys', { onRequest, schema: { hide, body: keyForm } }, async (request, reply) => {
    const { name, scope, expiresInDays: days } = request.body;
    const createdAt = now();
    const expiresAt = days === undefined ? undefined : new Date(createdAt.getTime() + days * day);
    const { key } = await store.apiKeys.create({ name, scope, createdAt, ...(expiresAt && { expiresAt }) });
    app.keyring.forget();
    return show(request, reply, { made: key });
  });

  app.post(
    '/console/keys/:id/rotate',
    { onRequest, schema: { hide, params: keyParams } },
    async (request, reply) => {
      const at = now();
      const until = new Date(at.getTime() + day);
      const made = await store.apiKeys.rotate(request.params.id, { at, until });
      if (!made) throw problem('not-found', 'No key that opens anything has this id.');
      app.keyring.forget();
      return show(request, reply, { made: made.key });
    },
  );

  app.post(
    '/console/keys/:id/revoke',
    { onRequest, schema: { hide, params: keyParams } },
    async (request, reply) => {
      await store.apiKeys.revoke(request.params.id, now());
      app.keyring.forget();
      return reply.redirect('/console/keys', 303);
    },
  );

  app.get(
    '/console/audit',
    { onRequest, schema: { hide, querystring: z.object({ before: auditPlace.optional() }) } },
    async (request, reply) => {
      const { before } = request.query;
      const entries = await store.audit.page(before, entriesOnPage);
      const next = entries.length === entriesOnPage ? entries.at(-1)?._id : undefined;
      const desk = deskFor(request);
      const body = auditPage(desk, { entries, ...(next !== undefined && { next }) });
      return sendConsole(reply, desk, { title: administrationWords[desk.locale].audit, body });
    },
  );
}
