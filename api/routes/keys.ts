import { z } from 'zod';
import { instantText } from '../../domain/instant-schemas';
import { keyScopes } from '../../domain/keys';
import type { ApiKeyDocument } from '../../store/api-keys';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const instant = z.string().describe('RFC 3339, in UTC');
const keySchema = z.object({
  id: z.string(),
  name: z.string(),
  scope: z.enum(keyScopes),
  hint: z.string().describe('How the key begins'),
  createdAt: instant,
  expiresAt: instant.optional(),
  revokedAt: instant.optional(),
});

/** What a new key is to be. */
export const keyRequest = z.strictObject({
  name: z
    .string()
    .regex(/^[\w .@/-]{1,64}$/)
    .describe('Who or what uses it; the audit log shows it'),
  scope: z.enum(keyScopes),
  expiresInDays: z.number().int().min(1).max(3_650).optional(),
});

const entrySchema = z.object({
  id: z.string(),
  at: instant,
  actor: z.string().describe("The key's name, or `console`"),
  act: z.string().describe('Method and route'),
  subject: z.record(z.string(), z.string()),
  status: z.number().int(),
});

/** Where a page of the audit log begins: an entry's id, or an instant. */
export const auditPlace = z.union([
  z
    .templateLiteral([z.iso.datetime({ precision: 3 }), ' ', z.uuid()])
    .refine((id) => instantText.safeParse(id.split(' ')[0]).success, 'must be the id of an entry'),
  instantText.transform((instant) => new Date(instant).toISOString()),
]);

const auditQuery = z.object({
  before: auditPlace
    .optional()
    .describe('Only what is older than an entry or an instant; `id` of the last entry for the next page'),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** Which key. */
export const keyParams = z.object({ id: z.string().min(1).max(64) });

const hour = 3_600_000;
const day = 24 * hour;

/** Keys to the API, and what was done with them. */
export function keyRoutes(app: ApiServer, { store, now }: Parts): void {
  const onRequest = requireKey('admin');
  const tags = ['Operations'];

  app.post(
    '/v1/keys',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Makes a key',
        description: 'The answer is the only place where the key can be read: its digest is stored.',
        body: keyRequest,
        response: { 201: keySchema.extend({ key: z.string() }), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { name, scope, expiresInDays } = request.body;
      const createdAt = now();
      const expiresAt =
        expiresInDays === undefined ? undefined : new Date(createdAt.getTime() + expiresInDays * day);
      const made = await store.apiKeys.create({ name, scope, createdAt, ...(expiresAt && { expiresAt }) });
      app.keyring.forget();
      return reply.code(201).send({ ...keyBody(made.document), key: made.key });
    },
  );

  app.post(
    '/v1/keys/:id/rotate',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Makes a key that takes the place of another',
        description:
          'It has the same name, scope and length of life. The old one opens for as long as you say, so that it can be exchanged wherever it is used.',
        params: keyParams,
        body: z.strictObject({
          overlapHours: z.number().int().min(0).max(720).default(24).describe('For how long both open'),
        }),
        response: { 201: keySchema.extend({ key: z.string() }), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const at = now();
      const until = new Date(at.getTime() + request.body.overlapHours * hour);
      const made = await store.apiKeys.rotate(request.params.id, { at, until });
      if (!made) throw problem('not-found', 'No key that opens anything has this id.');
      app.keyring.forget();
      return reply.code(201).send({ ...keyBody(made.document), key: made.key });
    },
  );

  app.get(
    '/v1/keys',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Lists the keys that were made, without the keys themselves',
        response: { 200: z.object({ keys: z.array(keySchema) }), '4xx': problemSchema },
      },
    },
    async () => ({ keys: (await store.apiKeys.list()).map(keyBody) }),
  );

  app.delete(
    '/v1/keys/:id',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Revokes a key',
        description: 'It opens nothing any more; other processes learn of it within two seconds.',
        params: keyParams,
        response: { 200: keySchema, '4xx': problemSchema },
      },
    },
    async (request) => {
      const revoked = await store.apiKeys.revoke(request.params.id, now());
      if (!revoked) throw problem('not-found', 'No key has this id.');
      app.keyring.forget();
      return keyBody(revoked);
    },
  );

  app.get(
    '/v1/audit',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Lists what administrators did, latest first',
        querystring: auditQuery,
        response: { 200: z.object({ entries: z.array(entrySchema) }), '4xx': problemSchema },
      },
    },
    async (request) => {
      const { before, limit } = request.query;
      const found = await store.audit.page(before, limit);
      return {
        entries: found.map(({ _id: id, at, actor, act, subject, status }) => {
          return { id, at: at.toISOString(), actor, act, subject, status };
        }),
      };
    },
  );
}

function keyBody({ _id: id, name, scope, hint, createdAt, expiresAt, revokedAt }: ApiKeyDocument) {
  return {
    ...{ id, name, scope, hint, createdAt: createdAt.toISOString() },
    ...(expiresAt && { expiresAt: expiresAt.toISOString() }),
    ...(revokedAt && { revokedAt: revokedAt.toISOString() }),
  };
}
