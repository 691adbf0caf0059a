import { z } from 'zod';
import { customerId } from '../../domain/customer-schemas';
import { instantNumber } from '../../domain/instant-schemas';
import { exportCustomer, readTimeline, timelineKinds, type TimelinePlace } from '../../store/personal-data';
import { channels } from '../../domain/messages';
import { nearestLocale } from '../../domain/locale';
import { requireKey } from '../authentication';
import { exportBody } from '../pages/export-page';
import { sendPage } from '../pages/public-page';
import { problem, problemSchema } from '../errors';
import { sendsUnderWay } from '../revocation';
import type { ApiServer, Parts } from '../parts';

const params = z.object({ id: customerId });

const kind = z.enum(timelineKinds);
const item = z.object({
  kind,
  at: z.string().describe('RFC 3339, in UTC'),
  id: z.string(),
  title: z
    .string()
    .describe(
      "An event's name, a message's template, an enrolment's journey, a decision's slot, what was said of marketing",
    ),
  detail: z.record(z.string(), z.unknown()),
});

const place = z.tuple([instantNumber, kind, z.string()]);
/** A place in a timeline as {@link timelinePlace} writes it. */
export const timelineCursor = z
  .string()
  .max(1_024)
  .transform((text, context): TimelinePlace => {
    const parsed = place.safeParse(parseJson(Buffer.from(text, 'base64url').toString()));
    if (parsed.success) return { at: new Date(parsed.data[0]), kind: parsed.data[1], id: parsed.data[2] };
    context.addIssue({ code: 'custom', message: 'must be `next` of the page before' });
    return z.NEVER;
  });

const query = z.object({
  behind: timelineCursor.optional(),
  limit: z.coerce.number().int().min(1).max(500).default(100),
});

/** What happened to a customer, everything that is held about them, and its end. */
export function customerHistoryRoutes(app: ApiServer, { configuration, store, erasure }: Parts): void {
  const { business } = configuration;
  const onRequest = requireKey('admin');

  async function heldAbout(id: string): Promise<Record<string, unknown>> {
    const held = await exportCustomer(store, id);
    if (held.customer === null && Array.isArray(held.events) && held.events.length === 0) {
      throw problem('not-found', 'Nothing is held about this id.');
    }
    return held;
  }

  app.get(
    '/v1/customers/:id/timeline',
    {
      onRequest,
      schema: {
        tags: ['Customers'],
        summary: 'Lists what happened to a customer, latest first',
        params,
        querystring: query,
        response: {
          200: z.object({ items: z.array(item), next: z.string().optional() }),
          '4xx': problemSchema,
        },
      },
    },
    async (request) => {
      const { behind, limit } = request.query;
      const found = await readTimeline(store, request.params.id, { limit, ...(behind && { behind }) });
      const last = found.length === limit ? found.at(-1) : undefined;
      return {
        items: found.map(({ at, detail, ...rest }) => ({
          ...rest,
          at: at.toISOString(),
          detail: { ...detail },
        })),
        ...(last && { next: timelinePlace(last) }),
      };
    },
  );

  app.get(
    '/v1/customers/:id/export',
    {
      onRequest,
      schema: {
        tags: ['Customers'],
        summary: 'Gives everything that is held about a customer',
        description: 'With `.html` behind the address, as a page to read.',
        params,
        response: { 200: z.record(z.string(), z.unknown()), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const held = await heldAbout(request.params.id);
      return reply.header('content-disposition', 'attachment; filename="customer.json"').send(held);
    },
  );

  app.get(
    '/v1/customers/:id/export.html',
    { onRequest, schema: { hide: true, params } },
    async (request, reply) => {
      const held = await heldAbout(request.params.id);
      const locale = nearestLocale((await store.customers.find(request.params.id))?.locale, business.locale);
      const title = locale === 'pt-BR' ? 'O que guardamos sobre você' : 'What we hold about you';
      return sendPage(reply, 200, {
        locale,
        title,
        business: business.name,
        body: exportBody({ title, locale }, held),
      });
    },
  );

  app.delete(
    '/v1/customers/:id',
    {
      onRequest,
      schema: {
        tags: ['Customers'],
        summary: 'Erases a customer',
        description:
          'Deletes what could tell who they were, here, in Temporal and with providers that keep messages, and ends their open runs. What cannot be reached now is deleted as soon as it can. The id stays taken, nothing is stored about it again, and nothing is sent to the addresses again.',
        params,
        response: { 202: z.object({ id: z.string(), erasedAt: z.string() }), '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { id } = request.params;
      const erasedAt = await erasure.erase(id);
      for (const channel of channels) await sendsUnderWay(store, id, channel);
      return reply.code(202).send({ id, erasedAt: erasedAt.toISOString() });
    },
  );
}

/** Writes a place in a timeline for an address. */
export const timelinePlace = ({ at, kind: of, id }: TimelinePlace): string =>
  Buffer.from(JSON.stringify([at.getTime(), of, id])).toString('base64url');

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
