import { z } from 'zod';
import { faultIn } from '../../activities/webhooks/call';
import { seal, unseal } from '../../activities/webhooks/seal';
import { isSecret, newSecret } from '../../activities/webhooks/sign';
import type { WebhookDocument } from '../../store/webhooks';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { deliveryParams } from './deliveries';

const instant = z.string().describe('RFC 3339, in UTC');

const webhookSchema = z.object({
  name: z.string(),
  url: z.string(),
  disabledAt: instant.optional().describe('It answered 410 Gone. Put it again to enable it.'),
  previousUntil: instant.optional().describe('Until when the secret before this one signs too'),
  createdAt: instant,
  updatedAt: instant,
});
const withSecret = webhookSchema.extend({
  secret: z.string().optional().describe('Only where it was made now: it cannot be read later'),
});

/** For how long the secret before a new one signs too, milliseconds. */
const overlap = 86_400_000;
const tags = ['Deliveries'];

/** The systems that journeys call. */
export function webhookRoutes(app: ApiServer, { configuration, store, now }: Parts): void {
  const onRequest = requireKey('admin');
  const { webhookHosts, keys } = configuration;

  /** A webhook with another secret; the one before signs beside it for a day. */
  const rotated = (webhook: WebhookDocument, secret: string): WebhookDocument => ({
    ...webhook,
    secret: seal(secret, keys.secret),
    previous: { secret: webhook.secret, until: new Date(now().getTime() + overlap) },
    updatedAt: now(),
  });

  app.put(
    '/v1/webhooks/:name',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Sets where a webhook of journeys goes',
        description:
          'Calls are signed by Standard Webhooks. Without a secret one is made and answered once. Another secret than before signs at once, and the one before beside it for a day. A webhook that was disabled is enabled.',
        params: deliveryParams,
        body: z.strictObject({
          url: z.url().max(2_048),
          secret: z.string().refine(isSecret, 'must be whsec_ and 24 to 64 bytes in Base64').optional(),
        }),
        response: { 200: withSecret, 201: withSecret, '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { name } = request.params;
      const { url, secret } = request.body;
      mustBeCallable(url, webhookHosts);
      const existing = await store.webhooks.find(name);
      if (!existing) {
        const made = secret ?? newSecret();
        const at = now();
        const webhook = { _id: name, url, secret: seal(made, keys.secret), createdAt: at, updatedAt: at };
        await store.webhooks.save(webhook);
        return reply
          .code(201)
          .send({ ...webhookBody(webhook), ...(secret === undefined && { secret: made }) });
      }
      const isOther = secret !== undefined && secret !== unseal(existing.secret, keys.secret);
      const webhook = { ...(isOther ? rotated(existing, secret) : existing), url, updatedAt: now() };
      delete webhook.disabledAt;
      await store.webhooks.save(webhook);
      return webhookBody(webhook);
    },
  );

  app.post(
    '/v1/webhooks/:name/rotate',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Makes a new secret for a webhook',
        description:
          'It is answered once. The one before signs beside it for a day: time to change the receiver.',
        params: deliveryParams,
        response: { 200: withSecret, '4xx': problemSchema },
      },
    },
    async (request) => {
      const webhook = await store.webhooks.find(request.params.name);
      if (!webhook) throw problem('not-found', 'No webhook has this name.');
      const secret = newSecret();
      const saved = rotated(webhook, secret);
      await store.webhooks.save(saved);
      return { ...webhookBody(saved), secret };
    },
  );

  app.get(
    '/v1/webhooks',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Lists the webhooks',
        response: { 200: z.object({ webhooks: z.array(webhookSchema) }), '4xx': problemSchema },
      },
    },
    async () => ({ webhooks: (await store.webhooks.list()).map(webhookBody) }),
  );

  app.delete(
    '/v1/webhooks/:name',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Removes a webhook',
        description: 'What journeys tell it is tried until their patience is over.',
        params: deliveryParams,
        response: { 204: z.null(), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      if (!(await store.webhooks.remove(request.params.name))) {
        throw problem('not-found', 'No webhook has this name.');
      }
      return reply.code(204).send(null);
    },
  );
}

/** @throws the problem `invalid-request` for an address that no call would go to */
function mustBeCallable(text: string, trusted: readonly string[]): void {
  const url = new URL(text);
  const fault = faultIn(url, trusted.includes(url.host) || trusted.includes(url.hostname));
  if (fault === undefined) return;
  throw problem(
    'invalid-request',
    fault === 'not-https'
      ? 'url: must be https. WEBHOOK_HOSTS names hosts that may be called over plain HTTP.'
      : 'url: must have no user name or password; calls are signed.',
  );
}

function webhookBody(webhook: WebhookDocument): z.infer<typeof webhookSchema> {
  const { _id: name, url, disabledAt, previous, createdAt, updatedAt } = webhook;
  return {
    name,
    url,
    ...(disabledAt && { disabledAt: disabledAt.toISOString() }),
    ...(previous && { previousUntil: previous.until.toISOString() }),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
  };
}
