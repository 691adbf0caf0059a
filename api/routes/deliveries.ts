import { z } from 'zod';
import { deliveryName, deliveryStates } from '../../domain/deliveries';
import { instantText } from '../../domain/instant-schemas';
import type { DeliveryDocument } from '../../store/deliveries';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';

const instant = z.string().describe('RFC 3339, in UTC');
/** Names a webhook, or an alert. */
export const deliveryParams = z.object({ name: z.string().regex(deliveryName).meta({ example: 'crm' }) });
/** Id of a delivery. */
export const deliveryId = z
  .string()
  .max(2_048)
  .describe('Id of the delivery, percent-encoded')
  .meta({ example: 'aftercare/ana#1/webhook:crm' });

const deliverySchema = z
  .object({
    id: z.string(),
    customerId: z.string(),
    journey: z.string(),
    step: z.string(),
    kind: z.enum(['webhook', 'alert']),
    to: z.string(),
    state: z
      .enum(deliveryStates)
      .describe('`failed` was given up; `replaying` was, and is tried once more on request'),
    reason: z.string().optional().describe('Why it is not delivered, or was not at the last attempt'),
    status: z.number().int().optional().describe('HTTP status of the last answer'),
    attempts: z.number().int(),
    createdAt: instant,
    updatedAt: instant,
    dueAt: instant.optional().describe('When it is tried next'),
    replayable: z.boolean().describe('It was given up, and what it told is still kept'),
  })
  .meta({
    example: {
      ...{ id: 'aftercare/ana#1/webhook:crm', customerId: 'ana', journey: 'aftercare', step: 'webhook:crm' },
      ...{ kind: 'webhook', to: 'crm', state: 'replaying', reason: 'http-503', status: 503, attempts: 9 },
      ...{ createdAt: '2026-03-02T13:00:00.000Z', updatedAt: '2026-03-06T09:12:44.000Z' },
      ...{ dueAt: '2026-03-06T09:12:44.000Z', replayable: false },
    },
  });

/** Most replays that one request begins. */
const replaysAtOnce = 1_000;
const tags = ['Deliveries'];

/** What was handed to other systems and the team, and the replay of what was given up. */
export function deliveryRoutes(app: ApiServer, parts: Parts): void {
  const { store, now } = parts;
  const onRequest = requireKey('admin');

  app.get(
    '/v1/deliveries/:name',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Lists the latest deliveries to a webhook or of an alert',
        params: deliveryParams,
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(500).default(100) }),
        response: { 200: z.object({ deliveries: z.array(deliverySchema) }), '4xx': problemSchema },
      },
    },
    async (request) => {
      const found = await store.deliveries.latest(request.params.name, now(), request.query.limit);
      return { deliveries: found.map(deliveryBody) };
    },
  );

  app.post(
    '/v1/deliveries/:name/:id/replay',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Replays a delivery that was given up',
        description:
          'It goes out again under the id that it had, to where the webhook or the alert leads now, and is tried for a day. The run is not changed: it went on when the delivery was given up. 409 where it was not given up, or is being replayed; 410 where what it told is no longer kept.',
        params: deliveryParams.extend({ id: deliveryId }),
        response: { 202: deliverySchema, '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { name, id } = request.params;
      const isOfName = (await store.deliveries.find(id))?.to === name;
      const started = isOfName ? await startReplay(parts, id) : 'not-found';
      if (typeof started === 'string') throw problem(started, refusals[started]);
      return reply.code(202).send(deliveryBody(started));
    },
  );

  app.post(
    '/v1/deliveries/:name/replay',
    {
      onRequest,
      schema: {
        tags,
        summary: 'Replays what was given up to a webhook, or of an alert, since an instant',
        description: `As for one delivery, for those that were first given up at that instant or later and can be replayed, oldest first. One request begins about ${String(replaysAtOnce)} at most; where there are more, \`next\` is the \`since\` of the request that goes on. Each worker makes at most 25 a second.`,
        params: deliveryParams,
        body: z.strictObject({ since: instantText.meta({ example: '2026-03-02T10:00:00Z' }) }),
        response: {
          202: z
            .object({
              started: z.number().int().describe('How many replays were begun'),
              next: instant.optional().describe('From when on there are more'),
            })
            .meta({ example: { started: 1_000, next: '2026-03-05T16:20:31.000Z' } }),
          '4xx': problemSchema,
        },
      },
    },
    async (request, reply) => {
      const since = new Date(request.body.since);
      const { started, next } = await startReplays(parts, request.params.name, since);
      return reply.code(202).send({ started, ...(next && { next: next.toISOString() }) });
    },
  );
}

/** Why no replay of a delivery begins. */
export type ReplayRefusal = 'not-found' | 'not-replayable' | 'no-longer-kept';

/** Begins the replay of a delivery; gives it as it stands then. */
export async function startReplay(
  { store, now }: Pick<Parts, 'store' | 'now'>,
  id: string,
): Promise<DeliveryDocument | ReplayRefusal> {
  const started = await store.deliveries.startReplay(id, now());
  if (started) return started;
  const delivery = await store.deliveries.find(id);
  if (!delivery) return 'not-found';
  return delivery.state === 'failed' ? 'no-longer-kept' : 'not-replayable';
}

/** Begins the replays of what was given up to a webhook or of an alert since an instant, some at a time. */
export const startReplays = (
  { store, now }: Pick<Parts, 'store' | 'now'>,
  to: string,
  since: Date,
): Promise<{ started: number; next?: Date }> =>
  store.deliveries.startReplays({ to, since, at: now() }, replaysAtOnce);

const refusals: Readonly<Record<ReplayRefusal, string>> = {
  'not-found': 'No delivery to this name has this id.',
  'not-replayable': 'It was not given up, or is being replayed already.',
  'no-longer-kept': 'What it told is no longer kept.',
};

/** Whether it was given up, and what it told is still kept. */
export const isReplayable = ({ state, givenUp }: DeliveryDocument): boolean =>
  state === 'failed' && givenUp !== undefined;

function deliveryBody(delivery: DeliveryDocument): z.infer<typeof deliverySchema> {
  const { _id: id, customerId, journey, step, kind, to, state, attempts } = delivery;
  const { reason, status, createdAt, updatedAt, replay } = delivery;
  const dueAt = replay?.dueAt ?? delivery.dueAt;
  return {
    ...{ id, customerId, journey, step, kind, to, state, attempts },
    ...(reason !== undefined && { reason }),
    ...(status !== undefined && { status }),
    createdAt: createdAt.toISOString(),
    updatedAt: updatedAt.toISOString(),
    ...(dueAt && { dueAt: dueAt.toISOString() }),
    replayable: isReplayable(delivery),
  };
}
