import { z } from 'zod';
import { startBroadcast, tellBroadcast } from '../../activities/broadcasts/start';
import { broadcastGroups, type BroadcastState } from '../../domain/broadcast';
import { broadcastSchema, toBroadcast, type BroadcastRequest } from '../../domain/broadcast-schemas';
import type { BroadcastDocument } from '../../store/broadcasts';
import { requireKey } from '../authentication';
import { problem, problemSchema } from '../errors';
import type { ApiServer, Parts } from '../parts';
import { faultOf } from '../trial-render';

const instant = z.string().describe('RFC 3339, in UTC');

const broadcastAnswer = z.object({
  id: z.string(),
  state: z.enum(['running', 'paused', 'cancelled', 'completed']),
  segment: z.string(),
  channel: z.string(),
  template: z.string(),
  variables: z.record(z.string(), z.unknown()),
  topic: z.string().optional(),
  at: z.looseObject({ time: z.string() }).optional(),
  perSecond: z.number().optional(),
  holdout: z.number(),
  createdAt: instant,
  startsAt: instant,
  endedAt: instant.optional(),
  progress: z.object({
    audience: z.number().int().nullable().describe('People in the segment when it began; null before'),
    ...Object.fromEntries(broadcastGroups.map((group) => [group, z.number().int()] as const)),
  }),
});

export const broadcastParams = z.object({ id: z.string().max(64) });

/** What can be done to a broadcast, from which states, and which one it leads to. */
const acts = {
  pause: { from: ['running'], state: 'paused', summary: 'Stops a broadcast where it is' },
  resume: { from: ['paused'], state: 'running', summary: 'Lets a paused broadcast go on, at its rate' },
  cancel: {
    from: ['running', 'paused'],
    state: 'cancelled',
    summary: 'Ends a broadcast; what was sent stays sent',
  },
} as const satisfies Record<
  string,
  { from: readonly BroadcastState[]; state: BroadcastState; summary: string }
>;

export type BroadcastAct = keyof typeof acts;
export const broadcastActs = ['pause', 'resume', 'cancel'] as const satisfies readonly BroadcastAct[];

/** Does something to a broadcast; doing it again changes nothing. @throws the problems `not-found`, `broadcast-over` */
export async function actOnBroadcast(
  { store, temporal, now }: Pick<Parts, 'store' | 'temporal' | 'now'>,
  id: string,
  act: BroadcastAct,
): Promise<BroadcastDocument> {
  const { from, state } = acts[act];
  await store.broadcasts.change(id, from, { state, at: now() });
  const broadcast = await store.broadcasts.find(id);
  if (!broadcast) throw problem('not-found', 'No broadcast has this id.');
  if (broadcast.state !== state) throw problem('broadcast-over', `It is ${broadcast.state}.`);
  await tellBroadcast(temporal, id);
  return broadcast;
}

/** One message to everybody in a segment: beginning it, watching it, stopping it. */
export function broadcastRoutes(app: ApiServer, parts: Parts): void {
  const { configuration, store, temporal, now } = parts;
  const onRequest = requireKey('admin');
  const shared = { tags: ['Broadcasts'], params: broadcastParams };
  const answers = { 200: broadcastAnswer, '4xx': problemSchema };

  const bodyOf = async (broadcast: BroadcastDocument): Promise<z.infer<typeof broadcastAnswer>> => {
    const { _id: id, state, segment, channel, template, variables, holdout } = broadcast;
    const { topic, at, perSecond, endedAt, audience = null } = broadcast;
    return {
      ...{ id, state, segment, channel, template, holdout },
      variables: { ...variables },
      ...(topic !== undefined && { topic }),
      ...(at && { at: { ...at } }),
      ...(perSecond !== undefined && { perSecond }),
      createdAt: broadcast.createdAt.toISOString(),
      startsAt: broadcast.startsAt.toISOString(),
      ...(endedAt && { endedAt: endedAt.toISOString() }),
      progress: { audience, ...(await store.broadcasts.progress(id)) },
    };
  };

  const check = async (body: BroadcastRequest): Promise<void> => {
    const named = z.looseObject({ offer: z.looseObject({ offerId: z.string() }) }).safeParse(body.variables);
    const offer = named.success ? await store.offers.find(named.data.offer.offerId) : null;
    if (named.success && !offer)
      throw problem('invalid-request', 'variables.offer.offerId: there is no such offer');
    const fault = faultOf(body, { business: configuration.business, offer });
    if (fault !== undefined) throw problem('invalid-request', fault);
    const rate = configuration[body.channel].ratePerSecond;
    if (body.perSecond !== undefined && body.perSecond > rate)
      throw problem('invalid-request', `perSecond: the channel's own rate is ${rate}`);
  };

  app.post(
    '/v1/broadcasts',
    {
      onRequest,
      schema: {
        tags: ['Broadcasts'],
        summary: 'Sends a message to everybody in a segment',
        description:
          'Consent, suppressions, contact caps and quiet hours hold for every one of them. The same id again changes nothing.',
        body: broadcastSchema,
        response: { 200: broadcastAnswer, 201: broadcastAnswer, '4xx': problemSchema },
      },
    },
    async (request, reply) => {
      const { id, ...rest } = toBroadcast(request.body);
      const known = await store.broadcasts.find(id);
      if (!known) await check(request.body);
      const at = now();
      const startsAt = request.body.startsAt === undefined ? at : new Date(request.body.startsAt);
      const isNew =
        !known &&
        (await store.broadcasts.insert({ ...rest, _id: id, state: 'running', createdAt: at, startsAt }));
      const broadcast = await store.broadcasts.find(id);
      if (!broadcast) throw problem('not-found', 'No broadcast has this id.');
      if (broadcast.state === 'running' || broadcast.state === 'paused') await startBroadcast(temporal, id);
      return reply.code(isNew ? 201 : 200).send(await bodyOf(broadcast));
    },
  );

  app.get(
    '/v1/broadcasts',
    {
      onRequest,
      schema: {
        tags: ['Broadcasts'],
        summary: 'Lists broadcasts, newest first',
        querystring: z.object({ limit: z.coerce.number().int().min(1).max(100).default(20) }),
        response: { 200: z.object({ broadcasts: z.array(broadcastAnswer) }), '4xx': problemSchema },
      },
    },
    async (request) => {
      const latest = await store.broadcasts.latest(request.query.limit);
      return { broadcasts: await Promise.all(latest.map(bodyOf)) };
    },
  );

  app.get(
    '/v1/broadcasts/:id',
    { onRequest, schema: { ...shared, summary: 'Shows how far a broadcast is', response: answers } },
    async (request) => {
      const broadcast = await store.broadcasts.find(request.params.id);
      if (!broadcast) throw problem('not-found', 'No broadcast has this id.');
      return bodyOf(broadcast);
    },
  );

  for (const act of broadcastActs) {
    app.post(
      `/v1/broadcasts/:id/${act}`,
      { onRequest, schema: { ...shared, summary: acts[act].summary, response: answers } },
      async (request) => bodyOf(await actOnBroadcast(parts, request.params.id, act)),
    );
  }
}
